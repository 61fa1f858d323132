import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { PluginConfig } from "../../contract/config.ts";
import type { ConfigRevision } from "../../contract/config-revision.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { makeCopy } from "../../data/backups.ts";
import { adoptStored } from "../../operations/config/startup-migration.ts";

const CANARY = /plain-canary-\d+/;
const canaryOf = (index: number) => `plain-canary-${800_000 + index * 7}`;
const OPEN = { name: "token", type: "string", description: "Not known to be a secret yet" };
const SEALED = { ...OPEN, sensitive: true };
/** Enough for old revisions to be forgotten; some values are longer than a page of the database. */
const SAVES = 120;
const valueOf = (index: number) => `${canaryOf(index)} ${"x".repeat((index * 397) % 9000)}`;

let folder: string;
let loom: TestConsole;
let stub: StubPlugin;
let id = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-folder-"));
  stub = await createStubPlugin({ schema: [OPEN] });
  loom = await createTestConsole({ pluginFolders: [folder] });
  loom.approvals.remember("127.0.0.1", stub.port);
  await loom.folders.start();
});
afterEach(async () => {
  await loom.close();
  await stub.close();
  await rm(folder, { recursive: true, force: true });
});

const call = (method: string, path: string, body?: object) =>
  loom.call(method, `/api/plugins/${id}${path}`, { as: "admin", ...(body ? { body } : {}) });
const getConfig = async () => (await call("GET", "/config")).body as PluginConfig;
const getPlugin = async () => ((await call("GET", "")).body as { plugin: Plugin }).plugin;
const revisions = async () =>
  ((await call("GET", "/config/revisions")).body as { revisions: ConfigRevision[] }).revisions;

async function register(): Promise<void> {
  const body = { endpoint: stub.endpoint, approveEndpoint: true };
  const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
  id = (answer.body as { plugin: Plugin }).plugin.id;
}

async function saveOften(count = SAVES): Promise<void> {
  let { version } = await getConfig();
  for (let index = 0; index < count; index++) {
    const answer = await call("PUT", "/config", { version, values: { token: valueOf(index), region: "eu" } });
    expect(answer.status).toBe(200);
    version += 1;
  }
}

/** Files of the data directory whose bytes hold a canary; a copy made now is among them. */
async function findTraces(): Promise<string[]> {
  const database = new Database(join(loom.directory, "loom.db"), { readonly: true });
  makeCopy(database, join(loom.directory, "backups"), new Date(), "the-search");
  database.close();
  const names = await readdir(loom.directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(file, "latin1") })),
  );
  return texts.filter(({ text }) => CANARY.test(text)).map(({ file }) => file);
}

async function writeManifest(field: string): Promise<void> {
  await mkdir(join(folder, "stub"), { recursive: true });
  const metadata = `  name: Stub\n  version: 1.0.0\n  provider_type: stub\n  config_schema:\n    - ${field}\n`;
  await writeFile(
    join(folder, "stub/plugin.yaml"),
    `type: http\nendpoint: ${stub.endpoint}\nmetadata:\n${metadata}`,
  );
  await loom.call("POST", "/api/plugins/rescan", { as: "admin", body: {} });
}

/** Everything people can ask about the plugin's configuration. */
async function readEverything(): Promise<string> {
  const answers = await Promise.all([
    ...["", "/config", "/config/effective", "/config/revisions", "/manifest?format=yaml"].map((path) =>
      loom.fetchRaw("GET", `/api/plugins/${id}${path}`, { as: "admin" }),
    ),
    loom.fetchRaw("GET", `/api/activity?pluginId=${id}&limit=100`, { as: "admin" }),
  ]);
  return (await Promise.all(answers.map((answer) => answer.text()))).join("\n");
}

