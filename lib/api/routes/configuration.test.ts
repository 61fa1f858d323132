import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, HANG, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { EffectiveConfig, PluginConfig, PluginConfigSaved } from "../../contract/config.ts";
import type { ConfigRestored, ConfigRevision } from "../../contract/config-revision.ts";
import type { ConfigTestEvent, TestStep } from "../../contract/config-test.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { Data } from "../../data/data.ts";
import { saveConfig } from "../../operations/config/config.ts";

const SECRET = "canary-77aa51c0-do-not-leak";
const KEY = { name: "api_key", type: "string", required: true, sensitive: true, description: "Key" };
const TIMEOUT = { name: "timeout", type: "int", default: 30, validation: { min: 1, max: 300 } };
const SPARE = { name: "spare_key", type: "string", sensitive: true };
const SCHEMA = [KEY, TIMEOUT, SPARE];

let loom: TestConsole;
let stub: StubPlugin;
let id = "";
beforeAll(async () => {
  loom = await createTestConsole();
  await loom.host.start();
});
afterAll(() => loom.close());

beforeEach(async () => {
  stub = await createStubPlugin({ schema: SCHEMA });
  const body = { endpoint: stub.endpoint, approveEndpoint: true };
  const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
  id = (answer.body as { plugin: Plugin }).plugin.id;
});
afterEach(async () => {
  await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  await stub.close();
});

const call = (method: string, path: string, body?: object) =>
  loom.call(method, `/api/plugins/${id}${path}`, { as: "admin", ...(body ? { body } : {}) });
const getConfig = async () => (await call("GET", "/config")).body as PluginConfig;
const getPlugin = async () => ((await call("GET", "")).body as { plugin: Plugin }).plugin;
const revisions = async () =>
  ((await call("GET", "/config/revisions")).body as { revisions: ConfigRevision[] }).revisions;
const effective = async () => (await call("GET", "/config/effective")).body as EffectiveConfig;

async function save(values: object, secrets: object = {}, more: object = {}) {
  const { version } = await getConfig();
  return call("PUT", "/config", { version, values, secrets, ...more });
}

/** The events of a test, to its end. */
async function test(body: object, signal?: AbortSignal): Promise<ConfigTestEvent[]> {
  const path = `/api/plugins/${id}/test`;
  const response = await loom.fetchRaw("POST", path, { as: "admin", body, ...(signal ? { signal } : {}) });
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).not.toContain(SECRET);
  return text
    .split("\n\n")
    .filter((frame) => frame.startsWith("data: "))
    .map((frame) => JSON.parse(frame.slice(6)) as ConfigTestEvent);
}

/** How each step ended. */
function outcomes(events: ConfigTestEvent[]): Record<string, TestStep["status"]> {
  return Object.fromEntries(
    events.flatMap((event) => (event.type === "step" ? [[event.step.name, event.step.status]] : [])),
  );
}

describe("the effective configuration", () => {
  it("says where each value comes from, secrets as a word", async () => {
    await save({ timeout: 30, extra: { a: 1 } }, { api_key: { set: SECRET } });
    expect(await effective()).toEqual({
      version: 1,
      values: [
        { name: "timeout", source: "explicit", value: 30 },
        { name: "extra", source: "kept", value: { a: 1 } },
        { name: "api_key", source: "secret", value: "(configured)" },
      ],
      issues: [],
    });
    await save({}, { api_key: { set: SECRET } });
    expect((await effective()).values).toContainEqual({ name: "timeout", source: "default", value: 30 });
  });

  it("names what is missing", async () => {
    expect((await effective()).issues).toEqual([
      { path: "api_key", message: expect.stringContaining("Required") as string },
    ]);
  });
});

