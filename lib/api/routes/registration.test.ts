import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginPreview } from "../../contract/registration.ts";

const SOON = { timeout: 30_000 };

let loom: TestConsole;
let plugin: StubPlugin;
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());
beforeEach(async () => {
  plugin = await createStubPlugin();
});
afterEach(() => plugin.close());

const errorOf = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });
const post = (path: string, body: object) => loom.call("POST", path, { as: "admin", body });
const preview = async (body: object) => (await post("/api/plugins/preview", body)).body as PluginPreview;

async function register(body: object): Promise<Plugin> {
  const answer = await post("/api/plugins", body);
  expect([answer.status, answer.body]).toEqual([201, { plugin: expect.anything() }]);
  return (answer.body as { plugin: Plugin }).plugin;
}

async function auditOf(targetId: string | null): Promise<string[]> {
  const entries = await loom.data.audit.list({ limit: 100, ...(targetId === null ? {} : { targetId }) });
  return entries.map(({ action }) => action);
}

const yaml = (endpoint: string, more = "") => `type: http
endpoint: ${endpoint}
metadata:
  name: Acme Models
  version: "1.2.0"
  plugin_api_version: "1.0.0"
  provider_type: stub
${more}`;

describe("previewing an address", () => {
  it("does not contact a loopback address before an admin agreed", async () => {
    expect(await preview({ endpoint: plugin.endpoint })).toMatchObject({
      manifest: null,
      origin: "address",
      registrable: false,
      address: { host: "127.0.0.1", port: plugin.port, tier: "approval" },
    });
    expect(plugin.requests).toEqual([]);
  });

  it("shows what answers there once it may, stores the consent and says so in the audit", async () => {
    const seen = await preview({ endpoint: `${plugin.endpoint}/`, approveEndpoint: true });
    expect(seen).toMatchObject({
      manifest: {
        type: "http",
        endpoint: plugin.endpoint,
        metadata: { name: "Stub", provider_type: "stub" },
      },
      address: { tier: "approved" },
      registrable: true,
      existing: null,
      suggestedName: "Stub",
      calls: [
        `GET ${plugin.endpoint}/metadata`,
        `POST ${plugin.endpoint}/initialize`,
        `GET ${plugin.endpoint}/health`,
        `GET ${plugin.endpoint}/models`,
      ],
    });
    expect(plugin.requests).toEqual(["GET /metadata"]);
    expect((await preview({ endpoint: plugin.endpoint })).address?.tier).toBe("approved");
    const [entry] = await loom.data.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ action: "endpoint.approved", targetName: `127.0.0.1:${plugin.port}` });
    expect(await loom.data.plugins.findByEndpoint(plugin.endpoint)).toBeNull();
  });

  it("takes consent from an admin only", async () => {
    const body = { endpoint: plugin.endpoint, approveEndpoint: true };
    const answer = await loom.call("POST", "/api/plugins/preview", { as: "operator", body });
    expect([answer.status, answer.body]).toEqual([403, errorOf("forbidden")]);
    expect(plugin.requests).toEqual([]);
  });

  it.each([
    "http://169.254.169.254/",
    "http://0.0.0.0:8090",
    "http://[::]:80",
    "http://2852039166/",
    "http://127.0.0.1:3000",
  ])("never contacts %s, whoever agrees", async (endpoint) => {
    const seen = await preview({ endpoint, approveEndpoint: true });
    expect(seen).toMatchObject({ manifest: null, registrable: false, address: { tier: "forbidden" } });
    expect(seen.findings).toEqual([
      expect.objectContaining({ severity: "error", code: "address_forbidden" }),
    ]);
    const answer = await post("/api/plugins", { endpoint, approveEndpoint: true });
    expect([answer.status, answer.body]).toEqual([422, errorOf("address_forbidden", { field: "endpoint" })]);
  });

  it.each([
    "",
    "ftp://example.com",
    "127.0.0.1:8090",
    "http://user:pw@example.com",
    "javascript:alert(1)",
    "http://",
  ])("refuses the address %j", async (endpoint) => {
    const answer = await post("/api/plugins/preview", { endpoint });
    expect([answer.status, answer.body]).toEqual([422, errorOf("invalid_url", { field: "endpoint" })]);
  });

  it("passes on why nothing answers", async () => {
    await plugin.close();
    const answer = await post("/api/plugins/preview", { endpoint: plugin.endpoint, approveEndpoint: true });
    expect([answer.status, answer.body]).toEqual([502, errorOf("plugin_unreachable")]);
    plugin = await createStubPlugin();
  });

  it.each([{}, { endpoint: "http://example.com", builtin: "eliza" }, { name: "x" }])(
    "wants exactly one source, not %j",
    async (body) => {
      const answer = await post("/api/plugins/preview", body);
      expect([answer.status, answer.body]).toEqual([422, errorOf("validation_failed")]);
    },
  );
});

