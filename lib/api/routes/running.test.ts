import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { PluginConfig } from "../../contract/config.ts";
import type { HealthReport } from "../../contract/health.ts";
import type { Plugin } from "../../contract/plugin.ts";

const SOON = { timeout: 30_000 };
const SECRET = "canary-5f0c9a7e-do-not-leak";
const SCHEMA = [
  { name: "api_key", type: "string", required: true, sensitive: true, description: "Key" },
  { name: "timeout", type: "int", default: 30, description: "Seconds", validation: { min: 1, max: 300 } },
  { name: "mode", type: "string", description: "Mode", validation: { enum: ["fast", "slow"] } },
  { name: "spare_key", type: "string", sensitive: true, description: "Optional key" },
];

let loom: TestConsole;
let stub: StubPlugin;
let id = "";
beforeAll(async () => {
  loom = await createTestConsole();
  await loom.host.start();
});
afterAll(() => loom.close());

/** Registers a fresh stub. */
async function add(): Promise<void> {
  stub = await createStubPlugin({ schema: SCHEMA });
  const body = { endpoint: stub.endpoint, approveEndpoint: true };
  const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
  id = (answer.body as { plugin: Plugin }).plugin.id;
}

async function remove(): Promise<void> {
  await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  await stub.close();
}

const errorOf = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });
const post = (path: string) => loom.call("POST", `/api/plugins/${id}${path}`, { as: "operator", body: {} });
const getConfig = async () =>
  (await loom.call("GET", `/api/plugins/${id}/config`, { as: "viewer" })).body as PluginConfig;
const putConfig = (body: object) => loom.call("PUT", `/api/plugins/${id}/config`, { as: "operator", body });

async function configure(values: object = {}, secrets: object = { api_key: { set: SECRET } }) {
  const { version } = await getConfig();
  return putConfig({ version, values, secrets });
}

