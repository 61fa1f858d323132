import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

/** Suites that open sockets, databases or processes: `npm test` runs them, `npm run check` leaves them out to stay quick. */
const INTEGRATION = [
  "{bench,scripts,test}/**/*.test.ts",
  "lib/{api,builtin,data,host,operations,transport}/**/*.test.ts",
];

/** Suites that draw components into a document. */
const RENDERED = ["components/**/*.test.tsx"];

export default defineConfig({
  define: { LOOM_COMPILED_BASE_PATH: '""' },
  resolve: { alias: [{ find: /^@\//, replacement: fileURLToPath(new URL(".", import.meta.url)) }] },
  test: {
    environment: "node",
    exclude: [...configDefaults.exclude, "lib/data/generated/**"],
    maxWorkers: 2,
    // better-sqlite3 is native and lock tests spawn and signal: one process per file keeps a file's trouble to itself.
    pool: "forks",
    // Generous, because a limit that a busy machine reaches tells nothing about the code.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: ["test/property-seed.ts", "test/patience.ts"],
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Pure functions share nothing that one file could change for the next; loading everything anew took most of the time.
          isolate: false,
          include: ["*.test.ts", "{app,components,lib}/**/*.test.{ts,tsx}"],
          exclude: [...configDefaults.exclude, ...INTEGRATION, ...RENDERED],
        },
      },
      {
        extends: true,
        test: {
          name: "components",
          include: RENDERED,
          environment: "happy-dom",
          setupFiles: ["test/render-setup.tsx"],
        },
      },
      { extends: true, test: { name: "integration", include: INTEGRATION } },
    ],
  },
});
