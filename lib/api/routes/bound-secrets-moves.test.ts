import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveAnthropic, type AnthropicServer } from "../../../test/anthropic-server.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import { KEY, errorOf, useTwoServices } from "../../../test/two-services.ts";
import type { PluginConfig } from "../../contract/config.ts";
import { REVISIONS_KEPT } from "../../contract/config-revision.ts";
import type { Plugin } from "../../contract/plugin.ts";

const services = useTwoServices();
const { call, save, getConfig, revisions } = services;

describe("the required key of a built-in plugin with a default address", () => {
  let claude: AnthropicServer;
  let anthropicId = "";
  beforeEach(async () => {
    claude = await serveAnthropic();
    services.loom.approvals.remember("127.0.0.1", claude.port);
    const body = { builtin: "anthropic" };
    const answer = await services.loom.call("POST", "/api/plugins", { as: "admin", body });
    anthropicId = (answer.body as { plugin: Plugin }).plugin.id;
  });
  afterEach(async () => {
    await services.loom.call("DELETE", `/api/plugins/${anthropicId}`, { as: "admin" });
    await claude.close();
  });

  it("belongs to the default until somebody enters it for another", async () => {
    const path = `/api/plugins/${anthropicId}/config`;
    const put = (body: object) => services.loom.call("PUT", path, { as: "admin", body });
    await put({ version: 0, values: {}, secrets: { api_key: { set: KEY } } });
    const config = (await services.loom.call("GET", path, { as: "admin" })).body as PluginConfig;
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
    await services.loom.call("DELETE", `/api/plugins/${services.id}`, { as: "admin" });
    const body = { endpoint: stub.endpoint, approveEndpoint: true };
    const answer = await services.loom.call("POST", "/api/plugins", { as: "admin", body });
    services.id = (answer.body as { plugin: Plugin }).plugin.id;
    await call("POST", "/enable", {});
  });
  afterEach(() => Promise.all([stub.close(), other.close()]));

  const move = () =>
    services.loom.call("PATCH", `/api/plugins/${services.id}`, {
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
    const tested = await services.loom.fetchRaw("POST", `/api/plugins/${services.id}/test`, {
      as: "admin",
      body: draft,
    });
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
      await services.loom.data.configs.save(services.id, write);
    }
    const draft = { version: loaded.version, values: {}, secrets: { api_key: { set: KEY } } };
    const tested = await services.loom.fetchRaw("POST", `/api/plugins/${services.id}/test`, {
      as: "admin",
      body: draft,
    });
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
    await services.loom.call("PATCH", `/api/plugins/${services.id}`, {
      as: "admin",
      body: { endpoint: `${stub.endpoint}/v2` },
    });
    expect(await getConfig()).toMatchObject({ version: 1, secrets: { api_key: { problem: null } } });
  });

  it("while a save is on its way sends the new address no secret of the old one", async () => {
    const { version } = await getConfig();
    const write = { version, values: {}, secrets: { api_key: { set: KEY } } };
    const [saved] = await Promise.all([call("PUT", "/config", write), move()]);
    const config = await getConfig();
    expect([200, 409]).toContain(saved.status);
    expect(config.secrets["api_key"]?.configured).toBe(false);
    await services.loom.host.reconcile(services.id, { restart: true });
    expect(JSON.stringify(other.configs)).not.toContain(KEY);
  });
});
