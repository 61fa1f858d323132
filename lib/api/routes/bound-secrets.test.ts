import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import Database from "better-sqlite3";
import { join } from "node:path";
import { serveAnthropic, type AnthropicServer } from "../../../test/anthropic-server.ts";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { serveOpenAi, type OpenAiServer } from "../../../test/openai-server.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { PluginConfig } from "../../contract/config.ts";
import { REVISIONS_KEPT, type ConfigRevision } from "../../contract/config-revision.ts";
import type { ConfigTestEvent } from "../../contract/config-test.ts";
import type { ErrorInfo } from "../../contract/error.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { adoptStored } from "../../operations/config/startup-migration.ts";
import { SYSTEM } from "../../operations/actor.ts";
import { followRecord } from "../../operations/config/config-migration.ts";

const KEY = "canary-key-7731-bound";

let loom: TestConsole;
let home: OpenAiServer;
let evil: OpenAiServer;
let id = "";
beforeAll(async () => {
  loom = await createTestConsole();
  await loom.host.start();
});
afterAll(() => loom.close());
beforeEach(async () => {
  [home, evil] = await Promise.all([serveOpenAi({ key: KEY }), serveOpenAi({ key: null })]);
  for (const { port } of [home, evil]) loom.approvals.remember("127.0.0.1", port);
  const answer = await loom.call("POST", "/api/plugins", {
    as: "admin",
    body: { builtin: "openai-compatible" },
  });
  id = (answer.body as { plugin: Plugin }).plugin.id;
});
afterEach(async () => {
  await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  await Promise.all([home.close(), evil.close()]);
});

const call = (method: string, path: string, body?: object) =>
  loom.call(method, `/api/plugins/${id}${path}`, { as: "admin", ...(body ? { body } : {}) });
const getConfig = async () => (await call("GET", "/config")).body as PluginConfig;
const revisions = async () =>
  ((await call("GET", "/config/revisions")).body as { revisions: ConfigRevision[] }).revisions;
const errorOf = (answer: { body: unknown }) => (answer.body as { error: ErrorInfo }).error;

async function save(values: object, secrets: object = {}) {
  const { version } = await getConfig();
  return call("PUT", "/config", { version, values, secrets });
}

async function test(body: object): Promise<ConfigTestEvent[]> {
  const response = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, { as: "admin", body });
  expect(response.status).toBe(200);
  const frames = (await response.text()).split("\n\n").filter((frame) => frame.startsWith("data: "));
  return frames.map((frame) => JSON.parse(frame.slice(6)) as ConfigTestEvent);
}

/** Everything the other service was sent. */
const leaked = () => JSON.stringify(evil.requests);
const toHome = () => ({ base_url: home.baseUrl });
const toEvil = () => ({ base_url: evil.baseUrl });
const saveAtHome = async () => expect((await save(toHome(), { api_key: { set: KEY } })).status).toBe(200);