describe("numbers", () => {
  it.each(["9007199254740993", "1e400", "0.12345678901234567890123"])(
    "that would change on being read are refused: %s",
    async (number) => {
      const raw = `{"version":0,"values":{"extra":{"deep":[${number}]}},"secrets":{"api_key":{"set":"x"}}}`;
      const path = `/api/plugins/${id}/config`;
      const headers = { "content-type": "application/json" };
      const answer = await loom.call("PUT", path, { as: "admin", raw, headers });
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toContain(number.slice(0, 15));
    },
  );
});

describe("what would not arrive as it was sent", () => {
  const put = (raw: string) =>
    loom.call("PUT", `/api/plugins/${id}/config`, {
      as: "admin",
      raw,
      headers: { "content-type": "application/json" },
    });

  it.each([
    ["a value named __proto__", `"values":{"__proto__":{"x":1}}`, "values.__proto__"],
    ["the name deep inside", `"values":{"extra":[{"__proto__":1}]}`, "values.extra[0].__proto__"],
    ["a secret named __proto__", `"values":{},"secrets":{"__proto__":{"set":"x"}}`, "secrets.__proto__"],
    [
      "half a character in a secret",
      `"values":{},"secrets":{"api_key":{"set":"${SECRET}\\ud800"}}`,
      "secrets.api_key.set",
    ],
    ["half a character in a value", `"values":{"extra":["\\udc00"]}`, "values.extra[0]"],
  ])("is refused at its place: %s", async (_what, rest, path) => {
    const answer = await put(`{"version":0,${rest}}`);
    expect([answer.status, answer.body]).toMatchObject([
      422,
      { error: { code: "validation_failed", field: path, issues: [{ path }] } },
    ]);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    expect((await getConfig()).version).toBe(0);
  });

  it("is refused by a test and a restore as well", async () => {
    for (const [path, rest] of [
      ["test", `"values":{"__proto__":1}`],
      ["config/restore", `"version":0,"revision":1,"secrets":{"api_key":{"set":"\\ud800"}}`],
    ]) {
      const answer = await loom.call("POST", `/api/plugins/${id}/${path}`, {
        as: "admin",
        raw: `{${rest}}`,
        headers: { "content-type": "application/json" },
      });
      expect(answer.status).toBe(422);
    }
  });

  it("is not what a whole character is: it comes to the plugin as it was typed", async () => {
    await save({ extra: "😀 \ud83d\ude00" }, { api_key: { set: SECRET } });
    await call("POST", "/enable", {});
    expect(stub.configs.at(-1)).toMatchObject({ extra: "😀 😀" });
  });
});

describe("a save", () => {
  it("is checked by the description that counts when it is stored, not when it came", async () => {
    await save({}, { api_key: { set: SECRET } });
    const record = await loom.data.plugins.find(id);
    if (!record) throw new Error("no plugin");
    const metadata = {
      ...record.manifest.metadata,
      config_schema: [{ ...TIMEOUT, required: false, sensitive: true, description: "" }],
    };
    // Somebody is faster: between the request and its transaction.
    const transaction: Data["transaction"] = async (work) => {
      await loom.data.plugins.update(id, { manifest: { ...record.manifest, metadata } });
      return loom.data.transaction(work);
    };
    const context = { ...loom, data: { ...loom.data, transaction } };
    const actor = {
      id: "1",
      name: "Ann",
      role: "admin" as const,
      permissions: ["config:write" as const],
      requestId: "1",
    };
    const version = (await getConfig()).version;
    const saving = saveConfig(context, actor, id, { version, values: { timeout: 20 }, secrets: {} });
    await expect(saving).rejects.toMatchObject({
      code: "validation_failed",
      extras: { field: "values.timeout" },
    });
    expect((await getConfig()).version).toBe(version);
  });
});

