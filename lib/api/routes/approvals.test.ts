import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { Approval } from "../../contract/intake.ts";
import type { Plugin } from "../../contract/plugin.ts";

const SOON = { timeout: 30_000 };
const SECRET = { name: "api_key", type: "string", sensitive: true };

let loom: TestConsole;
let plugin: StubPlugin;
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());
beforeEach(async () => {
  plugin = await createStubPlugin({ schema: [SECRET] });
});
afterEach(async () => {
  for (const { id } of await loom.data.plugins.list())
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  await plugin.close();
});

const send = (method: string, path: string, body?: object) => loom.call(method, path, { as: "admin", body });
const patch = (id: string, body: object) => send("PATCH", `/api/plugins/${id}`, body);
const get = async (id: string) =>
  ((await send("GET", `/api/plugins/${id}`)).body as { plugin: Plugin }).plugin;
const placeOf = ({ port }: StubPlugin) => `127.0.0.1:${port}`;
const revoke = (place: string) => send("DELETE", `/api/approvals/${encodeURIComponent(place)}`);

async function register(body: object = {}): Promise<Plugin> {
  const answer = await send("POST", "/api/plugins", {
    endpoint: plugin.endpoint,
    approveEndpoint: true,
    ...body,
  });
  expect([answer.status, answer.body]).toEqual([201, { plugin: expect.anything() }]);
  return (answer.body as { plugin: Plugin }).plugin;
}

async function list(): Promise<Approval[]> {
  return ((await send("GET", "/api/approvals")).body as { approvals: Approval[] }).approvals;
}

describe("the approved addresses", () => {
  it("are listed with who, when and the plugins there", async () => {
    const { id, name, endpoint } = await register();
    const [newest] = await list();
    expect(newest).toEqual({
      id: placeOf(plugin),
      host: "127.0.0.1",
      port: plugin.port,
      approvedBy: "The admin",
      approvedAt: expect.stringMatching(/^\d{4}-/) as string,
      plugins: [{ id, name, endpoint }],
    });
  });

  it("are read by everybody and revoked by admins only", async () => {
    await register();
    expect((await loom.call("GET", "/api/approvals", { as: "viewer" })).status).toBe(200);
    for (const as of ["operator", "viewer"] as const) {
      const answer = await loom.call("DELETE", `/api/approvals/${placeOf(plugin)}`, { as });
      expect([answer.status, answer.body]).toEqual([403, errorOf("forbidden")]);
    }
    expect((await list()).map(({ id }) => id)).toContain(placeOf(plugin));
  });

  it("that nobody approved cannot be revoked", async () => {
    for (const place of ["127.0.0.1:1", "nowhere", "[::1]", `${"a".repeat(290)}:1`]) {
      const answer = await revoke(place);
      expect([answer.status, answer.body]).toEqual([404, errorOf("not_found")]);
    }
  });

  it("are written with brackets where the host is IPv6", async () => {
    await send("POST", "/api/plugins/preview", { endpoint: "http://[::1]:9", approveEndpoint: true });
    await send("POST", "/api/plugins/preview", { endpoint: "http://[::1]:18099", approveEndpoint: true });
    expect((await list()).map(({ id }) => id)).toContain("[::1]:18099");
    expect((await revoke("[::1]:18099")).status).toBe(204);
  });
});

describe("revoking", () => {
  it("stops an enabled plugin at once, says why, and approving again brings it back", async () => {
    const { id } = await register();
    await send("POST", `/api/plugins/${id}/enable`, {});
    expect((await get(id)).badge).toBe("healthy");

    const before = plugin.requests.length;
    expect((await revoke(placeOf(plugin))).status).toBe(204);
    await expect.poll(async () => (await get(id)).lifecycle, SOON).toBe("failed");
    const stopped = await get(id);
    expect(stopped.failure).toMatchObject({
      code: "address_needs_approval",
      hint: expect.stringContaining("An admin can allow it") as string,
      details: { host: "127.0.0.1", port: plugin.port },
    });
    expect(stopped.nextCheckAt).toBeNull();
    await send("POST", `/api/plugins/${id}/check`, {});
    await send("POST", `/api/plugins/${id}/restart`, {});
    expect(plugin.requests).toHaveLength(before);

    const again = await patch(id, { approveEndpoint: true });
    expect(again.status).toBe(200);
    await expect.poll(async () => (await get(id)).badge, SOON).toBe("healthy");
    expect((await list()).map((approval) => approval.id)).toContain(placeOf(plugin));
  });

  it("is audited with the address, and by whom", async () => {
    await register();
    await revoke(placeOf(plugin));
    const [entry] = await loom.data.audit.list({ limit: 1 });
    expect(entry).toMatchObject({
      action: "endpoint.revoked",
      actorName: "The admin",
      targetName: placeOf(plugin),
    });
  });

  it("closes the address for previews too, and an operator cannot open it again", async () => {
    const { id } = await register();
    await revoke(placeOf(plugin));
    const seen = await send("POST", "/api/plugins/preview", { endpoint: plugin.endpoint });
    expect(seen.body).toMatchObject({ manifest: null, address: { tier: "approval" } });
    const answer = await loom.call("PATCH", `/api/plugins/${id}`, {
      as: "operator",
      body: { approveEndpoint: true },
    });
    expect([answer.status, answer.body]).toEqual([403, errorOf("forbidden", { field: "approveEndpoint" })]);
  });
});

