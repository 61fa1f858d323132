import { errorOf } from "../../../test/api-console.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SECRET, useRunningPlugin } from "../../../test/running-plugin.ts";
import type { HealthReport } from "../../contract/health.ts";
import type { Plugin } from "../../contract/plugin.ts";

const test = useRunningPlugin();
const { add, remove, post, configure } = test;

const SOON = { timeout: 30_000 };

describe("switching", () => {
  beforeEach(add);
  afterEach(remove);

  it("on is refused while a required field is empty, with the fields", async () => {
    const answer = await post("/enable");
    expect([answer.status, answer.body]).toEqual([
      409,
      errorOf("config_incomplete", { issues: [{ path: "api_key", message: expect.any(String) }] }),
    ]);
    expect(test.stub.requests).toEqual(["GET /metadata"]);
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
    expect(test.stub.configs).toEqual([{ api_key: SECRET, timeout: 30, mode: "fast" }]);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
  });

  it("on twice is one change, off is another", async () => {
    await configure();
    await post("/enable");
    await post("/enable");
    const off = await post("/disable");
    expect(off.body).toMatchObject({ plugin: { badge: "disabled", desired: "disabled" } });
    await post("/disable");
    const entries = await test.loom.data.audit.list({ limit: 100, targetId: test.id });
    expect(entries.map(({ action }) => action).filter((action) => /enabled|disabled/.test(action))).toEqual([
      "plugin.disabled",
      "plugin.enabled",
    ]);
    expect(test.stub.requests.at(-1)).toBe("POST /cleanup");
  });

  it("on shows why a plugin failed, as an answer and not as an error", async () => {
    await configure();
    test.stub.behaviour.initializeStatus = 500;
    const answer = await post("/enable");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      plugin: { desired: "enabled", badge: "failed", failure: { code: expect.stringMatching(/^plugin_/) } },
    });
    test.stub.behaviour.initializeStatus = 200;
    expect((await post("/enable")).body).toMatchObject({ plugin: { badge: "healthy" } });
  });

  it("takes a saved configuration to a running plugin at once", async () => {
    await configure();
    await post("/enable");
    const saved = await configure({ timeout: 99 }, {});
    expect(saved.body).toMatchObject({ applied: true });
    expect(test.stub.configs.at(-1)).toEqual({ api_key: SECRET, timeout: 99 });
    test.stub.behaviour.initializeStatus = 400;
    expect((await configure({ timeout: 100 }, {})).body).toMatchObject({
      applied: false,
      config: { values: { timeout: 100 } },
    });
    const { body } = await test.loom.call("GET", `/api/plugins/${test.id}`, { as: "viewer" });
    expect(body).toMatchObject({ plugin: { badge: "failed", refusal: null } });
  });

  it("goes on with the last configuration that worked when the new one is refused", async () => {
    await configure();
    await post("/enable");
    test.stub.behaviour.initializeStatus = (config) =>
      (config as { timeout: number }).timeout === 100 ? 400 : 200;
    expect((await configure({ timeout: 100 }, {})).body).toMatchObject({ applied: false });
    const read = async () => (await test.loom.call("GET", `/api/plugins/${test.id}`, { as: "viewer" })).body;
    expect(await read()).toMatchObject({
      plugin: {
        badge: "healthy",
        failure: null,
        refusal: { subject: "configuration", error: { hint: expect.any(String) } },
      },
    });
    expect(test.stub.configs.at(-1)).toEqual({ api_key: SECRET, timeout: 30 });
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
    expect(test.stub.configs).toHaveLength(2);
    const [entry] = await test.loom.data.audit.list({ limit: 1, targetId: test.id });
    expect(entry?.action).toBe("plugin.restarted");
  });
});

describe("watching", () => {
  beforeEach(add);
  afterEach(remove);

  it("follows a new interval at once, without starting the plugin again", async () => {
    await configure();
    await test.loom.call("PATCH", `/api/plugins/${test.id}`, {
      as: "operator",
      body: { healthCheckIntervalSeconds: 3600 },
    });
    await post("/enable");
    await test.loom.call("PATCH", `/api/plugins/${test.id}`, {
      as: "operator",
      body: { healthCheckIntervalSeconds: 5 },
    });
    await expect
      .poll(async () => {
        const { body } = await test.loom.call("GET", `/api/plugins/${test.id}`, { as: "viewer" });
        return Date.parse((body as { plugin: Plugin }).plugin.nextCheckAt ?? "") - test.loom.clock.now();
      }, SOON)
      .toBeLessThanOrEqual(5_000);
    expect(test.stub.configs).toHaveLength(1);
  });

  it("checks health when asked and reports it over the range", async () => {
    await configure();
    await post("/enable");
    test.stub.behaviour.healthy = false;
    expect((await post("/check")).body).toMatchObject({
      plugin: { lastCheck: { ok: false, message: "poorly" } },
    });
    await expect
      .poll(async () => {
        const report = await test.loom.call("GET", `/api/plugins/${test.id}/health`, { as: "viewer" });
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
      const { body } = await test.loom.call("GET", `/api/plugins/${test.id}/health?${query}`, {
        as: "viewer",
      });
      const report = body as HealthReport;
      expect([report.from, report.to]).toEqual([to - 86_400_000, to]);
      expect(report.buckets.length).toBeLessThanOrEqual(600);
      expect(report.buckets.every(({ p50Ms }) => p50Ms === null)).toBe(true);
    }
  });

  it("lists models with their age and asks again on demand", async () => {
    const models = () => test.loom.call("GET", `/api/plugins/${test.id}/models`, { as: "viewer" });
    expect((await models()).body).toEqual({ models: [], fetchedAt: null, warnings: [] });
    await configure();
    await post("/enable");
    test.stub.behaviour.models = [{ id: "stub-3" }];
    expect((await post("/models/refresh")).body).toMatchObject({ models: [{ id: "stub-3" }] });
    expect((await models()).body).toMatchObject({
      models: [{ id: "stub-3" }],
      fetchedAt: expect.any(String),
    });
  });

  it("counts in the overview what needs attention", async () => {
    await configure();
    test.stub.behaviour.initializeStatus = 500;
    await post("/enable");
    const overview = await test.loom.call("GET", "/api/overview", { as: "viewer" });
    expect(overview.body).toMatchObject({ counts: { total: 1, healthy: 0, attention: 1, disabled: 0 } });
  });

  it("pages through the activity, newest first, each entry once", async () => {
    await configure({ timeout: 1 });
    await configure({ timeout: 2 }, {});
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await test.loom.call("GET", `/api/activity?limit=1&pluginId=${test.id}${cursor}`, {
        as: "viewer",
      });
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
    const answer = await test.loom.call("GET", `/api/plugins/any/health?${query}`, { as: "viewer" });
    expect([answer.status, answer.body]).toEqual([422, errorOf("validation_failed")]);
  });
});