describe("the configuration", () => {
  beforeAll(add);
  afterAll(remove);
  // Every test starts without values and secrets.
  beforeEach(async () => {
    const { version } = await loom.data.configs.get(id);
    const secrets = { api_key: { clear: true as const }, spare_key: { clear: true as const } };
    await loom.data.configs.save(id, { version, values: {}, secrets, changedBy: "nobody" });
  });

  it("starts empty, with every secret field listed as not set", async () => {
    expect(await getConfig()).toMatchObject({
      values: {},
      secrets: { api_key: { configured: false }, spare_key: { configured: false } },
      schema: [{ name: "api_key" }, { name: "timeout" }, { name: "mode" }, { name: "spare_key" }],
    });
  });

  it("keeps explicit values and unknown keys, says who set a secret, and never shows it", async () => {
    const saved = await configure({ timeout: 60, not_in_schema: { a: [1] } });
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({
      applied: null,
      config: {
        values: { timeout: 60, not_in_schema: { a: [1] } },
        secrets: {
          api_key: { configured: true, changedBy: "The operator" },
          spare_key: { configured: false },
        },
      },
    });
  });

  it("keeps a secret that is not sent, changes and clears one that is", async () => {
    await configure({}, { api_key: { set: SECRET }, spare_key: { set: "second" } });
    await configure({ timeout: 5 }, {});
    expect((await getConfig()).secrets).toMatchObject({
      api_key: { configured: true },
      spare_key: { configured: true },
    });
    await configure({ timeout: 5 }, { spare_key: { clear: true } });
    expect((await getConfig()).secrets).toMatchObject({
      api_key: { configured: true },
      spare_key: { configured: false },
    });
    const { values } = await loom.data.configs.openSecrets(id, stub.endpoint);
    expect(values).toEqual({ api_key: SECRET });
  });

  it("is audited before → after, secrets by a word only", async () => {
    await configure({ timeout: 60 });
    await configure({ timeout: 90, mode: "fast" }, { api_key: { set: `${SECRET}2` } });
    const [second, first] = await loom.data.audit.list({ limit: 2, targetId: id });
    expect(first?.changes).toEqual([
      { field: "timeout", after: 60 },
      { field: "api_key", secret: "set" },
    ]);
    expect(second?.changes).toEqual([
      { field: "mode", after: "fast" },
      { field: "timeout", before: 60, after: 90 },
      { field: "api_key", secret: "changed" },
    ]);
    expect(second).toMatchObject({ action: "plugin.config_changed", actorName: "The operator" });
  });

  it.each([
    ["a text for a number", { timeout: "abc" }, {}, "values.timeout"],
    ["a number out of range", { timeout: 0 }, {}, "values.timeout"],
    ["a value that is no choice", { mode: "medium" }, {}, "values.mode"],
    ["a secret among the values", { api_key: SECRET }, {}, "values.api_key"],
    ["a value among the secrets", {}, { timeout: { set: "5" } }, "secrets.timeout"],
    ["a mask posted back", {}, { api_key: { set: "••••••••" } }, "secrets.api_key"],
    ["clearing what is required", {}, { api_key: { clear: true } }, "secrets.api_key"],
    ["clearing what does not exist", {}, { nothing: { clear: true } }, "secrets.nothing"],
  ])("refuses %s and names the field", async (_name, values, secrets, field) => {
    await configure();
    const before = await getConfig();
    const answer = await configure(values, secrets);
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(
      errorOf("validation_failed", {
        issues: expect.arrayContaining([expect.objectContaining({ path: field })]),
      }),
    );
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    expect(await getConfig()).toEqual(before);
  });

  it("says what is required and missing", async () => {
    expect((await configure({ timeout: 5 }, {})).body).toEqual(
      errorOf("validation_failed", { field: "secrets.api_key" }),
    );
  });

  it.each([
    ["over 16 KB", { set: "x".repeat(16_385) }],
    ["empty", { set: "" }],
    ["of an unknown shape", { get: true }],
  ])("refuses a secret %s", async (_name, write) => {
    expect((await configure({}, { api_key: write })).status).toBe(422);
  });

  it("refuses a write that is based on an older version, and keeps the newer one", async () => {
    const { version } = await getConfig();
    await configure({ timeout: 5 });
    const stale = await putConfig({ version, values: { timeout: 6 }, secrets: { api_key: { set: "x" } } });
    expect([stale.status, stale.body]).toEqual([409, errorOf("version_conflict")]);
    expect((await getConfig()).values).toEqual({ timeout: 5 });
  });

  it("stays when only the path of the address changes", async () => {
    await configure();
    const body = { endpoint: `${stub.endpoint}/v2` };
    await loom.call("PATCH", `/api/plugins/${id}`, { as: "admin", body });
    expect((await getConfig()).secrets).toMatchObject({ api_key: { configured: true } });
  });

  it("leaves with the old address: a secret belongs to scheme, host and port", async () => {
    await configure();
    const other = await createStubPlugin({ schema: SCHEMA });
    const body = { endpoint: other.endpoint, approveEndpoint: true, dropSecrets: true };
    await loom.call("PATCH", `/api/plugins/${id}`, { as: "admin", body });
    expect((await getConfig()).secrets).toMatchObject({ api_key: { configured: false } });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry?.changes).toContainEqual({ field: "api_key", secret: "cleared" });
    await other.close();
  });
});

