/**
 * The walls of the house, as data. `eslint.config.mjs` turns them into lint errors, `docs/architecture.md` explains them,
 * `import-table.test.ts` proves that each one holds. Paths are relative to the repository, with `/`.
 */

/** Root files of `lib` that every folder on the server may import. */
const SERVER = ["lib/env.ts", "lib/log.ts"];

/**
 * Who may import whom. A folder may always import itself; a type-only import obeys the same row.
 * `packages`, where present, are the only npm packages the folder may import, and then no `node:` module either:
 * what runs anywhere must not notice where it runs.
 *
 * @type {Record<string, { from: string[], packages?: string[] }>}
 */
export const MAY_IMPORT = {
  "lib/contract": { from: [], packages: ["zod"] },
  "lib/core": { from: ["lib/contract"], packages: ["ipaddr.js", "re2js", "zod"] },
  "lib/async": { from: [], packages: [] },
  "lib/egress": { from: ["lib/contract", "lib/core", "lib/async", ...SERVER] },
  "lib/intake": { from: ["lib/contract", "lib/core", "lib/async", "lib/egress", ...SERVER] },
  "lib/transport": { from: ["lib/contract", "lib/core", "lib/async", "lib/egress", ...SERVER] },
  "lib/data": { from: ["lib/contract", "lib/core", "lib/async", ...SERVER] },
  "lib/client": { from: ["lib/contract", "lib/core", "lib/async"] },
  "lib/builtin": { from: ["lib/contract", "lib/core", "lib/transport/client.ts", ...SERVER] },
  "lib/host": {
    from: [
      "lib/contract",
      "lib/core",
      "lib/async",
      "lib/intake",
      "lib/transport",
      "lib/builtin",
      "lib/data",
      ...SERVER,
    ],
  },
  "lib/operations": {
    from: [
      "lib/contract",
      "lib/core",
      "lib/async",
      "lib/egress/address-guard.ts",
      "lib/intake",
      "lib/data",
      "lib/host",
      ...SERVER,
    ],
  },
  "lib/api": { from: ["lib/contract", "lib/core", "lib/operations", ...SERVER] },
  "lib/gateway": { from: ["lib/contract", "lib/core", "lib/operations", ...SERVER] },
  "lib/env.ts": { from: ["lib/contract", "lib/core/base-path.mjs"] },
  "lib/log.ts": { from: ["lib/contract", "lib/env.ts"] },
  "lib/real-clock.ts": { from: ["lib/core"] },
  components: { from: ["lib/contract", "lib/core", "lib/client"] },
  app: { from: ["lib/contract", "lib/client", "components"] },
  "proxy.ts": { from: ["lib/contract"] },
  "server.ts": { from: ["lib", "pages.ts"] },
  "pages.ts": { from: ["lib"] },
  scripts: { from: ["lib", "test", "playwright.config.ts"] },
  bench: { from: ["lib", "test", "scripts"] },
  e2e: { from: ["lib", "test", "scripts", "playwright.config.ts"] },
  test: { from: ["lib", "components"] },
};

/**
 * Which rooms of a folder a room may import, besides itself and the files of the folder that are in no room. Those may import
 * every room.
 *
 * @type {Record<string, Record<string, string[]>>}
 */
export const SUBROOMS = {
  "lib/host": {
    connection: [],
    folder: [],
    health: ["connection"],
    chat: ["health"],
    approval: ["folder"],
    process: ["approval", "connection"],
    lifecycle: ["chat", "connection", "health", "process"],
  },
  "lib/operations": {
    config: [],
    address: ["config"],
    registration: ["address"],
    folder: ["address", "config", "registration"],
  },
  "components/plugins": {
    health: [],
    list: [],
    manage: [],
    register: ["list"],
  },
  "components/config-form": {
    fields: [],
    conflict: ["fields"],
    secret: ["fields"],
    text: ["fields"],
    history: ["fields", "secret"],
  },
};