describe("large values", () => {
  it("are not read when they are larger than any configuration", async () => {
    for (const [method, path] of [
      ["PUT", "config"],
      ["POST", "test"],
      ["POST", "config/restore"],
    ] as const) {
      const body = { version: 0, values: { prompt: "x".repeat(3_000_000) } };
      const answer = await loom.call(method, `/api/plugins/${id}/${path}`, { as: "admin", body });
      expect([path, answer.status]).toEqual([path, 413]);
    }
  });

  it("are refused before anything is looked up for them: more secrets than a plugin can have", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, at) => [`k${at}`, { reference: `file:/nowhere/${at}` }]),
    );
    const refusal = {
      code: "validation_failed",
      field: "secrets",
      message: "secrets: At most 1,000 secrets",
    };
    expect(await save({}, many)).toMatchObject({ status: 422, body: { error: refusal } });
  });

  it("are refused at the largest one, by a save and a test", async () => {
    const values = { prompt: "x".repeat(300_000), timeout: 5 };
    const refusal = { code: "validation_failed", field: "values.prompt" };
    expect(await save(values)).toMatchObject({ status: 422, body: { error: refusal } });
    const events = await test({ values, secrets: { api_key: { set: SECRET } } });
    expect(outcomes(events)).toMatchObject({ config: "failed", initialize: "skipped" });
    expect(await revisions()).toEqual([]);
  });

  it("are whole in the revision, and a beginning in the activity", async () => {
    const prompt = "x".repeat(200_000);
    await save({ prompt }, { api_key: { set: SECRET } });
    expect((await revisions())[0]?.changes).toContainEqual({ field: "prompt", after: prompt });
    const { body } = await loom.call("GET", `/api/activity?pluginId=${id}&limit=1`, { as: "admin" });
    expect(JSON.stringify(body)).toContain("200,002 characters");
    expect(JSON.stringify(body).length).toBeLessThan(2_000);
  });
});

describe("secrets", () => {
  it("with a space at an end are saved with a warning", async () => {
    const saved = (await save({}, { api_key: { set: `${SECRET}\n` } })).body as PluginConfigSaved;
    expect(saved.warnings).toEqual([
      { path: "secrets.api_key", message: expect.stringContaining("ends with a space") as string },
    ]);
    expect(JSON.stringify(saved)).not.toContain(SECRET);
  });

  it.each(["••••••", "****", "(configured)", "[redacted]"])(
    "that look like a mask are refused: %s",
    async (set) => {
      expect((await save({}, { api_key: { set } })).status).toBe(422);
    },
  );

  it("never go to another origin than the one they were entered for", async () => {
    await save({}, { api_key: { set: SECRET } });
    const other = await createStubPlugin({ schema: SCHEMA });
    loom.approvals.remember("127.0.0.1", other.port);
    await loom.data.plugins.update(id, { endpoint: other.endpoint });
    expect((await getConfig()).secrets["api_key"]).toMatchObject({
      configured: true,
      origin: stub.endpoint,
      problem: expect.stringContaining(other.endpoint) as string,
    });
    const answer = await call("POST", "/enable", {});
    expect(answer.status).toBe(409);
    await loom.data.plugins.update(id, { desired: "enabled" });
    await loom.host.reconcile(id);
    expect((await getPlugin()).failure).toMatchObject({ code: "config_incomplete", field: "api_key" });
    expect(other.configs).toEqual([]);
    await other.close();
  });
});