async function expectSealed(): Promise<void> {
  expect(await getConfig()).toMatchObject({
    values: { region: "eu" },
    secrets: { token: { configured: true, kind: "sealed", origin: stub.endpoint, problem: null } },
  });
  expect(await readEverything()).not.toMatch(CANARY);
  const { values } = await loom.data.configs.openSecrets(id, stub.endpoint);
  expect(values["token"]).toBe(valueOf(SAVES - 1));
  const audit = await loom.data.audit.list({ limit: 200, targetId: id });
  const told = audit
    .filter(({ action }) => action === "plugin.config_changed")
    .flatMap(({ changes }) => changes);
  expect(told.filter(({ field }) => field === "token")).toHaveLength(SAVES);
  expect(told.filter(({ field }) => field === "token")).toContainEqual({ field: "token", secret: "changed" });
  expect(told).toContainEqual({ field: "region", after: "eu" });
  expect(await findTraces()).toEqual([]);
}

describe("a field that becomes sensitive", () => {
  it("because new metadata is accepted is sealed, and its old values are gone, down to the bytes", async () => {
    await register();
    await saveOften();
    expect(await findTraces()).not.toEqual([]);
    await rm(join(loom.directory, "backups"), { recursive: true });
    stub.behaviour.schema = [SEALED];
    await call("POST", "/enable", {});
    const { drift } = await getPlugin();
    expect((await call("POST", "/drift/accept", { drift: drift?.id })).status).toBe(200);
    await expectSealed();
    expect((await revisions())[0]).toMatchObject({
      kind: "adopted",
      changes: [{ field: "token", secret: "set" }],
    });
  });

  it("because a watched file says so is sealed as soon as the file is read", async () => {
    await writeManifest("{ name: token, type: string }");
    id = (await loom.data.plugins.list())[0]?.id ?? "";
    await saveOften();
    await writeManifest("{ name: token, type: string, sensitive: true }");
    await expectSealed();
    expect((await revisions())[0]).toMatchObject({ kind: "adopted" });
  });

  it("in a database of an older version is sealed at the next start", async () => {
    await register();
    await saveOften();
    const record = await loom.data.plugins.find(id);
    if (!record) throw new Error("no plugin");
    const metadata = { ...record.manifest.metadata, config_schema: [{ ...SEALED, required: false }] };
    await loom.data.plugins.update(id, { manifest: { ...record.manifest, metadata } });
    await adoptStored(loom);
    await expectSealed();
    const { version } = await getConfig();
    await adoptStored(loom);
    expect((await getConfig()).version).toBe(version);
  });

  it("and has no value any more leaves nothing in what is remembered either", async () => {
    await writeManifest("{ name: token, type: string }");
    id = (await loom.data.plugins.list())[0]?.id ?? "";
    await saveOften(3);
    await call("PUT", "/config", { version: 3, values: {} });
    await writeManifest("{ name: token, type: string, sensitive: true }");
    expect(await getConfig()).toMatchObject({ version: 4, secrets: { token: { configured: false } } });
    expect(await readEverything()).not.toMatch(CANARY);
    expect(await findTraces()).toEqual([]);
  });

  it("while its file moves the plugin is not told to the new address", async () => {
    const other = await createStubPlugin({ schema: [SEALED] });
    loom.approvals.remember("127.0.0.1", other.port);
    await writeManifest("{ name: token, type: string }");
    id = (await loom.data.plugins.list())[0]?.id ?? "";
    await saveOften(2);
    const old = stub;
    stub = other;
    await writeManifest("{ name: token, type: string, sensitive: true }");
    await old.close();
    expect(await getConfig()).toMatchObject({
      version: 3,
      origin: other.endpoint,
      secrets: { token: { configured: false } },
    });
    const [moved] = await revisions();
    expect(moved).toMatchObject({
      kind: "moved",
      changes: [
        { field: "endpoint", before: old.endpoint, after: other.endpoint },
        { field: "token", secret: "cleared" },
      ],
    });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry).toMatchObject({ action: "plugin.reloaded" });
    expect(entry?.changes).toContainEqual({ field: "token", secret: "cleared" });
    expect(await findTraces()).toEqual([]);
  });
});