/** Tests stand beside their source, and may reach for whatever they need. */
export const TESTS = ["**/*.test.ts", "**/*.test.tsx"];

/** Code that runs beside the product and never inside it. */
export const TOOLS = [
  "scripts/**",
  "bench/**",
  "e2e/**",
  "test/**",
  "playwright.config.ts",
  "vitest.config.ts",
];

/**
 * Each side effect has one home.
 * `homes` are files, or folders when they end in `/`; `modules` are forbidden elsewhere, all of them or, with `names`, only
 * those exports (and with them the default and the namespace, which would hide them); `globals` are forbidden as written.
 * Tests and tools are exempt: they are the far side of every effect.
 *
 * @type {{ effect: string, homes: string[], why: string,
 *          modules?: (string | { name: string, names: string[] })[], globals?: string[] }[]}
 */
export const ONE_HOME = [
  {
    effect: "The environment",
    homes: ["lib/env.ts", "next.config.ts"],
    why: "one schema reports every bad variable at once",
    modules: ["node:process"],
    globals: ["process.env"],
  },
  {
    effect: "The database",
    homes: ["lib/data/", "prisma.config.ts"],
    why: "rows never leave the repositories",
    modules: ["@prisma/*", "prisma/*", "better-sqlite3", "node:sqlite"],
  },
  {
    effect: "Opening a connection",
    homes: ["lib/egress/"],
    why: "every address passes the guard, every body a cap",
    modules: [
      "undici",
      { name: "node:http", names: ["request", "get", "Agent", "globalAgent"] },
      { name: "node:https", names: ["request", "get", "Agent", "globalAgent"] },
      { name: "node:net", names: ["connect", "createConnection"] },
      { name: "node:tls", names: ["connect"] },
      "node:http2",
      "node:dns",
      "node:dns/promises",
      "node:dgram",
    ],
  },
  {
    effect: "Speaking gRPC",
    homes: ["lib/transport/"],
    why: "its channels dial only addresses that lib/egress has judged",
    modules: ["@grpc/grpc-js", "@grpc/proto-loader"],
  },
  {
    effect: "Calling fetch",
    homes: ["lib/client/"],
    why: "the browser speaks through lib/client, the server through lib/egress",
    globals: ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "navigator.sendBeacon"],
  },
  {
    effect: "Starting a process",
    homes: ["lib/host/process/child-process.ts"],
    why: "a child that nobody stops outlives the console",
    modules: ["node:child_process", "node:cluster", "node:worker_threads"],
  },
  {
    effect: "Reading a clock or setting a timer",
    // Browser code is driven by a person and a real page: a passed-in clock would reach every leaf and prove nothing.
    homes: ["lib/real-clock.ts", "components/", "lib/client/"],
    why: "it is a Clock that is passed in, so that tests drive time",
    modules: ["node:timers", "node:timers/promises", "node:perf_hooks"],
    globals: [
      "setTimeout",
      "setInterval",
      "setImmediate",
      "Date()",
      "new Date()",
      "Date.now",
      "performance.now",
      "process.hrtime",
      "process.uptime",
      "AbortSignal.timeout",
    ],
  },
  {
    effect: "Sealing and opening secrets",
    homes: ["lib/data/secret-box.ts"],
    why: "one format, one place to review",
    modules: [
      {
        name: "node:crypto",
        names: [
          "createCipheriv",
          "createDecipheriv",
          "scrypt",
          "scryptSync",
          "hkdf",
          "hkdfSync",
          "pbkdf2",
          "pbkdf2Sync",
        ],
      },
    ],
    globals: ["crypto.subtle"],
  },
  {
    effect: "Next",
    homes: ["app/", "components/", "pages.ts", "proxy.ts", "next.config.ts"],
    why: "Next is the face and nothing more",
    modules: ["next", "next/*"],
  },
  {
    effect: "The console",
    homes: ["lib/log.ts"],
    why: "what is worth saying goes to the log, redacted",
    globals: ["console"],
  },
];
