import { errorOf } from "../../../test/api-console.ts";
import { describe, expect, it } from "vitest";
import { createStubPlugin } from "../../../test/stub-plugin.ts";
import { yaml, useRegisteringConsole } from "../../../test/registering-console.ts";
import type { Plugin } from "../../contract/plugin.ts";

const test = useRegisteringConsole();
const { post, register, auditOf, preview } = test;

const SOON = { timeout: 30_000 };

describe("registering", () => {
  it("asks once for consent, then stores and audits", async () => {
    const refused = await post("/api/plugins", { endpoint: test.plugin.endpoint });
    expect([refused.status, refused.body]).toEqual([
      409,
      errorOf("address_needs_approval", { details: { host: "127.0.0.1", port: test.plugin.port } }),
    ]);
    expect(test.plugin.requests).toEqual([]);
    const registered = await register({
      endpoint: test.plugin.endpoint,
      approveEndpoint: true,
      name: "Mine",
    });
    expect(registered).toMatchObject({
      name: "Mine",
      badge: "disabled",
      desired: "disabled",
      origin: "address",
      endpoint: test.plugin.endpoint,
      providerType: "stub",
      healthCheckIntervalSeconds: 60,
    });
    expect(await auditOf(registered.id)).toEqual(["plugin.registered"]);
    expect(test.plugin.requests).toEqual(["GET /metadata"]);
  });

  it("is found by id and by name, spaces included", async () => {
    const { id } = await register({
      endpoint: test.plugin.endpoint,
      approveEndpoint: true,
      name: "Two words & ü",
    });
    for (const key of [id, encodeURIComponent("Two words & ü")]) {
      expect((await test.loom.call("GET", `/api/plugins/${key}`, { as: "viewer" })).body).toMatchObject({
        plugin: { id },
      });
    }
    const list = await test.loom.call("GET", "/api/plugins", { as: "viewer" });
    expect((list.body as { plugins: Plugin[] }).plugins.map((one) => one.id)).toContain(id);
  });

  it.each(["[::ffff:127.0.0.1]", "[::FFFF:7f00:1]", "127.1", "127.0.0.1."])(
    "knows the address of another plugin when it is spelled %s",
    async (host) => {
      const { id } = await register({ endpoint: test.plugin.endpoint, approveEndpoint: true });
      const again = { endpoint: `http://${host}:${test.plugin.port}/`, approveEndpoint: true };
      expect((await post("/api/plugins", again)).body).toEqual(
        errorOf("endpoint_taken", { details: expect.objectContaining({ pluginId: id }) }),
      );
    },
  );

  it("names the second one apart, and refuses a name or an address that is taken", async () => {
    const other = await createStubPlugin();
    const first = await register({ endpoint: test.plugin.endpoint, approveEndpoint: true });
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
    const config = await test.loom.call("GET", `/api/plugins/${first.id}/config`, { as: "admin" });
    expect(config.body).toMatchObject({ values: { base_url: "http://127.0.0.1:11434/v1" }, version: 1 });
    const [entry] = await test.loom.data.audit.list({ limit: 1, targetId: first.id });
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
      manifestText: yaml(test.plugin.endpoint, "auto_start: true\n"),
      approveEndpoint: true,
    });
    expect(registered.desired).toBe("enabled");
    expect(await auditOf(registered.id)).toEqual(["plugin.enabled", "plugin.registered"]);
    await expect
      .poll(
        async () => (await test.loom.call("GET", `/api/plugins/${registered.id}`, { as: "admin" })).body,
        SOON,
      )
      .toMatchObject({ plugin: { badge: "healthy" } });
    await test.loom.call("DELETE", `/api/plugins/${registered.id}`, { as: "admin" });
  });

  it("waits with auto_start while a required field is empty", async () => {
    const schema = "  config_schema:\n    - { name: key, type: string, required: true }\n";
    const registered = await register({
      manifestText: yaml(test.plugin.endpoint, `${schema}auto_start: true\n`),
      approveEndpoint: true,
    });
    expect(registered).toMatchObject({ desired: "disabled", missingConfig: ["key"] });
  });
});

describe("changing", () => {
  const patch = (id: string, body: object) =>
    test.loom.call("PATCH", `/api/plugins/${id}`, { as: "admin", body });

  it("renames and audits before and after", async () => {
    const { id } = await register({
      endpoint: test.plugin.endpoint,
      approveEndpoint: true,
      name: "Old name",
    });
    const answer = await patch(id, { name: "New name", healthCheckIntervalSeconds: 15 });
    expect(answer.body).toMatchObject({ plugin: { name: "New name", healthCheckIntervalSeconds: 15 } });
    const [entry] = await test.loom.data.audit.list({ limit: 1, targetId: id });
    expect(entry).toMatchObject({
      action: "plugin.changed",
      changes: [
        { field: "name", before: "Old name", after: "New name" },
        { field: "healthCheckIntervalSeconds", before: 60, after: 15 },
      ],
    });
  });

  it("that changes nothing leaves no trace", async () => {
    const { id, name } = await register({ endpoint: test.plugin.endpoint, approveEndpoint: true });
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
    const { id } = await register({ endpoint: test.plugin.endpoint, approveEndpoint: true });
    expect((await patch(id, { endpoint: other.endpoint })).body).toEqual(errorOf("address_needs_approval"));
    const moved = await patch(id, { endpoint: other.endpoint, approveEndpoint: true });
    expect(moved.body).toMatchObject({
      plugin: { endpoint: other.endpoint, manifest: { endpoint: other.endpoint } },
    });
    await other.close();
  });

  it("of the address is refused for a built-in plugin", async () => {
    const { id } = await register({ builtin: "eliza" });
    expect((await patch(id, { endpoint: test.plugin.endpoint })).body).toEqual(
      errorOf("validation_failed", { field: "endpoint" }),
    );
  });
});

describe("removing", () => {
  it("forgets the plugin, keeps its history, disconnects from the plugin", async () => {
    const { id } = await register({ endpoint: test.plugin.endpoint, approveEndpoint: true });
    await post(`/api/plugins/${id}/enable`, {});
    const answer = await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect((await test.loom.call("GET", `/api/plugins/${id}`, { as: "admin" })).status).toBe(404);
    expect((await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" })).status).toBe(404);
    expect(await auditOf(id)).toEqual(["plugin.removed", "plugin.enabled", "plugin.registered"]);
    await expect.poll(() => test.plugin.requests.at(-1), SOON).toBe("POST /cleanup");
  });

  it("succeeds when the plugin is long dead", async () => {
    const { id } = await register({ endpoint: test.plugin.endpoint, approveEndpoint: true });
    await post(`/api/plugins/${id}/enable`, {});
    await test.plugin.close();
    expect((await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" })).status).toBe(204);
    test.plugin = await createStubPlugin();
  });
});
