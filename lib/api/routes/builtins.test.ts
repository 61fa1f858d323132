import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { serveOpenAi, type OpenAiServer } from "../../../test/openai-server.ts";
import type { ConfigRevision } from "../../contract/config-revision.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginPreview } from "../../contract/registration.ts";

const SOON = { timeout: 30_000 };
const KEY = "canary-key-5521-builtin";

let loom: TestConsole;
let server: OpenAiServer;
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());
beforeEach(async () => {
  server = await serveOpenAi({ key: KEY });
});
afterEach(() => server.close());

const call = async (method: string, path: string, body?: object, as: "admin" | "operator" = "admin") => {
  const answer = await loom.call(method, path, { as, ...(body ? { body } : {}) });
  return answer.body as { plugin: Plugin; error?: unknown };
};

/** Registers with the Ollama preset and points it at the local service. */
async function add(): Promise<Plugin> {
  const { plugin } = await call("POST", "/api/plugins", { builtin: "openai-compatible", preset: "ollama" });
  const values = { base_url: server.baseUrl };
  await call("PUT", `/api/plugins/${plugin.id}/config`, {
    version: 1,
    values,
    secrets: { api_key: { set: KEY } },
  });
  return plugin;
}

describe("a built-in plugin registered with a preset", () => {
  it("has what the preset sets as its first revision", async () => {
    const { plugin } = await call("POST", "/api/plugins", { builtin: "openai-compatible", preset: "groq" });
    const { body } = await loom.call("GET", `/api/plugins/${plugin.id}/config/revisions`, { as: "admin" });
    const [first] = (body as { revisions: ConfigRevision[] }).revisions;
    expect(first).toMatchObject({
      revision: 1,
      changes: [{ field: "base_url", after: first?.values["base_url"] }],
    });
    expect(first?.values["base_url"]).toMatch(/^https:/);
  });
});

describe("a preset for a service on this machine", () => {
  const OLLAMA = { builtin: "openai-compatible", preset: "ollama" };
  const PLACE = "127.0.0.1:11434";
  const approved = async () => (await loom.data.approvals.list()).map(({ host, port }) => `${host}:${port}`);
  const preview = async (body: object) =>
    (await loom.call("POST", "/api/plugins/preview", { as: "operator", body })).body as PluginPreview;
  afterEach(() => loom.call("DELETE", `/api/approvals/${PLACE}`, { as: "admin" }));

  it("says in its preview what it sets and that the address needs consent", async () => {
    expect(await preview(OLLAMA)).toMatchObject({
      registrable: true,
      values: { base_url: `http://${PLACE}/v1` },
      address: { host: "127.0.0.1", port: 11434, tier: "approval" },
    });
    expect(await preview({ ...OLLAMA, preset: "groq" })).toMatchObject({
      values: { base_url: "https://api.groq.com/openai/v1" },
      address: null,
    });
    expect(await preview({ builtin: "eliza" })).toMatchObject({ values: {}, address: null, calls: [] });
  });

  it("is allowed and registered in one request, in the trail as any other consent", async () => {
    const { plugin } = await call("POST", "/api/plugins", { ...OLLAMA, approveEndpoint: true });
    expect(await approved()).toContain(PLACE);
    const [newest, before] = await loom.data.audit.list({ limit: 2 });
    expect(newest).toMatchObject({ action: "plugin.registered", targetId: plugin.id });
    expect(before).toMatchObject({
      action: "endpoint.approved",
      actorName: "The admin",
      targetName: PLACE,
    });
    expect(await preview(OLLAMA)).toMatchObject({ address: { tier: "approved" } });
    const enabled = await call("POST", `/api/plugins/${plugin.id}/enable`, {});
    expect(enabled.plugin.failure?.code).not.toBe("address_needs_approval");
  });

  it("is allowed by an admin only, and registered without consent by anybody who may register", async () => {
    const body = { ...OLLAMA, approveEndpoint: true };
    const refused = await loom.call("POST", "/api/plugins", { as: "operator", body });
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { error: { code: "forbidden", field: "approveEndpoint" } },
    ]);
    const answer = await loom.call("POST", "/api/plugins", { as: "operator", body: OLLAMA });
    expect(answer.status).toBe(201);
    expect(await approved()).not.toContain(PLACE);
  });
});