describe("previewing a manifest", () => {
  it("understands it without contacting anything", async () => {
    const seen = await preview({ manifestText: yaml(plugin.endpoint) });
    expect(seen).toMatchObject({
      origin: "manifest",
      manifest: { endpoint: plugin.endpoint, metadata: { name: "Acme Models" } },
      registrable: true,
      address: { tier: "approval" },
      suggestedName: "Acme Models",
    });
    expect(plugin.requests).toEqual([]);
  });

  it("lists what is wrong with line and column, and refuses to register it", async () => {
    const manifestText = "type: http\nmetadata:\n  version: 1\n";
    const seen = await preview({ manifestText });
    expect(seen.registrable).toBe(false);
    expect(seen.findings.filter(({ severity }) => severity === "error").length).toBeGreaterThan(1);
    const answer = await post("/api/plugins", { manifestText });
    expect([answer.status, answer.body]).toEqual([
      422,
      errorOf("invalid_manifest", { field: "manifestText", details: { findings: expect.any(Array) } }),
    ]);
  });

  it.each([
    ["a thousand open brackets", "[".repeat(1000)],
    ["sixty thousand open brackets", "[".repeat(60_000)],
    ["nothing", ""],
    ["NUL", "type: \u0000"],
    ["a list", "- a\n- b"],
    ["an alias bomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]"],
    ["a prototype", "__proto__:\n  type: http"],
    ["tabs", "type:\thttp\n\tmetadata: {}"],
  ])("survives %s", async (_name, manifestText) => {
    const seen = await preview({ manifestText });
    expect(seen.manifest === null || !seen.registrable).toBe(true);
    expect((await post("/api/plugins", { manifestText })).status).toBe(422);
  });

  it.each(["http://no-such-host.invalid:8090", "http://user:pw@example.com", "not an address"])(
    "shows the rest when its address %s is of no use",
    async (endpoint) => {
      const seen = await preview({ manifestText: yaml(endpoint) });
      expect(seen).toMatchObject({ registrable: false, address: null });
      expect(seen.findings).toContainEqual(expect.objectContaining({ severity: "error", path: "endpoint" }));
    },
  );

  it("refuses more than 64 KB", async () => {
    const answer = await post("/api/plugins/preview", { manifestText: `# ${"ü".repeat(33_000)}` });
    expect([answer.status, answer.body]).toEqual([
      413,
      errorOf("payload_too_large", { field: "manifestText" }),
    ]);
  });

  it("fetches it from an address, and one consent does not open a second address", async () => {
    const server = createServer((_request, response) => void response.end(yaml(plugin.endpoint)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const manifestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plugin.yaml?v=1`;
    expect(await preview({ manifestUrl })).toMatchObject({ manifest: null, address: { tier: "approval" } });
    expect(await preview({ manifestUrl, approveEndpoint: true })).toMatchObject({
      manifest: { metadata: { name: "Acme Models" } },
      address: { port: plugin.port, tier: "approval" },
    });
    expect((await post("/api/plugins", { manifestUrl })).body).toEqual(
      errorOf("address_needs_approval", { details: { host: "127.0.0.1", port: plugin.port } }),
    );
    const { id } = await register({ manifestUrl, approveEndpoint: true });
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    server.close();
  });
});

describe("registering", () => {
  it("asks once for consent, then stores and audits", async () => {
    const refused = await post("/api/plugins", { endpoint: plugin.endpoint });
    expect([refused.status, refused.body]).toEqual([
      409,
      errorOf("address_needs_approval", { details: { host: "127.0.0.1", port: plugin.port } }),
    ]);
    expect(plugin.requests).toEqual([]);
    const registered = await register({ endpoint: plugin.endpoint, approveEndpoint: true, name: "Mine" });
    expect(registered).toMatchObject({
      name: "Mine",
      badge: "disabled",
      desired: "disabled",
      origin: "address",
      endpoint: plugin.endpoint,
      providerType: "stub",
      healthCheckIntervalSeconds: 60,
    });
    expect(await auditOf(registered.id)).toEqual(["plugin.registered"]);
    expect(plugin.requests).toEqual(["GET /metadata"]);
  });

  it("is found by id and by name, spaces included", async () => {
    const { id } = await register({
      endpoint: plugin.endpoint,
      approveEndpoint: true,
      name: "Two words & ü",
    });
    for (const key of [id, encodeURIComponent("Two words & ü")]) {
      expect((await loom.call("GET", `/api/plugins/${key}`, { as: "viewer" })).body).toMatchObject({
        plugin: { id },
      });
    }
    const list = await loom.call("GET", "/api/plugins", { as: "viewer" });
    expect((list.body as { plugins: Plugin[] }).plugins.map((one) => one.id)).toContain(id);
  });

  it.each(["[::ffff:127.0.0.1]", "[::FFFF:7f00:1]", "127.1", "127.0.0.1."])(
    "knows the address of another plugin when it is spelled %s",
    async (host) => {
      const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
      const again = { endpoint: `http://${host}:${plugin.port}/`, approveEndpoint: true };
      expect((await post("/api/plugins", again)).body).toEqual(
        errorOf("endpoint_taken", { details: expect.objectContaining({ pluginId: id }) }),
      );
    },
  );

  it("names the second one apart, and refuses a name or an address that is taken", async () => {
    const other = await createStubPlugin();
    const first = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    const second = await register({ endpoint: other.endpoint, approveEndpoint: true });
    expect(second.name).not.toBe(first.name);
    expect((await post("/api/plugins", { endpoint: other.endpoint })).body).toEqual(
      errorOf("endpoint_taken"),
    );
    expect((await post("/api/plugins", { builtin: "eliza", name: first.name })).body).toEqual(
      errorOf("name_taken"),
    );
    expect(await preview({ endpoint: other.endpoint })).toMatchObject({
      existing: { id: second.id, name: second.name },
      registrable: false,
    });
    await other.close();
  });

  it("takes a built-in plugin with a preset: named after the service, its address stored, nothing contacted", async () => {
    const body = { builtin: "openai-compatible", preset: "ollama" };
    const seen = await preview(body);
    const address = { host: "127.0.0.1", port: 11434, tier: "approval" };
    expect(seen).toMatchObject({ registrable: true, suggestedName: "Ollama", address });
    const first = await register(body);
    expect(first).toMatchObject({ name: "Ollama", providerType: "openai-compatible", desired: "disabled" });
    expect(first.missingConfig).toEqual([]);
    const config = await loom.call("GET", `/api/plugins/${first.id}/config`, { as: "admin" });
    expect(config.body).toMatchObject({ values: { base_url: "http://127.0.0.1:11434/v1" }, version: 1 });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: first.id });
    expect(entry?.changes).toContainEqual({
      field: "base_url",
      before: null,
      after: "http://127.0.0.1:11434/v1",
    });
    expect((await register(body)).name).toBe("Ollama 2");
    const other = await register({ builtin: "openai-compatible" });
    expect(other.missingConfig).toEqual(["base_url"]);
  });

  it.each([
    [{ builtin: "openai-compatible", preset: "nobody" }, "mistral"],
    [{ builtin: "eliza", preset: "ollama" }, "none"],
    [{ endpoint: "http://example.com", preset: "ollama" }, "builtin"],
  ])("refuses a preset that does not exist: %j", async (body, hint) => {
    expect((await post("/api/plugins", body)).body).toEqual(
      errorOf("validation_failed", { field: "preset", hint: expect.stringContaining(hint) }),
    );
  });

  it("takes a built-in plugin, and knows no other", async () => {
    const eliza = await register({ builtin: "eliza" });
    expect(eliza).toMatchObject({ origin: "builtin", type: "builtin", endpoint: null });
    expect((await post("/api/plugins", { builtin: "constructor" })).body).toEqual(
      errorOf("validation_failed", { field: "builtin", hint: expect.stringContaining("eliza") }),
    );
  });

  it("switches on at once when the manifest says auto_start and nothing is missing", async () => {
    const registered = await register({
      manifestText: yaml(plugin.endpoint, "auto_start: true\n"),
      approveEndpoint: true,
    });
    expect(registered.desired).toBe("enabled");
    expect(await auditOf(registered.id)).toEqual(["plugin.enabled", "plugin.registered"]);
    await expect
      .poll(async () => (await loom.call("GET", `/api/plugins/${registered.id}`, { as: "admin" })).body, SOON)
      .toMatchObject({ plugin: { badge: "healthy" } });
    await loom.call("DELETE", `/api/plugins/${registered.id}`, { as: "admin" });
  });

  it("waits with auto_start while a required field is empty", async () => {
    const schema = "  config_schema:\n    - { name: key, type: string, required: true }\n";
    const registered = await register({
      manifestText: yaml(plugin.endpoint, `${schema}auto_start: true\n`),
      approveEndpoint: true,
    });
    expect(registered).toMatchObject({ desired: "disabled", missingConfig: ["key"] });
  });
});

