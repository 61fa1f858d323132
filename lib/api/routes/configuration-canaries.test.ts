import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { serveOpenAi } from "../../../test/openai-server.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { createReferences, toReferenceRules } from "../../data/secret-reference.ts";
import { createLog } from "../../log.ts";

const COUNT = 200;
/** Every write is a transaction of some 3 ms. */
const WRITES = 10_000;
/** Keys of a built-in plugin, one after the other: each goes through a test, a save and two refused moves. */
const KEYS = 20;
const TYPES = ["string", "int", "float", "bool", "list<thing>"];
const SCHEMA = Array.from({ length: COUNT }, (_, index) => ({
  name: `secret_${index}`,
  type: TYPES[index % TYPES.length] ?? "string",
  sensitive: true,
  required: index % 2 === 0,
  description: "A canary",
}));
/** Nine digits, so that a number is as rare a text as the others; a bool can hold no secret. */
const canaryOf = (index: number) => {
  const digits = 700_100_000 + index * 37;
  const kinds = [`canary-${digits}`, `${digits}`, `${digits}.25`, "true", `{"key":"canary-${digits}"}`];
  return kinds[index % kinds.length] ?? "";
};
const CANARIES = SCHEMA.map((_, index) => String(700_100_000 + index * 37)).filter(
  (_, index) => index % 5 !== 3,
);

let loom: TestConsole;
let stub: StubPlugin;
let id = "";
const lines: string[] = [];
beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) };
  loom = await createTestConsole({ log: createLog({ level: "trace", pretty: false, destination }) });
  stub = await createStubPlugin({ schema: SCHEMA });
  const body = { endpoint: stub.endpoint, approveEndpoint: true };
  const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
  id = (answer.body as { plugin: Plugin }).plugin.id;
});
afterAll(async () => {
  await loom.close();
  await stub.close();
});

/** Which canaries a text gives away. */
const hits = (text: string) => CANARIES.filter((canary) => text.includes(canary));

async function ask(method: string, path: string, body?: object): Promise<string> {
  const request = { as: "admin" as const, ...(body ? { body } : {}) };
  return (await loom.fetchRaw(method, path, request)).text();
}