describe("a preset whose address is the console's own", () => {
  it("is registered with a warning: its address can still be changed", async () => {
    const own = await createTestConsole({ ownPort: () => 8000 });
    const body = { builtin: "openai-compatible", preset: "vllm" };
    const seen = await own.call("POST", "/api/plugins/preview", { as: "admin", body });
    expect(seen.body).toMatchObject({
      registrable: true,
      address: { tier: "forbidden" },
      findings: [{ severity: "warning", code: "address_forbidden", path: "base_url" }],
    });
    const answer = await own.call("POST", "/api/plugins", { as: "admin", body });
    expect(answer.status).toBe(201);
    await own.close();
  });
});

describe("a built-in plugin with a service on this machine", () => {
  it("waits for an admin to allow that address, then works, and never shows its key", async () => {
    const { id } = await add();
    expect(server.requests).toEqual([]);
    const refused = await call("POST", `/api/plugins/${id}/enable`, {});
    expect(refused.plugin).toMatchObject({
      badge: "failed",
      failure: { code: "address_needs_approval", details: { host: "127.0.0.1", port: server.port } },
    });
    expect(server.requests).toEqual([]);
    expect(await call("PATCH", `/api/plugins/${id}`, { approveEndpoint: true }, "operator")).toMatchObject({
      error: { code: "forbidden" },
    });
    await call("PATCH", `/api/plugins/${id}`, { approveEndpoint: true });
    await expect
      .poll(async () => (await call("GET", `/api/plugins/${id}`)).plugin.badge, { timeout: 30_000 })
      .toBe("healthy");
    const { plugin } = await call("GET", `/api/plugins/${id}`);
    expect(plugin).toMatchObject({ modelIds: server.models.map((model) => model.id), reinitializations: 0 });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    server.key = "changed";
    const checked = await call("POST", `/api/plugins/${id}/check`, {});
    const everything = JSON.stringify([
      plugin,
      checked,
      await call("GET", `/api/plugins/${id}/config`),
      await call("GET", "/api/activity"),
      await call("GET", `/api/plugins/${id}/models`),
    ]);
    expect(everything).not.toContain(KEY);
  });

  it("allows nothing when nothing was refused", async () => {
    const { id } = await add();
    await call("PATCH", `/api/plugins/${id}`, { approveEndpoint: true });
    const approvals = await loom.data.approvals.list();
    expect(approvals.some(({ port }) => port === server.port)).toBe(false);
  });

  it("is listed at its service's address in the settings, and stops as soon as that is revoked", async () => {
    const { id, name } = await add();
    await call("PATCH", `/api/plugins/${id}`, { approveEndpoint: true });
    await call("POST", `/api/plugins/${id}/enable`, {});
    await call("PATCH", `/api/plugins/${id}`, { approveEndpoint: true });
    await expect
      .poll(async () => (await call("GET", `/api/plugins/${id}`)).plugin.badge, SOON)
      .toBe("healthy");
    const { body } = await loom.call("GET", "/api/approvals", { as: "viewer" });
    const place = `127.0.0.1:${server.port}`;
    expect(body).toMatchObject({
      approvals: expect.arrayContaining([
        expect.objectContaining({ id: place, plugins: [{ id, name, endpoint: null }] }),
      ]) as unknown,
    });
    await loom.call("DELETE", `/api/approvals/${place}`, { as: "admin" });
    await expect
      .poll(async () => (await call("GET", `/api/plugins/${id}`)).plugin.failure?.code, SOON)
      .toBe("address_needs_approval");
  });
});
