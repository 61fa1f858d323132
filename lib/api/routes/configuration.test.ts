import { describe, expect, it } from "vitest";
import { outcomesOf, SCHEMA, SECRET, TIMEOUT, useConfiguredPlugin } from "../../../test/configured-plugin.ts";
import { createStubPlugin } from "../../../test/stub-plugin.ts";
import type { PluginConfigSaved } from "../../contract/config.ts";
import type { Data } from "../../data/data.ts";
import { authorize } from "../../operations/actor.ts";
import { saveConfig } from "../../operations/config/config.ts";

const registered = useConfiguredPlugin();
const { call, getConfig, getPlugin, getEffective, getRevisions, save, test } = registered;

describe("the effective configuration", () => {
  it("says where each value comes from, secrets as a word", async () => {
    await save({ timeout: 30, extra: { a: 1 } }, { api_key: { set: SECRET } });
    expect(await getEffective()).toEqual({
      version: 1,
      values: [
        { name: "timeout", source: "explicit", value: 30 },
        { name: "extra", source: "kept", value: { a: 1 } },
        { name: "api_key", source: "secret", value: "(configured)" },
      ],
      issues: [],
    });
    await save({}, { api_key: { set: SECRET } });
    expect((await getEffective()).values).toContainEqual({ name: "timeout", source: "default", value: 30 });
  });

  it("names what is missing", async () => {
    expect((await getEffective()).issues).toEqual([
      { path: "api_key", message: expect.stringContaining("Required") as string },
    ]);
  });
});

describe("numbers", () => {
  it.each(["9007199254740993", "1e400", "0.12345678901234567890123"])(
    "that would change on being read are refused: %s",
    async (number) => {
      const raw = `{"version":0,"values":{"extra":{"deep":[${number}]}},"secrets":{"api_key":{"set":"x"}}}`;
      const path = `/api/plugins/${registered.id}/config`;
      const headers = { "content-type": "application/json" };
      const answer = await registered.loom.call("PUT", path, { as: "admin", raw, headers });
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toContain(number.slice(0, 15));
    },
  );
});

describe("what would not arrive as it was sent", () => {
  const put = (raw: string) =>
    registered.loom.call("PUT", `/api/plugins/${registered.id}/config`, {
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
      const answer = await registered.loom.call("POST", `/api/plugins/${registered.id}/${path}`, {
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
    expect(registered.stub.configs.at(-1)).toMatchObject({ extra: "😀 😀" });
  });
});

describe("a save", () => {
  it("is checked by the description that counts when it is stored, not when it came", async () => {
    await save({}, { api_key: { set: SECRET } });
    const record = await registered.loom.data.plugins.find(registered.id);
    if (!record) throw new Error("no plugin");
    const metadata = {
      ...record.manifest.metadata,
      config_schema: [{ ...TIMEOUT, required: false, sensitive: true, description: "" }],
    };
    // Somebody is faster: between the request and its transaction.
    const transaction: Data["transaction"] = async (work) => {
      await registered.loom.data.plugins.update(registered.id, {
        manifest: { ...record.manifest, metadata },
      });
      return registered.loom.data.transaction(work);
    };
    const context = { ...registered.loom, data: { ...registered.loom.data, transaction } };
    const permissions = ["config:write" as const];
    const person = { id: "1", name: "Ann", role: "admin" as const, permissions, requestId: "1" };
    const actor = authorize(person, "config:write");
    const version = (await getConfig()).version;
    const saving = saveConfig(context, actor, registered.id, {
      version,
      values: { timeout: 20 },
      secrets: {},
    });
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
      const answer = await registered.loom.call(method, `/api/plugins/${registered.id}/${path}`, {
        as: "admin",
        body,
      });
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
    expect(outcomesOf(events)).toMatchObject({ config: "failed", initialize: "skipped" });
    expect(await getRevisions()).toEqual([]);
  });

  it("are whole in the revision, and a beginning in the activity", async () => {
    const prompt = "x".repeat(200_000);
    await save({ prompt }, { api_key: { set: SECRET } });
    expect((await getRevisions())[0]?.changes).toContainEqual({ field: "prompt", after: prompt });
    const { body } = await registered.loom.call("GET", `/api/activity?pluginId=${registered.id}&limit=1`, {
      as: "admin",
    });
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
    registered.loom.approvals.remember("127.0.0.1", other.port);
    await registered.loom.data.plugins.update(registered.id, { endpoint: other.endpoint });
    expect((await getConfig()).secrets["api_key"]).toMatchObject({
      configured: true,
      origin: registered.stub.endpoint,
      problem: expect.stringContaining(other.endpoint) as string,
    });
    const answer = await call("POST", "/enable", {});
    expect(answer.status).toBe(409);
    await registered.loom.data.plugins.update(registered.id, { desired: "enabled" });
    await registered.loom.host.reconcile(registered.id);
    expect((await getPlugin()).failure).toMatchObject({ code: "config_incomplete", field: "api_key" });
    expect(other.configs).toEqual([]);
    await other.close();
  });
});