describe("revisions", () => {
  it("are one for each save, with values, notes, changes and which secrets were set", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } }, { note: "  First try " });
    await save({ timeout: 20 });
    const [second, first] = await revisions();
    expect(first).toMatchObject({
      revision: 1,
      savedBy: "The admin",
      kind: "saved",
      note: "First try",
      values: { timeout: 10 },
      changes: [
        { field: "timeout", after: 10 },
        { field: "api_key", secret: "set" },
      ],
      secrets: { api_key: { since: 1, reference: null, current: true } },
    });
    expect(second).toMatchObject({
      revision: 2,
      note: null,
      changes: [{ field: "timeout", before: 10, after: 20 }],
    });
    expect(JSON.stringify(await revisions())).not.toContain(SECRET);
  });

  it("can be restored as a new one; a secret that is still the same stays", async () => {
    await save({ timeout: 10, old: "kept" }, { api_key: { set: SECRET } });
    await save({ timeout: 20 });
    const answer = await call("POST", "/config/restore", { version: 2, revision: 1, note: "Back" });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      reenter: [],
      config: { version: 3, values: { timeout: 10, old: "kept" } },
    });
    const [newest] = await revisions();
    expect(newest).toMatchObject({ kind: "restored", restoredFrom: 1, note: "Back" });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry?.action).toBe("plugin.config_restored");
  });

  it("say which secrets are gone, and take new ones in the same step", async () => {
    await save({}, { api_key: { set: SECRET }, spare_key: { set: "spare-secret" } });
    await save({}, { api_key: { set: `${SECRET}-2` }, spare_key: { clear: true } });
    const restored = (await call("POST", "/config/restore", { version: 2, revision: 1 }))
      .body as ConfigRestored;
    expect(restored.reenter).toEqual([
      { name: "api_key", configured: true },
      { name: "spare_key", configured: false },
    ]);
    const secrets = { api_key: { set: SECRET }, spare_key: { set: "spare-secret" } };
    const again = (await call("POST", "/config/restore", { version: 3, revision: 1, secrets })).body;
    expect(again).toMatchObject({ reenter: [] });
  });

  it("are checked by the schema of today", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } });
    stub.behaviour.schema = [KEY, { ...TIMEOUT, validation: { min: 100 } }];
    const { manifest } = await getPlugin();
    const strict = {
      ...manifest.metadata,
      config_schema: [KEY, { ...TIMEOUT, validation: { min: 100 } }] as never,
    };
    await loom.data.plugins.update(id, { manifest: { ...manifest, metadata: strict } });
    const answer = await call("POST", "/config/restore", { version: 1, revision: 1 });
    expect([answer.status, answer.body]).toMatchObject([
      422,
      { error: { issues: [{ path: "values.timeout" }] } },
    ]);
    expect((await call("POST", "/config/restore", { version: 1, revision: 9 })).status).toBe(404);
  });

  it("tell the later of two writers who saved, when, and the difference", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } });
    await save({ timeout: 20 }, { spare_key: { set: "spare-secret" } });
    const answer = await call("PUT", "/config", { version: 1, values: { timeout: 30 } });
    expect([answer.status, answer.body]).toMatchObject([
      409,
      {
        error: {
          code: "version_conflict",
          details: {
            version: 2,
            savedBy: "The admin",
            changes: [
              { field: "timeout", before: 10, after: 20 },
              { field: "spare_key", secret: "set" },
            ],
          },
        },
      },
    ]);
  });
});

describe("a version that never was", () => {
  it("is told which one is the newest, and nobody is said to have saved", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } });
    const answer = await call("PUT", "/config", { version: 99, values: { timeout: 30 } });
    expect([answer.status, answer.body]).toMatchObject([
      409,
      {
        error: {
          code: "version_conflict",
          message: expect.stringMatching(/has no version 99: the newest is 1/) as string,
          hint: expect.stringContaining("GET") as string,
          details: { version: 1 },
        },
      },
    ]);
  });
});

