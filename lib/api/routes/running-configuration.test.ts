import { errorOf } from "../../../test/api-console.ts";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createStubPlugin } from "../../../test/stub-plugin.ts";
import { SECRET, SCHEMA, useRunningPlugin } from "../../../test/running-plugin.ts";

const test = useRunningPlugin();
const { add, remove, getConfig, configure, putConfig, post } = test;

describe("the configuration", () => {
  beforeAll(add);
  afterAll(remove);
  // Every test starts without values and secrets.
  beforeEach(async () => {
    const { version } = await test.loom.data.configs.get(test.id);
    const secrets = { api_key: { clear: true as const }, spare_key: { clear: true as const } };
    await test.loom.data.configs.save(test.id, { version, values: {}, secrets, changedBy: "nobody" });
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
    const { values } = await test.loom.data.configs.openSecrets(test.id, test.stub.endpoint);
    expect(values).toEqual({ api_key: SECRET });
  });

  it("is audited before → after, secrets by a word only", async () => {
    await configure({ timeout: 60 });
    await configure({ timeout: 90, mode: "fast" }, { api_key: { set: `${SECRET}2` } });
    const [second, first] = await test.loom.data.audit.list({ limit: 2, targetId: test.id });
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
    const body = { endpoint: `${test.stub.endpoint}/v2` };
    await test.loom.call("PATCH", `/api/plugins/${test.id}`, { as: "admin", body });
    expect((await getConfig()).secrets).toMatchObject({ api_key: { configured: true } });
  });

  it("leaves with the old address: a secret belongs to scheme, host and port", async () => {
    await configure();
    const other = await createStubPlugin({ schema: SCHEMA });
    const body = { endpoint: other.endpoint, approveEndpoint: true, dropSecrets: true };
    await test.loom.call("PATCH", `/api/plugins/${test.id}`, { as: "admin", body });
    expect((await getConfig()).secrets).toMatchObject({ api_key: { configured: false } });
    const [entry] = await test.loom.data.audit.list({ limit: 1, targetId: test.id });
    expect(entry?.changes).toContainEqual({ field: "api_key", secret: "cleared" });
    await other.close();
  });
});

it("a secret is in no answer, no audit row and not in the database's bytes", async () => {
  await add();
  await configure({ timeout: 60 });
  await post("/enable");
  await configure({ timeout: 61 }, {});
  for (const path of ["", "/config", "/health", "/models"]) {
    expect(
      JSON.stringify((await test.loom.call("GET", `/api/plugins/${test.id}${path}`, { as: "admin" })).body),
    ).not.toContain(SECRET);
  }
  for (const path of ["/api/plugins", "/api/overview", "/api/activity?limit=200"]) {
    expect(JSON.stringify((await test.loom.call("GET", path, { as: "admin" })).body)).not.toContain(SECRET);
  }
  for (const file of await readdir(test.loom.directory)) {
    const bytes = await readFile(join(test.loom.directory, file)).catch(() => Buffer.alloc(0));
    expect([file, bytes.includes(SECRET)]).toEqual([file, false]);
  }
  await remove();
});