describe("changing", () => {
  const patch = (id: string, body: object) => loom.call("PATCH", `/api/plugins/${id}`, { as: "admin", body });

  it("renames and audits before and after", async () => {
    const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true, name: "Old name" });
    const answer = await patch(id, { name: "New name", healthCheckIntervalSeconds: 15 });
    expect(answer.body).toMatchObject({ plugin: { name: "New name", healthCheckIntervalSeconds: 15 } });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry).toMatchObject({
      action: "plugin.changed",
      changes: [
        { field: "name", before: "Old name", after: "New name" },
        { field: "healthCheckIntervalSeconds", before: 60, after: 15 },
      ],
    });
  });

  it("that changes nothing leaves no trace", async () => {
    const { id, name } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    await patch(id, { name });
    expect(await auditOf(id)).toEqual(["plugin.registered"]);
  });

  it.each([
    [{ healthCheckIntervalSeconds: 1 }, "healthCheckIntervalSeconds"],
    [{ healthCheckIntervalSeconds: "60s" }, "healthCheckIntervalSeconds"],
    [{ name: "a/b" }, "name"],
    [{ name: ".." }, "name"],
    [{ name: "." }, "name"],
    [{ name: " " }, "name"],
    [{ desired: "enabled" }, undefined],
  ])("refuses %j", async (body, field) => {
    const answer = await patch("whatever", body);
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(errorOf("validation_failed", field === undefined ? {} : { field }));
  });

  it("of the address asks for consent again", async () => {
    const other = await createStubPlugin();
    const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    expect((await patch(id, { endpoint: other.endpoint })).body).toEqual(errorOf("address_needs_approval"));
    const moved = await patch(id, { endpoint: other.endpoint, approveEndpoint: true });
    expect(moved.body).toMatchObject({
      plugin: { endpoint: other.endpoint, manifest: { endpoint: other.endpoint } },
    });
    await other.close();
  });

  it("of the address is refused for a built-in plugin", async () => {
    const { id } = await register({ builtin: "eliza" });
    expect((await patch(id, { endpoint: plugin.endpoint })).body).toEqual(
      errorOf("validation_failed", { field: "endpoint" }),
    );
  });
});

describe("removing", () => {
  it("forgets the plugin, keeps its history, says goodbye to the plugin", async () => {
    const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    await post(`/api/plugins/${id}/enable`, {});
    const answer = await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect((await loom.call("GET", `/api/plugins/${id}`, { as: "admin" })).status).toBe(404);
    expect((await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" })).status).toBe(404);
    expect(await auditOf(id)).toEqual(["plugin.removed", "plugin.enabled", "plugin.registered"]);
    await expect.poll(() => plugin.requests.at(-1), SOON).toBe("POST /cleanup");
  });

  it("succeeds when the plugin is long dead", async () => {
    const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    await post(`/api/plugins/${id}/enable`, {});
    await plugin.close();
    expect((await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" })).status).toBe(204);
    plugin = await createStubPlugin();
  });
});