describe("secrets of a built-in plugin", () => {
  beforeEach(saveAtHome);

  it("belong to the origin of its address, who and when beside it", async () => {
    expect(await getConfig()).toMatchObject({
      origin: home.origin,
      addressField: { name: "base_url", fallback: null },
      secrets: { api_key: { origin: home.origin, changedBy: "The admin", problem: null } },
    });
  });

  it("stay when only the path of the address changes", async () => {
    expect((await save({ base_url: `${home.origin}/other/v1` })).status).toBe(200);
    expect((await getConfig()).secrets["api_key"]).toMatchObject({ configured: true, problem: null });
  });

  it("keep a save from taking the plugin elsewhere, by name and with the way on", async () => {
    await call("POST", "/enable", {});
    const answer = await save(toEvil());
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toMatchObject({
      code: "secrets_bound",
      field: "values.base_url",
      message: expect.stringContaining("api_key") as string,
      hint: expect.stringContaining("again in the same write") as string,
      details: { secrets: ["api_key"] },
      issues: [{ path: "values.base_url" }, { path: "secrets.api_key" }],
    });
    expect(await getConfig()).toMatchObject({ version: 1, values: toHome() });
    expect(evil.requests).toEqual([]);
  });

  it("entered again in the same write go along, and the old text does not", async () => {
    await call("POST", "/enable", {});
    expect((await save(toEvil(), { api_key: { set: "another-key" } })).status).toBe(200);
    expect(leaked()).toContain("Bearer another-key");
    expect(leaked()).not.toContain(KEY);
    expect((await getConfig()).secrets["api_key"]).toMatchObject({ origin: evil.origin, problem: null });
  });

  it("let it go when they are cleared in the same write", async () => {
    await call("POST", "/enable", {});
    expect((await save(toEvil(), { api_key: { clear: true } })).status).toBe(200);
    expect(evil.requests.length).toBeGreaterThan(0);
    expect(leaked()).not.toContain(KEY);
  });

  it("are not used at the old address any more when the new one refuses", async () => {
    await call("POST", "/enable", {});
    await evil.close();
    const asked = home.requests.length;
    expect((await save(toEvil(), { api_key: { clear: true } })).status).toBe(200);
    const { plugin } = (await call("GET", "")).body as { plugin: Plugin };
    expect(plugin).toMatchObject({ refusal: null, lifecycle: "ready" });
    await call("POST", "/check", {});
    expect(home.requests.slice(asked)).toEqual([]);
  });

  it("are not sent elsewhere by a test, whether it saves or not", async () => {
    for (const more of [{}, { version: 1, save: true }]) {
      const events = await test({ values: toEvil(), chat: true, ...more });
      expect(events).toContainEqual({
        type: "step",
        step: expect.objectContaining({
          name: "config",
          status: "failed",
          error: expect.objectContaining({
            code: "secrets_bound",
            details: { secrets: ["api_key"] },
          }) as object,
        }) as object,
      });
      expect(events.at(-1)).toMatchObject({ ok: false, saved: null });
    }
    expect(evil.requests).toEqual([]);
    const passed = await test({
      version: 1,
      values: toEvil(),
      secrets: { api_key: { set: "mine" } },
      save: true,
    });
    expect(passed.at(-1)).toMatchObject({ ok: true, saved: { config: { version: 2, origin: evil.origin } } });
    expect(leaked()).toContain("mine");
    expect(leaked()).not.toContain(KEY);
  });

  it("are not taken along by restoring a revision with another address", async () => {
    await save(toEvil(), { api_key: { set: "another-key" } });
    const refused = await call("POST", "/config/restore", { version: 2, revision: 1 });
    expect([refused.status, errorOf(refused)]).toMatchObject([409, { code: "secrets_bound" }]);
    const secrets = { api_key: { set: KEY } };
    const restored = await call("POST", "/config/restore", { version: 2, revision: 1, secrets });
    expect(restored.body).toMatchObject({ reenter: [], config: { origin: home.origin } });
  });

  it("stay closed when the address is changed behind the API", async () => {
    await loom.data.configs.save(id, { version: 1, values: toEvil(), secrets: {}, changedBy: "nobody" });
    expect((await getConfig()).secrets["api_key"]).toMatchObject({
      problem: expect.stringContaining(home.origin) as string,
    });
    await loom.data.plugins.update(id, { desired: "enabled" });
    await loom.host.reconcile(id);
    const { plugin } = (await call("GET", "")).body as { plugin: Plugin };
    expect(plugin.failure).toMatchObject({ code: "config_incomplete", field: "api_key" });
    expect(evil.requests).toEqual([]);
  });

  it("do not follow a description that hides the address or gives it another default", async () => {
    const found = await loom.data.plugins.find(id);
    const schema = found?.manifest.metadata.config_schema ?? [];
    const [first] = schema;
    if (!found || !first) throw new Error("no plugin");
    const withField = (field: object) => ({
      ...found.manifest,
      metadata: { ...found.manifest.metadata, config_schema: [{ ...first, ...field }, ...schema.slice(1)] },
    });
    await loom.data.plugins.update(id, {
      manifest: withField({ default: evil.baseUrl, required: false }),
      desired: "enabled",
    });
    expect(errorOf(await save({}))).toMatchObject({ code: "secrets_bound" });
    await loom.data.configs.save(id, { version: 1, values: {}, secrets: {}, changedBy: "nobody" });
    await loom.host.reconcile(id, { restart: true });
    await loom.data.plugins.update(id, { manifest: withField({ sensitive: true, required: false }) });
    const write = { base_url: { set: evil.baseUrl } };
    await loom.data.configs.save(id, {
      version: 2,
      values: toHome(),
      secrets: write,
      changedBy: "nobody",
      origin: home.origin,
    });
    await loom.host.reconcile(id, { restart: true });
    const { plugin } = (await call("GET", "")).body as { plugin: Plugin };
    expect(plugin.failure?.message).toContain("makes a secret of its address");
    expect(evil.requests).toEqual([]);
  });

  it("of a database that is older than the rule are bound to the present address at the next start", async () => {
    const tamper = () => {
      const database = new Database(join(loom.directory, "loom.db"));
      database.prepare("UPDATE Secret SET origin = NULL WHERE pluginId = ?").run(id);
      database.close();
    };
    tamper();
    expect(errorOf(await save(toEvil()))).toMatchObject({ code: "secrets_bound" });
    await adoptStored(loom);
    expect((await getConfig()).secrets["api_key"]).toMatchObject({ origin: home.origin, problem: null });
    expect(errorOf(await save(toEvil()))).toMatchObject({ code: "secrets_bound" });
  });

  it("are refused from a form whose address went by a save, another default and a save", async () => {
    const setDefault = (address: string) =>
      loom.data.transaction(async (repositories) => {
        const before = await repositories.plugins.find(id);
        if (!before) throw new Error("it is gone");
        const { manifest } = before;
        const schema = manifest.metadata.config_schema.map((field) =>
          field.name === "base_url" ? { ...field, default: address } : field,
        );
        const metadata = { ...manifest.metadata, config_schema: schema };
        const after = await repositories.plugins.update(id, { manifest: { ...manifest, metadata } });
        await followRecord(loom, repositories, SYSTEM, before, after);
      });
    await setDefault(home.baseUrl);
    expect((await save({}, { api_key: { clear: true } })).status).toBe(200);
    const form = await getConfig();
    await save({ base_url: `${home.origin}/pinned/v1` });
    await setDefault(evil.baseUrl);
    expect((await save({})).status).toBe(200);
    const draft = { version: form.version, values: {}, secrets: { api_key: { set: KEY } } };
    const tested = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, { as: "admin", body: draft });
    expect(tested.status).toBe(409);
    expect(leaked()).not.toContain(KEY);
    expect(errorOf(await call("PUT", "/config", draft)).details).toMatchObject({
      moved: { from: home.origin, to: evil.origin },
    });
  });

  it("need an address that can be read", async () => {
    for (const address of ["http://", "https://user:pass@127.0.0.1/v1", "http://127.0.0.1:22/v1"]) {
      const answer = await save({ base_url: address }, { api_key: { set: KEY } });
      expect([answer.status, errorOf(answer)]).toMatchObject([422, { field: "values.base_url" }]);
    }
  });
});