describe("switching", () => {
  beforeEach(add);
  afterEach(remove);

  it("on is refused while a required field is empty, with the fields", async () => {
    const answer = await post("/enable");
    expect([answer.status, answer.body]).toEqual([
      409,
      errorOf("config_incomplete", { issues: [{ path: "api_key", message: expect.any(String) }] }),
    ]);
    expect(stub.requests).toEqual(["GET /metadata"]);
  });

  it("on goes through all steps with the complete configuration", async () => {
    await configure({ mode: "fast" });
    const answer = await post("/enable");
    expect(answer.body).toMatchObject({
      plugin: {
        badge: "healthy",
        desired: "enabled",
        lifecycle: "ready",
        failure: null,
        modelIds: ["stub-1", "stub-2"],
        missingConfig: [],
      },
    });
    expect(stub.configs).toEqual([{ api_key: SECRET, timeout: 30, mode: "fast" }]);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
  });

  it("on twice is one change, off is another", async () => {
    await configure();
    await post("/enable");
    await post("/enable");
    const off = await post("/disable");
    expect(off.body).toMatchObject({ plugin: { badge: "disabled", desired: "disabled" } });
    await post("/disable");
    const entries = await loom.data.audit.list({ limit: 100, targetId: id });
    expect(entries.map(({ action }) => action).filter((action) => /enabled|disabled/.test(action))).toEqual([
      "plugin.disabled",
      "plugin.enabled",
    ]);
    expect(stub.requests.at(-1)).toBe("POST /cleanup");
  });

  it("on shows why a plugin failed, as an answer and not as an error", async () => {
    await configure();
    stub.behaviour.initializeStatus = 500;
    const answer = await post("/enable");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      plugin: { desired: "enabled", badge: "failed", failure: { code: expect.stringMatching(/^plugin_/) } },
    });
    stub.behaviour.initializeStatus = 200;
    expect((await post("/enable")).body).toMatchObject({ plugin: { badge: "healthy" } });
  });

  it("takes a saved configuration to a running plugin at once", async () => {
    await configure();
    await post("/enable");
    const saved = await configure({ timeout: 99 }, {});
    expect(saved.body).toMatchObject({ applied: true });
    expect(stub.configs.at(-1)).toEqual({ api_key: SECRET, timeout: 99 });
    stub.behaviour.initializeStatus = 400;
    expect((await configure({ timeout: 100 }, {})).body).toMatchObject({
      applied: false,
      config: { values: { timeout: 100 } },
    });
    const { body } = await loom.call("GET", `/api/plugins/${id}`, { as: "viewer" });
    expect(body).toMatchObject({ plugin: { badge: "failed", refusal: null } });
  });

  it("goes on with the last configuration that worked when the new one is refused", async () => {
    await configure();
    await post("/enable");
    stub.behaviour.initializeStatus = (config) =>
      (config as { timeout: number }).timeout === 100 ? 400 : 200;
    expect((await configure({ timeout: 100 }, {})).body).toMatchObject({ applied: false });
    const read = async () => (await loom.call("GET", `/api/plugins/${id}`, { as: "viewer" })).body;
    expect(await read()).toMatchObject({
      plugin: {
        badge: "healthy",
        failure: null,
        refusal: { subject: "configuration", error: { hint: expect.any(String) } },
      },
    });
    expect(stub.configs.at(-1)).toEqual({ api_key: SECRET, timeout: 30 });
    expect(JSON.stringify(await read())).not.toContain(SECRET);
    expect((await configure({ timeout: 101 }, {})).body).toMatchObject({ applied: true });
    expect(await read()).toMatchObject({ plugin: { badge: "healthy", refusal: null } });
  });

  it("off leaves nothing to restart, check or ask", async () => {
    for (const path of ["/restart", "/check", "/models/refresh"]) {
      const answer = await post(path);
      expect([path, answer.status, answer.body]).toEqual([path, 409, errorOf("plugin_disabled")]);
    }
  });

  it("by restart runs all steps again and is audited", async () => {
    await configure();
    await post("/enable");
    expect((await post("/restart")).body).toMatchObject({ plugin: { badge: "healthy" } });
    expect(stub.configs).toHaveLength(2);
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry?.action).toBe("plugin.restarted");
  });
});

