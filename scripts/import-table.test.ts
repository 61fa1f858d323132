import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { SUBROOMS } from "./import-table.mjs";

/** The real configuration without type information, which takes seconds to load and has no say about walls. */
const eslint = new ESLint({
  overrideConfig: [
    { files: ["**/*.ts", "**/*.tsx"], ...tseslint.configs.disableTypeChecked },
    { files: ["**/*.ts", "**/*.tsx"], languageOptions: { parserOptions: { projectService: false } } },
  ],
});

/** Rules that refuse `code` if it stood in `file`; the file need not exist, what it imports must. */
async function refusals(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  const rules = result?.messages.map((message) => message.ruleId ?? message.message) ?? [];
  return [...new Set(rules)].filter((rule) => rule !== "@typescript-eslint/no-unused-vars");
}

const WALL = "import-x/no-restricted-paths";
const HOME = "house/one-home";

describe("who may import whom", () => {
  it.each([
    ["lib/core/example.ts", `import type { Data } from "../data/data.ts"; export type X = Data;`],
    ["lib/core/example.ts", `import { createLog } from "../log.ts"; export const x = createLog;`],
    ["lib/contract/example.ts", `export { type Clock } from "../core/clock.ts";`],
    ["lib/async/example.ts", `import type { Clock } from "../core/clock.ts"; export type X = Clock;`],
    ["lib/core/example.ts", `import { merge } from "../async/merge-streams.ts"; export const x = merge;`],
    ["lib/host/example.ts", `export const x = () => import("../operations/plugins.ts");`],
    ["lib/transport/example.ts", `import { x } from "@/lib/host/host.ts"; export const y = x;`],
    ["lib/builtin/example.ts", `import { x } from "../transport/http.ts"; export const y = x;`],
    ["lib/egress/example.ts", `import { x } from "../intake/manifest-fetch.ts"; export const y = x;`],
    [
      "lib/egress/example.ts",
      `import type { Target } from "../transport/target.ts"; export type X = Target;`,
    ],
    ["lib/core/example.ts", `import { x } from "../egress/dns.ts"; export const y = x;`],
    ["lib/host/example.ts", `import { x } from "../egress/http-connection.ts"; export const y = x;`],
    ["lib/operations/example.ts", `import { x } from "../egress/fetch.ts"; export const y = x;`],
    ["lib/api/example.ts", `import type { Data } from "../data/data.ts"; export type X = Data;`],
    [
      "components/plugins/example.tsx",
      `import type { Host } from "@/lib/host/host.ts"; export type X = Host;`,
    ],
    ["app/example.tsx", `import { x } from "@/lib/core/clock.ts"; export const y = x;`],
    ["lib/host/example.ts", `export * from "../../test/fake-clock.ts";`],
    ["server.ts", `import { x } from "./test/fake-clock.ts"; export const y = x;`],
  ])("refuses %s: %s", async (file, code) => {
    expect(await refusals(file, code)).toEqual([WALL]);
  });

  it.each([
    ["lib/core/example.ts", `import { AppError } from "../contract/error.ts"; export const x = AppError;`],
    ["lib/host/example.ts", `import type { Data } from "../data/data.ts"; export type X = Data;`],
    [
      "lib/builtin/example.ts",
      `import type { PluginClient } from "../transport/client.ts"; export type X = PluginClient;`,
    ],
    ["lib/intake/example.ts", `import { x } from "../egress/fetch.ts"; export const y = x;`],
    ["lib/transport/example.ts", `import { x } from "../egress/http-connection.ts"; export const y = x;`],
    ["lib/operations/example.ts", `import { x } from "../egress/address-guard.ts"; export const y = x;`],
    ["components/example.tsx", `import type { Clock } from "@/lib/core/clock.ts"; export type X = Clock;`],
    ["lib/data/example.ts", `export { createTurnstile } from "../async/turnstile.ts";`],
    ["server.ts", `import type { Host } from "./lib/host/host.ts"; export type X = Host;`],
    ["lib/core/example.test.ts", `import type { Data } from "../data/data.ts"; export type X = Data;`],
    ["bench/example.ts", `import type { Host } from "../lib/host/host.ts"; export type X = Host;`],
  ])("allows %s: %s", async (file, code) => {
    expect(await refusals(file, code)).toEqual([]);
  });

  it.each(folders("lib"))("has a row for lib/%s", async (folder) => {
    const code = `import { createFakeClock } from "../../test/fake-clock.ts"; export const x = createFakeClock;`;
    expect(await refusals(`lib/${folder}/example.ts`, code)).toEqual([WALL]);
  });

  it.each([
    ["lib/contract/example.ts", `import { z } from "zod"; export const x = z;`, []],
    [
      "lib/contract/example.ts",
      `import { RE2JS } from "re2js"; export const x = RE2JS;`,
      ["no-restricted-imports"],
    ],
    ["lib/core/example.ts", `import { RE2JS } from "re2js"; export const x = RE2JS;`, []],
    [
      "lib/core/example.ts",
      `import { readFileSync } from "node:fs"; export const x = readFileSync;`,
      ["no-restricted-imports"],
    ],
    ["lib/async/example.ts", `import { z } from "zod"; export const x = z;`, ["no-restricted-imports"]],
  ])("knows the packages of %s: %s", async (file, code, expected) => {
    expect(await refusals(file, code)).toEqual(expected);
  });
});