describe(`${COUNT} canary secrets in every kind of field`, () => {
  it("are sent to the plugin and appear nowhere else", async () => {
    const secrets = Object.fromEntries(SCHEMA.map(({ name }, index) => [name, { set: canaryOf(index) }]));
    const path = `/api/plugins/${id}`;
    const texts = [await ask("PUT", `${path}/config`, { version: 0, values: {}, secrets, note: "Canaries" })];
    // The plugin repeats what it received wherever it can, plain and encoded.
    stub.behaviour.initializeStatus = 200;
    texts.push(await ask("POST", `${path}/enable`, {}));
    const sent = JSON.stringify(stub.configs.at(-1));
    expect(hits(sent)).toHaveLength(CANARIES.length);
    stub.behaviour.name = `Leaky ${sent} ${Buffer.from(sent).toString("base64")}`;
    stub.behaviour.models = [
      { id: "m1", description: sent },
      { id: encodeURIComponent(sent).slice(0, 3000) },
    ];
    texts.push(await ask("POST", `${path}/restart`, {}), await ask("POST", `${path}/models/refresh`, {}));
    texts.push(await ask("POST", `${path}/test`, { values: {}, secrets, chat: true }));
    texts.push(
      await ask("PUT", `${path}/config`, {
        version: 1,
        values: {},
        secrets: { secret_0: { set: "********" } },
      }),
    );
    for (const rest of [
      "",
      "/config",
      "/config/effective",
      "/config/revisions",
      "/models",
      "/manifest?format=yaml",
      "/manifest?format=json",
    ]) {
      texts.push(await ask("GET", `${path}${rest}`));
    }
    texts.push(await ask("POST", `${path}/config/restore`, { version: 1, revision: 1 }));
    texts.push(await ask("GET", "/api/plugins"), await ask("GET", `/api/activity?pluginId=${id}`));
    expect(texts.flatMap(hits)).toEqual([]);
    expect(hits(lines.join("\n"))).toEqual([]);
    const { stdout } = await promisify(execFile)("ps", ["-eo", "args"], { maxBuffer: 1 << 24 });
    expect(hits(stdout)).toEqual([]);
    for (const file of (await readdir(loom.directory)).filter((name) => name.startsWith("loom.db"))) {
      expect(hits(await readFile(join(loom.directory, file), "latin1"))).toEqual([]);
    }
  });

  it("of a built-in plugin are sent to its own service alone, and appear nowhere else when that repeats them", async () => {
    const [home, elsewhere] = await Promise.all([serveOpenAi(), serveOpenAi({ key: null })]);
    for (const { port } of [home, elsewhere]) loom.approvals.remember("127.0.0.1", port);
    const registered = await ask("POST", "/api/plugins", { builtin: "openai-compatible" });
    const path = `/api/plugins/${(JSON.parse(registered) as { plugin: Plugin }).plugin.id}`;
    const texts = [registered];
    const keys = Array.from({ length: KEYS }, (_, index) => `canary-${700_200_000 + index * 37}`);
    const found = (text: string) => keys.filter((key) => text.includes(key));
    for (const [index, key] of keys.entries()) {
      const write = { values: { base_url: home.baseUrl }, secrets: { api_key: { set: key } } };
      // A service that does not know a key says it in its complaint; one that does may name a model after it.
      home.key = index % 2 === 0 ? "another" : key;
      home.models = [{ id: `model-${key}` }, { id: Buffer.from(key).toString("base64") }];
      texts.push(await ask("POST", `${path}/test`, { ...write, chat: true }));
      texts.push(await ask("PUT", `${path}/config`, { version: index, ...write }));
      if (index === 0) texts.push(await ask("POST", `${path}/enable`, {}));
      const moved = { version: index + 1, values: { base_url: elsewhere.baseUrl } };
      texts.push(await ask("PUT", `${path}/config`, moved));
      texts.push(await ask("POST", `${path}/test`, { ...moved, save: true }));
    }
    for (const rest of [
      "",
      "/config",
      "/config/effective",
      "/config/revisions",
      "/models",
      "/manifest?format=yaml",
    ])
      texts.push(await ask("GET", path + rest));
    texts.push(await ask("GET", "/api/activity?limit=100"), await ask("GET", "/api/plugins"));
    expect(found(JSON.stringify(home.requests))).toEqual(keys);
    expect(elsewhere.requests).toEqual([]);
    expect(texts.join("\n").match(/secrets_bound/g)?.length).toBeGreaterThanOrEqual(2 * KEYS);
    expect(texts.flatMap(found)).toEqual([]);
    expect(found(lines.join("\n"))).toEqual([]);
    for (const file of (await readdir(loom.directory)).filter((name) => name.startsWith("loom.db")))
      expect(found(await readFile(join(loom.directory, file), "latin1"))).toEqual([]);
    await ask("DELETE", path);
    await Promise.all([home.close(), elsewhere.close()]);
  }, 120_000);

  it(`keep their ciphertext through ${WRITES} writes without them`, async () => {
    const read = () => {
      const database = new Database(join(loom.directory, "loom.db"), { readonly: true });
      const rows = database.prepare("SELECT field, sealed, since FROM Secret ORDER BY field").all();
      database.close();
      return rows;
    };
    const before = read();
    let { version } = await loom.data.configs.get(id);
    for (let write = 0; write < WRITES; write++) {
      const values = { [`random_${write % 7}`]: Math.random() };
      version = await loom.data.configs.save(id, { version, values, secrets: {}, changedBy: "test" });
    }
    expect(read()).toEqual(before);
    expect(before).toHaveLength(COUNT);
    expect((await loom.data.configs.revisions(id)).length).toBeLessThanOrEqual(100);
  }, 900_000);
});

describe("references", () => {
  it("lead to allowed variables and files only, never to the console's own", async () => {
    const folder = await mkdtemp(join(tmpdir(), "loom-secrets-"));
    await writeFile(join(folder, "key"), "from a file\n");
    await writeFile(join(folder, "own.key"), "the console's");
    await writeFile(join(folder, "big"), "x".repeat(20_000));
    const references = createReferences(
      toReferenceRules({
        environment: {
          LOOM_SECRET_A: "a",
          LISTED: "b",
          OTHER: "c",
          LOOM_SECRET_KEY: "k",
          LOOM_ADMIN_PASSWORD: "p",
        },
        listed: ["LISTED", "LOOM_ADMIN_PASSWORD", "LOOM_SECRET_KEY"],
        folders: [folder],
        forbidden: [join(folder, "own.key")],
      }),
    );
    const problem = { problem: expect.any(String) as string };
    expect(await references.resolve("env:LOOM_SECRET_A")).toEqual({ value: "a" });
    expect(await references.resolve("env:LISTED")).toEqual({ value: "b" });
    expect(await references.resolve(`file:${folder}/key`)).toEqual({ value: "from a file" });
    for (const refused of [
      "env:OTHER",
      "env:LOOM_SECRET_KEY",
      "env:LOOM_SECRET_KEY_OLD",
      "env:LOOM_ADMIN_PASSWORD",
    ]) {
      expect(await references.resolve(refused)).toEqual(problem);
      expect(await references.refusal(refused)).toEqual(expect.any(String));
    }
    for (const path of [
      `${folder}/own.key`,
      `${folder}/../key`,
      "/etc/passwd",
      `${folder}/../../etc/passwd`,
    ]) {
      expect(await references.resolve(`file:${path}`)).toEqual(problem);
      expect(await references.refusal(`file:${path}`)).toEqual(expect.any(String));
    }
    for (const path of ["big", "absent", "."])
      expect(await references.resolve(`file:${folder}/${path}`)).toEqual(problem);
    expect(await references.refusal(`file:${folder}/absent`)).toBeNull();
    await rm(folder, { recursive: true });
  });
});