describe("moving a plugin", () => {
  let other: StubPlugin;
  beforeEach(async () => {
    other = await createStubPlugin({ schema: [SECRET] });
  });
  afterEach(() => other.close());

  const move = (id: string, more: object = {}) =>
    patch(id, { endpoint: other.endpoint, approveEndpoint: true, ...more });

  async function registerWithSecret(): Promise<string> {
    const { id } = await register();
    const saved = await send("PUT", `/api/plugins/${id}/config`, {
      version: 0,
      values: {},
      secrets: { api_key: { set: "canary-secret" } },
    });
    expect(saved.status).toBe(200);
    return id;
  }

  it("says which secrets would be lost before it changes or allows anything", async () => {
    const id = await registerWithSecret();
    const answer = await move(id);
    expect([answer.status, answer.body]).toEqual([
      409,
      errorOf("secrets_bound", { field: "endpoint", details: { secrets: ["api_key"] } }),
    ]);
    expect((await get(id)).endpoint).toBe(plugin.endpoint);
    expect((await list()).map((approval) => approval.id)).not.toContain(placeOf(other));
    expect(other.requests).toEqual([]);
  });

  it("forgets the secrets when asked to, keeps the history, and never sends them on", async () => {
    const id = await registerWithSecret();
    await send("POST", `/api/plugins/${id}/enable`, {});
    await loom.data.incidents.open(id, new Date(0).toISOString(), { code: "plugin_timeout", message: "x" });
    const answer = await move(id, { dropSecrets: true });
    expect([answer.status, answer.body]).toEqual([200, { plugin: expect.anything() }]);
    const config = (await send("GET", `/api/plugins/${id}/config`)).body;
    expect(config).toMatchObject({ secrets: { api_key: { configured: false } } });
    expect(other.configs).toEqual([{}]);
    expect(plugin.configs).toEqual([{ api_key: "canary-secret" }]);
    expect(await loom.data.incidents.list(id, 0, Date.now())).toHaveLength(1);
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry).toMatchObject({
      action: "plugin.changed",
      changes: [
        { field: "endpoint", before: plugin.endpoint, after: other.endpoint },
        { field: "api_key", secret: "cleared" },
      ],
    });
  });

  it("within the same origin keeps the secrets", async () => {
    const id = await registerWithSecret();
    expect((await patch(id, { endpoint: `${plugin.endpoint}/v2` })).status).toBe(200);
    expect((await send("GET", `/api/plugins/${id}/config`)).body).toMatchObject({
      secrets: { api_key: { configured: true } },
    });
  });

  it("to a plugin of another kind is refused, naming both", async () => {
    other.behaviour.providerType = "acme";
    const { id } = await register();
    const answer = await move(id);
    expect([answer.status, answer.body]).toEqual([
      502,
      errorOf("plugin_identity_mismatch", {
        message: expect.stringMatching(/"stub".*"acme"/) as string,
        details: { expected: "stub", actual: "acme" },
      }),
    ]);
    expect((await get(id)).endpoint).toBe(plugin.endpoint);
  });

  it("to where nobody answers is stored; who comes up there is asked before any secret is sent", async () => {
    const id = await registerWithSecret();
    const { port } = other;
    await other.close();
    const answer = await move(id, { dropSecrets: true });
    expect([answer.status, answer.body]).toEqual([200, { plugin: expect.anything() }]);
    other = await createStubPlugin({ schema: [SECRET], providerType: "acme" });
    await patch(id, { endpoint: other.endpoint, approveEndpoint: true }).then((refused) =>
      expect(refused.body).toEqual(errorOf("plugin_identity_mismatch")),
    );
    expect((await get(id)).endpoint).toBe(`http://127.0.0.1:${port}`);
  });

  it("an impostor that took over the address gets nothing when it is switched on", async () => {
    const id = await registerWithSecret();
    plugin.behaviour.providerType = "impostor";
    await send("POST", `/api/plugins/${id}/enable`, {});
    expect((await get(id)).failure).toMatchObject({ code: "plugin_identity_mismatch" });
    expect(plugin.configs).toEqual([]);
  });

  it("to a taken address leads to the plugin that has it", async () => {
    const first = await register();
    const second = await register({ endpoint: other.endpoint });
    const answer = await patch(second.id, { endpoint: `${plugin.endpoint}/` });
    expect([answer.status, answer.body]).toEqual([
      409,
      errorOf("endpoint_taken", { details: { pluginId: first.id, name: first.name } }),
    ]);
  });

  it("to another protocol is refused", async () => {
    const { id } = await register();
    const answer = await patch(id, { endpoint: "grpc://127.0.0.1:50051", approveEndpoint: true });
    expect([answer.status, answer.body]).toEqual([422, errorOf("invalid_url", { field: "endpoint" })]);
  });

  it("that belongs to a file is left to the file, its name is not", async () => {
    const { id } = await register();
    const file = {
      path: "/plugins/stub/plugin.yaml",
      folder: "/plugins",
      state: "ok" as const,
      findings: [],
      changedAt: new Date(0).toISOString(),
      hash: "00",
    };
    await loom.data.plugins.update(id, { origin: "folder", file });
    for (const body of [{ endpoint: other.endpoint }, { healthCheckIntervalSeconds: 30 }]) {
      const answer = await patch(id, body);
      expect([answer.status, answer.body]).toEqual([
        409,
        errorOf("file_owned", {
          field: Object.keys(body)[0],
          hint: expect.stringContaining("etach") as string,
          details: { path: file.path },
        }),
      ]);
    }
    const renamed = await patch(id, {
      name: "Mine",
      endpoint: plugin.endpoint,
      healthCheckIntervalSeconds: 60,
    });
    expect(renamed.body).toMatchObject({ plugin: { name: "Mine" } });
  });
});