describe("testing a draft", () => {
  const draft = { values: { timeout: 7 }, secrets: { api_key: { set: SECRET } } };

  it("goes step by step on a plugin that is off, sends the draft, cleans up and saves nothing", async () => {
    const events = await test({ ...draft, chat: true });
    expect(events[0]).toMatchObject({ type: "start", live: false });
    expect(events.at(-1)).toEqual({ type: "done", ok: true, saved: null, error: null });
    expect(outcomes(events)).toEqual({
      ...{ address: "ok", dns: "skipped", tcp: "ok", tls: "skipped", metadata: "ok", identity: "ok" },
      ...{ config: "ok", initialize: "ok", health: "ok", models: "ok", chat: "ok", cleanup: "ok" },
    });
    expect(stub.configs).toEqual([{ timeout: 7, api_key: SECRET }]);
    expect(stub.requests.at(-1)).toBe("POST /cleanup");
    expect((await getConfig()).version).toBe(0);
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry).toMatchObject({ action: "plugin.tested", changes: [{ field: "result", after: "passed" }] });
  });

  it("takes the stored secrets where the draft has none", async () => {
    await save({}, { api_key: { set: SECRET } });
    await test({ values: { timeout: 8 } });
    expect(stub.configs).toEqual([{ timeout: 8, api_key: SECRET }]);
  });

  it("stops where it fails, with every field problem, before anything is sent", async () => {
    const events = await test({ values: { timeout: 0 }, secrets: {} });
    expect(outcomes(events)).toMatchObject({ identity: "ok", config: "failed", initialize: "skipped" });
    const failed = events.find((event) => event.type === "step" && event.step.status === "failed");
    expect(failed).toMatchObject({
      step: {
        durationMs: expect.any(Number) as number,
        error: {
          code: "validation_failed",
          hint: expect.stringContaining("Correct this value") as string,
          issues: [{ path: "secrets.api_key" }, { path: "values.timeout" }],
        },
      },
    });
    expect(events.at(-1)).toMatchObject({ type: "done", ok: false });
    expect(stub.configs).toEqual([]);
  });

  it("names the broken rung of the way to the plugin", async () => {
    await stub.close();
    const events = await test(draft);
    expect(outcomes(events)).toMatchObject({ tcp: "failed", metadata: "skipped", chat: "skipped" });
    stub = await createStubPlugin();
  });

  it("sends nothing to another plugin", async () => {
    stub.behaviour.providerType = "other";
    expect(outcomes(await test(draft))).toMatchObject({
      metadata: "ok",
      identity: "failed",
      config: "skipped",
    });
    expect(stub.configs).toEqual([]);
  });

  describe("on a running plugin", () => {
    beforeEach(async () => {
      await save({ timeout: 100 }, { api_key: { set: `${SECRET}-saved` } });
      await call("POST", "/enable", {});
    });
    const saved = { timeout: 100, api_key: `${SECRET}-saved` };

    it("initialises it with the draft, then with what is saved again", async () => {
      const events = await test(draft);
      expect(events[0]).toMatchObject({ type: "start", live: true });
      expect(outcomes(events)).toMatchObject({ initialize: "ok", restore: "ok" });
      expect(stub.configs).toEqual([saved, { timeout: 7, api_key: SECRET }, saved]);
      expect((await getPlugin()).badge).toBe("healthy");
    });

    it("puts the last good configuration back when the draft fails", async () => {
      stub.behaviour.initializeStatus = (config) =>
        (config as { timeout: number }).timeout === draft.values.timeout ? 400 : 200;
      const events = await test(draft);
      expect(events.at(-1)).toMatchObject({ ok: false });
      expect(outcomes(events)).toMatchObject({ initialize: "failed", restore: "ok" });
      expect(stub.configs.at(-1)).toEqual(saved);
      expect((await getPlugin()).badge).toBe("healthy");
    });

    it("puts it back when the reader leaves in the middle", async () => {
      const reader = new AbortController();
      const body = { ...draft, chat: true };
      const response = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, {
        as: "admin",
        body,
        signal: reader.signal,
      });
      await response.body?.cancel();
      reader.abort();
      await expect.poll(() => stub.configs.at(-1)).toEqual(saved);
      await expect.poll(async () => (await getPlugin()).badge).toBe("healthy");
    });

    it("saves the draft in the same request when it passed", async () => {
      const events = await test({ ...draft, version: 1, save: true, note: "Proved" });
      expect(events.at(-1)).toMatchObject({
        ok: true,
        saved: { applied: true, config: { version: 2, values: { timeout: 7 } } },
      });
      expect(stub.configs.at(-1)).toEqual({ timeout: 7, api_key: SECRET });
      expect((await revisions())[0]).toMatchObject({ note: "Proved", savedBy: "The admin" });
    });

    it("keeps its chats and takes one test at a time", async () => {
      const panes = [{ pluginId: id, model: "stub-1" }];
      const messages = [{ role: "user", content: HANG }];
      const chatting = await loom.fetchRaw("POST", "/api/playground/runs", {
        as: "admin",
        body: { panes, messages },
      });
      await expect.poll(() => stub.openChats()).toBe(1);
      const [one, two] = await Promise.all([test(draft), test(draft)]);
      const ends = [one?.at(-1), two?.at(-1)];
      expect(ends).toContainEqual(expect.objectContaining({ ok: true }));
      expect(ends).toContainEqual(
        expect.objectContaining({
          ok: false,
          error: expect.objectContaining({ code: "conflict" }) as object,
        }),
      );
      expect(stub.openChats()).toBe(1);
      await chatting.body?.cancel();
    });
  });
});

