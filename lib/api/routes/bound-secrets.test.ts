import { beforeEach, describe, expect, it } from "vitest";
import Database from "better-sqlite3";
import { join } from "node:path";
import { errorOf, KEY, useTwoServices } from "../../../test/two-services.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { runStartupMigration } from "../../operations/config/startup-migration.ts";
import { SYSTEM } from "../../operations/actor.ts";
import { migrateConfig } from "../../operations/config/config-migration.ts";

const services = useTwoServices();
const { saveAtHome, getConfig, save, call, toEvil, toHome, leaked, test } = services;

describe("secrets of a built-in plugin", () => {
  beforeEach(saveAtHome);

  it("belong to the origin of its address, who and when beside it", async () => {
    expect(await getConfig()).toMatchObject({
      origin: services.home.origin,
      addressField: { name: "base_url", fallback: null },
      secrets: { api_key: { origin: services.home.origin, changedBy: "The admin", problem: null } },
    });
  });

  it("stay when only the path of the address changes", async () => {
    expect((await save({ base_url: `${services.home.origin}/other/v1` })).status).toBe(200);
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
    expect(services.evil.requests).toEqual([]);
  });

  it("entered again in the same write go along, and the old text does not", async () => {
    await call("POST", "/enable", {});
    expect((await save(toEvil(), { api_key: { set: "another-key" } })).status).toBe(200);
    expect(leaked()).toContain("Bearer another-key");
    expect(leaked()).not.toContain(KEY);
    expect((await getConfig()).secrets["api_key"]).toMatchObject({
      origin: services.evil.origin,
      problem: null,
    });
  });

  it("let it go when they are cleared in the same write", async () => {
    await call("POST", "/enable", {});
    expect((await save(toEvil(), { api_key: { clear: true } })).status).toBe(200);
    expect(services.evil.requests.length).toBeGreaterThan(0);
    expect(leaked()).not.toContain(KEY);
  });

  it("are not used at the old address any more when the new one refuses", async () => {
    await call("POST", "/enable", {});
    await services.evil.close();
    const asked = services.home.requests.length;
    expect((await save(toEvil(), { api_key: { clear: true } })).status).toBe(200);
    const { plugin } = (await call("GET", "")).body as { plugin: Plugin };
    expect(plugin).toMatchObject({ refusal: null, lifecycle: "ready" });
    await call("POST", "/check", {});
    expect(services.home.requests.slice(asked)).toEqual([]);
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
    expect(services.evil.requests).toEqual([]);
    const passed = await test({
      version: 1,
      values: toEvil(),
      secrets: { api_key: { set: "mine" } },
      save: true,
    });
    expect(passed.at(-1)).toMatchObject({
      ok: true,
      saved: { config: { version: 2, origin: services.evil.origin } },
    });
    expect(leaked()).toContain("mine");
    expect(leaked()).not.toContain(KEY);
  });

  it("are not taken along by restoring a revision with another address", async () => {
    await save(toEvil(), { api_key: { set: "another-key" } });
    const refused = await call("POST", "/config/restore", { version: 2, revision: 1 });
    expect([refused.status, errorOf(refused)]).toMatchObject([409, { code: "secrets_bound" }]);
    const secrets = { api_key: { set: KEY } };
    const restored = await call("POST", "/config/restore", { version: 2, revision: 1, secrets });
    expect(restored.body).toMatchObject({ reenter: [], config: { origin: services.home.origin } });
  });

  it("stay closed when the address is changed behind the API", async () => {
    await services.loom.data.configs.save(services.id, {
      version: 1,
      values: toEvil(),
      secrets: {},
      changedBy: "nobody",
    });
    expect((await getConfig()).secrets["api_key"]).toMatchObject({
      problem: expect.stringContaining(services.home.origin) as string,
    });
    await services.loom.data.plugins.update(services.id, { desired: "enabled" });
    await services.loom.host.reconcile(services.id);
    const { plugin } = (await call("GET", "")).body as { plugin: Plugin };
    expect(plugin.failure).toMatchObject({ code: "config_incomplete", field: "api_key" });
    expect(services.evil.requests).toEqual([]);
  });

  it("do not follow a description that hides the address or gives it another default", async () => {
    const found = await services.loom.data.plugins.find(services.id);
    const schema = found?.manifest.metadata.config_schema ?? [];
    const [first] = schema;
    if (!found || !first) throw new Error("no plugin");
    const withField = (field: object) => ({
      ...found.manifest,
      metadata: { ...found.manifest.metadata, config_schema: [{ ...first, ...field }, ...schema.slice(1)] },
    });
    await services.loom.data.plugins.update(services.id, {
      manifest: withField({ default: services.evil.baseUrl, required: false }),
      desired: "enabled",
    });
    expect(errorOf(await save({}))).toMatchObject({ code: "secrets_bound" });
    await services.loom.data.configs.save(services.id, {
      version: 1,
      values: {},
      secrets: {},
      changedBy: "nobody",
    });
    await services.loom.host.reconcile(services.id, { restart: true });
    await services.loom.data.plugins.update(services.id, {
      manifest: withField({ sensitive: true, required: false }),
    });
    const write = { base_url: { set: services.evil.baseUrl } };
    await services.loom.data.configs.save(services.id, {
      version: 2,
      values: toHome(),
      secrets: write,
      changedBy: "nobody",
      origin: services.home.origin,
    });
    await services.loom.host.reconcile(services.id, { restart: true });
    const { plugin } = (await call("GET", "")).body as { plugin: Plugin };
    expect(plugin.failure?.message).toContain("makes a secret of its address");
    expect(services.evil.requests).toEqual([]);
  });

  it("of a database that is older than the rule are bound to the present address at the next start", async () => {
    const tamper = () => {
      const database = new Database(join(services.loom.directory, "loom.db"));
      database.prepare("UPDATE Secret SET origin = NULL WHERE pluginId = ?").run(services.id);
      database.close();
    };
    tamper();
    expect(errorOf(await save(toEvil()))).toMatchObject({ code: "secrets_bound" });
    await runStartupMigration(services.loom);
    expect((await getConfig()).secrets["api_key"]).toMatchObject({
      origin: services.home.origin,
      problem: null,
    });
    expect(errorOf(await save(toEvil()))).toMatchObject({ code: "secrets_bound" });
  });

  it("are refused from a form whose address went by a save, another default and a save", async () => {
    const setDefault = (address: string) =>
      services.loom.data.transaction(async (repositories) => {
        const before = await repositories.plugins.find(services.id);
        if (!before) throw new Error("it is gone");
        const { manifest } = before;
        const schema = manifest.metadata.config_schema.map((field) =>
          field.name === "base_url" ? { ...field, default: address } : field,
        );
        const metadata = { ...manifest.metadata, config_schema: schema };
        const after = await repositories.plugins.update(services.id, { manifest: { ...manifest, metadata } });
        await migrateConfig(services.loom, repositories, SYSTEM, before, after);
      });
    await setDefault(services.home.baseUrl);
    expect((await save({}, { api_key: { clear: true } })).status).toBe(200);
    const form = await getConfig();
    await save({ base_url: `${services.home.origin}/pinned/v1` });
    await setDefault(services.evil.baseUrl);
    expect((await save({})).status).toBe(200);
    const draft = { version: form.version, values: {}, secrets: { api_key: { set: KEY } } };
    const tested = await services.loom.fetchRaw("POST", `/api/plugins/${services.id}/test`, {
      as: "admin",
      body: draft,
    });
    expect(tested.status).toBe(409);
    expect(leaked()).not.toContain(KEY);
    expect(errorOf(await call("PUT", "/config", draft)).details).toMatchObject({
      moved: { from: services.home.origin, to: services.evil.origin },
    });
  });

  it("need an address that can be read", async () => {
    for (const address of ["http://", "https://user:pass@127.0.0.1/v1", "http://127.0.0.1:22/v1"]) {
      const answer = await save({ base_url: address }, { api_key: { set: KEY } });
      expect([answer.status, errorOf(answer)]).toMatchObject([422, { field: "values.base_url" }]);
    }
  });
});