describe("watching", () => {
  beforeEach(add);
  afterEach(remove);

  it("follows a new interval at once, without starting the plugin again", async () => {
    await configure();
    await loom.call("PATCH", `/api/plugins/${id}`, {
      as: "operator",
      body: { healthCheckIntervalSeconds: 3600 },
    });
    await post("/enable");
    await loom.call("PATCH", `/api/plugins/${id}`, {
      as: "operator",
      body: { healthCheckIntervalSeconds: 5 },
    });
    await expect
      .poll(async () => {
        const { body } = await loom.call("GET", `/api/plugins/${id}`, { as: "viewer" });
        return Date.parse((body as { plugin: Plugin }).plugin.nextCheckAt ?? "") - loom.clock.now();
      }, SOON)
      .toBeLessThanOrEqual(5_000);
    expect(stub.configs).toHaveLength(1);
  });

  it("checks health when asked and reports it over the range", async () => {
    await configure();
    await post("/enable");
    stub.behaviour.healthy = false;
    expect((await post("/check")).body).toMatchObject({
      plugin: { lastCheck: { ok: false, message: "poorly" } },
    });
    await expect
      .poll(async () => {
        const report = await loom.call("GET", `/api/plugins/${id}/health`, { as: "viewer" });
        return (report.body as HealthReport).summary;
      }, SOON)
      .toMatchObject({ checks: 2, failures: 1, uptime: 0.5 });
  });

  it("takes a range as ISO or epoch and answers at most 600 buckets", async () => {
    const to = Date.parse("2026-01-02T00:00:00Z");
    for (const query of [
      "from=2026-01-01T00:00:00Z&to=2026-01-02T01:00:00%2B01:00",
      `from=${to - 86_400_000}&to=${to}`,
    ]) {
      const { body } = await loom.call("GET", `/api/plugins/${id}/health?${query}`, { as: "viewer" });
      const report = body as HealthReport;
      expect([report.from, report.to]).toEqual([to - 86_400_000, to]);
      expect(report.buckets.length).toBeLessThanOrEqual(600);
      expect(report.buckets.every(({ p50Ms }) => p50Ms === null)).toBe(true);
    }
  });

  it("lists models with their age and asks again on demand", async () => {
    const models = () => loom.call("GET", `/api/plugins/${id}/models`, { as: "viewer" });
    expect((await models()).body).toEqual({ models: [], fetchedAt: null });
    await configure();
    await post("/enable");
    stub.behaviour.models = [{ id: "stub-3" }];
    expect((await post("/models/refresh")).body).toMatchObject({ models: [{ id: "stub-3" }] });
    expect((await models()).body).toMatchObject({
      models: [{ id: "stub-3" }],
      fetchedAt: expect.any(String),
    });
  });

  it("counts in the overview what needs attention", async () => {
    await configure();
    stub.behaviour.initializeStatus = 500;
    await post("/enable");
    const overview = await loom.call("GET", "/api/overview", { as: "viewer" });
    expect(overview.body).toMatchObject({ counts: { total: 1, healthy: 0, attention: 1, disabled: 0 } });
  });

  it("pages through the activity, newest first, each entry once", async () => {
    await configure({ timeout: 1 });
    await configure({ timeout: 2 }, {});
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await loom.call("GET", `/api/activity?limit=1&pluginId=${id}${cursor}`, { as: "viewer" });
      const { entries, nextCursor } = page.body as {
        entries: Array<{ action: string }>;
        nextCursor: string | null;
      };
      seen.push(...entries.map(({ action }) => action));
      cursor = nextCursor === null ? "" : `&cursor=${nextCursor}`;
    } while (cursor);
    expect(seen).toEqual(["plugin.config_changed", "plugin.config_changed", "plugin.registered"]);
  });
});

describe("a range that makes no sense", () => {
  it.each([
    "from=5&to=5",
    "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
    "from=1&to=9999999999999",
    "from=yesterday",
    "to=-1",
    "from=1e3",
    "to=99999999999999999",
  ])("is refused: %s", async (query) => {
    const answer = await loom.call("GET", `/api/plugins/any/health?${query}`, { as: "viewer" });
    expect([answer.status, answer.body]).toEqual([422, errorOf("validation_failed")]);
  });
});

it("a secret is in no answer, no audit row and not in the database's bytes", async () => {
  await add();
  await configure({ timeout: 60 });
  await post("/enable");
  await configure({ timeout: 61 }, {});
  for (const path of ["", "/config", "/health", "/models"]) {
    expect(
      JSON.stringify((await loom.call("GET", `/api/plugins/${id}${path}`, { as: "admin" })).body),
    ).not.toContain(SECRET);
  }
  for (const path of ["/api/plugins", "/api/overview", "/api/activity?limit=200"]) {
    expect(JSON.stringify((await loom.call("GET", path, { as: "admin" })).body)).not.toContain(SECRET);
  }
  for (const file of await readdir(loom.directory)) {
    const bytes = await readFile(join(loom.directory, file)).catch(() => Buffer.alloc(0));
    expect([file, bytes.includes(SECRET)]).toEqual([file, false]);
  }
  await remove();
});