describe("drift", () => {
  const enable = () => call("POST", "/enable", {});

  it("is shown as a difference, changes nothing by itself, and can be accepted", async () => {
    await save({ timeout: 5, gone: 1 }, { api_key: { set: SECRET } });
    await enable();
    expect((await getPlugin()).drift).toBeNull();
    stub.behaviour.schema = [
      KEY,
      { ...TIMEOUT, type: "float", default: 60 },
      { name: "region", type: "string" },
    ];
    await call("POST", "/restart", {});
    const { drift, manifest } = await getPlugin();
    expect(manifest.metadata.config_schema[1]?.type).toBe("int");
    expect(drift).toMatchObject({
      schema: {
        added: ["region"],
        removed: ["spare_key"],
        retyped: [{ name: "timeout", before: "int", after: "float" }],
        newlyRequired: [],
        newlySensitive: [],
      },
      missing: [],
    });
    expect((await call("POST", "/drift/accept", { drift: "another" })).status).toBe(409);
    const accepted = await call("POST", "/drift/accept", { drift: drift?.id });
    expect(accepted.body).toMatchObject({ plugin: { drift: null, badge: "healthy" } });
    expect((await getConfig()).values).toEqual({ timeout: 5, gone: 1 });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry?.action).toBe("plugin.drift_accepted");
  });

  it("with a new required field blocks enabling and names the field", async () => {
    await save({}, { api_key: { set: SECRET } });
    stub.behaviour.schema = [...SCHEMA, { name: "region", type: "string", required: true }];
    await enable();
    const plugin = await getPlugin();
    expect(plugin.failure).toMatchObject({ code: "config_incomplete", field: "region" });
    expect(plugin.drift).toMatchObject({ schema: { newlyRequired: ["region"] }, missing: ["region"] });
    expect(stub.configs).toEqual([]);
    await call("POST", "/drift/accept", { drift: plugin.drift?.id });
    expect((await getPlugin()).missingConfig).toEqual(["region"]);
    await save({ region: "eu" });
    expect((await getPlugin()).badge).toBe("healthy");
  });

  it("that makes a field sensitive moves its value into the secret box", async () => {
    await save({ timeout: 5, spare: "plain-canary-1234567" }, { api_key: { set: SECRET } });
    await enable();
    stub.behaviour.schema = [...SCHEMA, { name: "spare", type: "string", sensitive: true }];
    await call("POST", "/restart", {});
    const { drift } = await getPlugin();
    expect(drift?.schema).toMatchObject({ added: ["spare"] });
    await call("POST", "/drift/accept", { drift: drift?.id });
    const config = await getConfig();
    expect(config.values).toEqual({ timeout: 5 });
    expect(config.secrets["spare"]).toMatchObject({ configured: true, kind: "sealed" });
    expect(JSON.stringify([config, await revisions(), await effective()])).not.toContain("plain-canary");
    expect(stub.configs.at(-1)).toMatchObject({ spare: "plain-canary-1234567" });
    expect((await revisions())[0]).toMatchObject({ kind: "adopted" });
  });
});