describe("which rooms of a folder know each other", () => {
  it.each([
    ["lib/host/connection/example.ts", `import { x } from "../lifecycle/disconnect.ts"; export const y = x;`],
    [
      "lib/host/process/example.ts",
      `import type { X } from "../folder/manifest-file.ts"; export type Y = X;`,
    ],
    ["lib/operations/config/example.ts", `export const x = () => import("../registration/registration.ts");`],
    ["components/config-form/fields/example.tsx", `export * from "../text/text-view.tsx";`],
    ["components/plugins/list/example.tsx", `export * from "@/components/plugins/health/plugin-health.tsx";`],
    ...walls(),
  ])("refuses %s: %s", async (file, code) => {
    expect(await refusals(file, code)).toEqual([WALL]);
  });

  it.each([
    ["lib/host/lifecycle/example.ts", `export * from "../connection/handshake.ts";`],
    ["lib/host/lifecycle/example.ts", `export * from "./disconnect.ts";`],
    ["lib/host/connection/example.ts", `export * from "../failure.ts";`],
    ["lib/host/example.ts", `export * from "./lifecycle/disconnect.ts";`],
    ["lib/host/connection/example.test.ts", `export * from "../lifecycle/disconnect.ts";`],
  ])("allows %s: %s", async (file, code) => {
    expect(await refusals(file, code)).toEqual([]);
  });

  it.each(Object.entries(SUBROOMS))("has a row for every room of %s", (folder, rooms) => {
    expect(Object.keys(rooms).sort()).toEqual(folders(folder).sort());
  });
});