describe("the required key of a built-in plugin with a default address", () => {
  let claude: AnthropicServer;
  let anthropicId = "";
  beforeEach(async () => {
    claude = await serveAnthropic();
    loom.approvals.remember("127.0.0.1", claude.port);
    const body = { builtin: "anthropic" };
    const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
    anthropicId = (answer.body as { plugin: Plugin }).plugin.id;
  });
  afterEach(async () => {
    await loom.call("DELETE", `/api/plugins/${anthropicId}`, { as: "admin" });
    await claude.close();
  });

  it("belongs to the default until somebody enters it for another", async () => {
    const path = `/api/plugins/${anthropicId}/config`;
    const put = (body: object) => loom.call("PUT", path, { as: "admin", body });
    await put({ version: 0, values: {}, secrets: { api_key: { set: KEY } } });
    const config = (await loom.call("GET", path, { as: "admin" })).body as PluginConfig;
    expect(config.secrets["api_key"]?.origin).toBe("https://api.anthropic.com");
    const values = { base_url: claude.origin };
    expect(errorOf(await put({ version: 1, values }))).toMatchObject({ code: "secrets_bound" });
    // The spelling of the default is the default.
    expect(
      (await put({ version: 1, values: { base_url: " HTTPS://API.anthropic.com:443/v1 " } })).status,
    ).toBe(422);
    expect((await put({ version: 1, values: { base_url: "HTTPS://API.anthropic.com:443/v1" } })).status).toBe(
      422,
    );
    expect((await put({ version: 1, values: { base_url: "https://API.anthropic.com:443/v1" } })).status).toBe(
      200,
    );
    expect((await put({ version: 2, values, secrets: { api_key: { set: KEY } } })).status).toBe(200);
  });
});

describe("a plugin that moves", () => {
  const SCHEMA = [
    { name: "api_key", type: "string", sensitive: true },
    { name: "region", type: "string" },
  ];
  let stub: StubPlugin;
  let other: StubPlugin;
  beforeEach(async () => {
    [stub, other] = await Promise.all([
      createStubPlugin({ schema: SCHEMA }),
      createStubPlugin({ schema: SCHEMA }),
    ]);
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    const body = { endpoint: stub.endpoint, approveEndpoint: true };
    const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
    id = (answer.body as { plugin: Plugin }).plugin.id;
    await call("POST", "/enable", {});
  });
  afterEach(() => Promise.all([stub.close(), other.close()]));

  const move = () =>
    loom.call("PATCH", `/api/plugins/${id}`, {
      as: "admin",
      body: { endpoint: other.endpoint, approveEndpoint: true, dropSecrets: true },
    });

  it("refuses a secret from a form that was loaded before, naming both addresses", async () => {
    await save({ region: "eu" }, { api_key: { set: "older" } });
    const loaded = await getConfig();
    expect((await move()).status).toBe(200);
    const stale = await call("PUT", "/config", {
      version: loaded.version,
      values: loaded.values,
      secrets: { api_key: { set: KEY } },
    });
    expect([stale.status, errorOf(stale)]).toMatchObject([
      409,
      {
        code: "version_conflict",
        message: expect.stringContaining(`moved from ${stub.endpoint} to ${other.endpoint}`) as string,
        details: { moved: { from: stub.endpoint, to: other.endpoint }, version: loaded.version + 1 },
      },
    ]);
    const draft = { version: loaded.version, values: loaded.values, secrets: { api_key: { set: KEY } } };
    const tested = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, { as: "admin", body: draft });
    expect([tested.status, await tested.json()]).toMatchObject([
      409,
      { error: { code: "version_conflict", details: { moved: { to: other.endpoint } } } },
    ]);
    expect(JSON.stringify(other.configs)).not.toMatch(new RegExp(`${KEY}|older`));
  });

  it("refuses it also when nothing had been saved before", async () => {
    expect((await getConfig()).version).toBe(0);
    await move();
    const stale = await call("PUT", "/config", {
      version: 0,
      values: {},
      secrets: { api_key: { set: KEY } },
    });
    expect(errorOf(stale)).toMatchObject({
      code: "version_conflict",
      details: { moved: { from: stub.endpoint } },
    });
  });

  it("refuses it when the version the form was loaded at is no longer remembered", async () => {
    const loaded = await getConfig();
    await move();
    for (let round = 0; round < REVISIONS_KEPT + 1; round += 1) {
      const { version } = await getConfig();
      const write = { version, values: { region: `r${round}` }, secrets: {}, changedBy: "test" };
      await loom.data.configs.save(id, write);
    }
    const draft = { version: loaded.version, values: {}, secrets: { api_key: { set: KEY } } };
    const tested = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, { as: "admin", body: draft });
    expect([tested.status, await tested.json()]).toMatchObject([
      409,
      {
        error: {
          code: "version_conflict",
          message: expect.stringContaining("no longer remembered") as string,
        },
      },
    ]);
    expect(errorOf(await call("PUT", "/config", draft)).details).toMatchObject({
      moved: { from: null, to: other.endpoint },
    });
    expect(JSON.stringify(other.configs)).not.toContain(KEY);
  });

  it("is a revision of its own", async () => {
    await save({ region: "eu" }, { api_key: { set: KEY } });
    await move();
    expect((await revisions())[0]).toMatchObject({
      revision: 2,
      kind: "moved",
      savedBy: "The admin",
      values: { region: "eu" },
      secrets: {},
      changes: [
        { field: "endpoint", before: stub.endpoint, after: other.endpoint },
        { field: "api_key", secret: "cleared" },
      ],
    });
  });

  it("within its origin leaves the version alone", async () => {
    await save({}, { api_key: { set: KEY } });
    await loom.call("PATCH", `/api/plugins/${id}`, {
      as: "admin",
      body: { endpoint: `${stub.endpoint}/v2` },
    });
    expect(await getConfig()).toMatchObject({ version: 1, secrets: { api_key: { problem: null } } });
  });

  it("while a save is on its way tells the new address no secret of the old one", async () => {
    const { version } = await getConfig();
    const write = { version, values: {}, secrets: { api_key: { set: KEY } } };
    const [saved] = await Promise.all([call("PUT", "/config", write), move()]);
    const config = await getConfig();
    expect([200, 409]).toContain(saved.status);
    expect(config.secrets["api_key"]?.configured).toBe(false);
    await loom.host.reconcile(id, { restart: true });
    expect(JSON.stringify(other.configs)).not.toContain(KEY);
  });
});