describe("one home per effect", () => {
  it.each([
    ["lib/host/example.ts", "export const x = process.env.PORT;"],
    ["lib/host/example.ts", "export const { env } = process;"],
    ["lib/host/example.ts", `import process from "node:process"; export const x = process;`],
    [
      "lib/operations/example.ts",
      `import { PrismaClient } from "@prisma/client"; export const x = PrismaClient;`,
    ],
    ["lib/operations/example.ts", `export const x = () => import("better-sqlite3");`],
    ["lib/host/example.ts", `import { Agent } from "undici"; export const x = Agent;`],
    ["lib/transport/example.ts", `import { Client } from "undici"; export const x = Client;`],
    ["lib/transport/example.ts", `import { connect } from "node:tls"; export const x = connect;`],
    ["lib/intake/example.ts", `import { lookup } from "node:dns"; export const x = lookup;`],
    ["lib/intake/example.ts", `import { request } from "node:https"; export const x = request;`],
    ["lib/egress/example.ts", `import { Client } from "@grpc/grpc-js"; export const x = Client;`],
    ["lib/host/example.ts", `import { credentials } from "@grpc/grpc-js"; export const x = credentials;`],
    ["lib/egress/example.ts", `export const x = (url: string) => fetch(url);`],
    ["lib/api/example.ts", `import { request } from "node:http"; export const x = request;`],
    ["lib/api/example.ts", `import http from "http"; export const x = http;`],
    ["components/example.tsx", `export const x = () => fetch("/api/plugins");`],
    ["components/example.tsx", `export const x = () => window.fetch("/api/plugins");`],
    ["components/example.tsx", `export const x = () => new EventSource("/api/logs");`],
    ["app/page.tsx", `export const x = () => fetch("/api/plugins");`],
    [
      "lib/host/health/check-scheduler.ts",
      `import { spawn } from "node:child_process"; export const x = spawn;`,
    ],
    ["lib/core/example.ts", "export const x = () => Date.now();"],
    ["lib/core/example.ts", "export const x = () => new Date();"],
    ["lib/host/example.ts", "export const x = (f: () => void) => setTimeout(f, 5);"],
    ["lib/host/example.ts", "export const x = () => performance.now();"],
    ["lib/transport/example.ts", "export const x = () => AbortSignal.timeout(5);"],
    ["server.ts", "export const x = (f: () => void) => setInterval(f, 5);"],
    ["lib/api/example.ts", `import { createCipheriv } from "node:crypto"; export const x = createCipheriv;`],
    ["lib/api/example.ts", `import { headers } from "next/headers"; export const x = headers;`],
    ["lib/api/example.ts", `console.log("hello");`],
    ["components/example.tsx", `export const x = () => console.error("hello");`],
  ])("refuses %s: %s", async (file, code) => {
    expect(await refusals(file, code)).toEqual([HOME]);
  });

  it.each([
    ["lib/env.ts", "export const x = process.env.PORT;"],
    ["lib/host/example.ts", "export const x = process.pid;"],
    ["lib/data/example.ts", `import { PrismaClient } from "@prisma/client"; export const x = PrismaClient;`],
    ["lib/egress/http-connection.ts", `import { Client } from "undici"; export const x = Client;`],
    ["lib/egress/dns.ts", `import { lookup } from "node:dns"; export const x = lookup;`],
    ["lib/transport/grpc-channel.ts", `import { Client } from "@grpc/grpc-js"; export const x = Client;`],
    [
      "lib/gateway/handler.ts",
      `import type { IncomingMessage } from "node:http"; export type X = IncomingMessage;`,
    ],
    ["lib/client/browser.ts", `export const x = () => fetch("/api/plugins");`],
    ["lib/api/example.ts", `export const x = (app: { fetch(url: string): unknown }) => app.fetch("/");`],
    ["lib/api/example.ts", `export const x = (fetch: (url: string) => unknown) => fetch("/");`],
    ["lib/core/example.ts", "export const x = (ms: number) => new Date(ms);"],
    ["lib/real-clock.ts", "export const x = () => performance.now();"],
    ["components/example.tsx", "export const x = (f: () => void) => setTimeout(f, 5);"],
    [
      "lib/data/secret-box.ts",
      `import { createCipheriv } from "node:crypto"; export const x = createCipheriv;`,
    ],
    ["lib/api/example.ts", `import { randomUUID } from "node:crypto"; export const x = randomUUID;`],
    ["components/example.tsx", `import Link from "next/link"; export const x = Link;`],
    ["lib/host/example.test.ts", "export const x = () => Date.now();"],
    ["scripts/example.mjs", `console.log("hello");`],
  ])("allows %s: %s", async (file, code) => {
    expect(await refusals(file, code)).toEqual([]);
  });
});

describe("habits", () => {
  it.each([
    ["house/file-name", "lib/core/badgeTable.ts", "export const x = 1;"],
    ["house/file-name", "lib/core/index.ts", "export const x = 1;"],
    ["house/file-name", "lib/core/utils.ts", "export const x = 1;"],
    ["import-x/no-default-export", "lib/core/example.ts", "export default 1;"],
    [
      "@typescript-eslint/no-explicit-any",
      "lib/core/example.ts",
      "export const x = (y: any) => y as string;",
    ],
    ["@typescript-eslint/ban-ts-comment", "lib/core/example.ts", "// @ts-ignore\nexport const x = 1;"],
    [
      "@typescript-eslint/consistent-type-imports",
      "lib/core/example.ts",
      `export type X = import("zod").ZodType;`,
    ],
    ["no-empty", "lib/core/example.ts", "export const x = () => { try { JSON.parse(''); } catch {} };"],
    ["react-hooks/rules-of-hooks", "components/example.tsx", hookInCondition()],
  ])("%s refuses %s: %s", async (rule, file, code) => {
    expect(await refusals(file, code)).toContain(rule);
  });

  it("refuses a comment that switches a rule off", async () => {
    const code = "// eslint-disable-next-line no-empty\nexport const x = () => {};";
    const [result] = await eslint.lintText(code, { filePath: "lib/core/example.ts" });
    expect(result?.warningCount).toBe(1);
  });

  it("refuses a promise that nobody waits for", async () => {
    // This rule needs types: a project of one file has them in a second, ours in twenty.
    const cwd = project({
      "example.ts": "const tick = async () => {};\nexport const run = () => {\n  tick();\n};\n",
    });
    const typed = new ESLint({
      cwd,
      overrideConfigFile: path.resolve("eslint.config.mjs"),
      overrideConfig: [{ languageOptions: { parserOptions: { tsconfigRootDir: cwd } } }],
    });
    const [result] = await typed.lintFiles("example.ts");
    rmSync(cwd, { recursive: true });
    expect(result?.messages.map((message) => message.ruleId)).toEqual([
      "@typescript-eslint/no-floating-promises",
    ]);
  });

  it("refuses imports that run in a circle", () => {
    const cwd = project({
      "knip.json": readFileSync("knip.json", "utf8"),
      "package.json": JSON.stringify({ name: "circle", type: "module" }),
      "server.ts": `import { hen } from "./hen.ts";\nhen();\n`,
      "hen.ts": `import { egg } from "./egg.ts";\nexport const hen = () => egg();\n`,
      "egg.ts": `import { hen } from "./hen.ts";\nexport const egg = () => hen();\n`,
    });
    const knip = path.resolve("node_modules/knip/bin/knip.js");
    const found = spawnSync(process.execPath, [knip], { cwd, encoding: "utf8" });
    rmSync(cwd, { recursive: true });
    expect(found.stdout).toMatch(/Circular dependencies \(1\)/);
    expect(found.status).toBe(1);
  });
});

/** A directory with these files and a small tsconfig.json. */
function project(files: Record<string, string>): string {
  const cwd = mkdtempSync(path.join(tmpdir(), "loom-lint-"));
  const compilerOptions = {
    strict: true,
    lib: ["ES2023"],
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  writeFileSync(path.join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
  return cwd;
}

/** For every room and every room that it does not know, an import of one of its files. */
function walls(): Array<[file: string, code: string]> {
  return Object.entries(SUBROOMS).flatMap(([folder, rooms]) =>
    Object.entries(rooms).flatMap(([room, allowed]) =>
      Object.keys(rooms)
        .filter((other) => other !== room && !allowed.includes(other))
        .map((other): [string, string] => [
          `${folder}/${room}/example.ts`,
          `export * from "../${other}/${firstFile(`${folder}/${other}`)}";`,
        ]),
    ),
  );
}

function firstFile(folder: string): string {
  const name = readdirSync(folder).find((entry) => /^[a-z-]+\.tsx?$/.test(entry));
  if (name === undefined) throw new Error(`${folder} has no file to import`);
  return name;
}

function folders(parent: string): string[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function hookInCondition(): string {
  return `import { useState } from "react";
export function Example({ on }: { on: boolean }) {
  if (on) useState(0);
  return null;
}`;
}
