import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { serveGrpcPlugin, type GrpcPluginServer } from "../../../test/grpc-server.ts";
import { servePlugin } from "../../../test/plugin-server.ts";
import { createSamplePlugin, SAMPLE_METADATA } from "../../../test/sample-plugin.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginPreview, ReachStep } from "../../contract/registration.ts";

let loom: TestConsole;
let plugin: GrpcPluginServer;
beforeAll(async () => {
  loom = await createTestConsole();
  await loom.host.start();
  const metadata = { ...SAMPLE_METADATA, provider_type: "wire", config_schema: [] };
  plugin = await serveGrpcPlugin(createSamplePlugin({ metadata: () => metadata }));
});
afterAll(async () => {
  await loom.close();
  await plugin.close();
});

const post = (path: string, body: object = {}) => loom.call("POST", path, { as: "admin", body });

describe("a gRPC plugin", () => {
  it("is previewed by address, with every step on the way", async () => {
    const { body } = await post("/api/plugins/preview", { endpoint: plugin.endpoint, approveEndpoint: true });
    const { manifest, reach, calls } = body as PluginPreview;
    expect(calls[0]).toBe(`GetMetadata ${plugin.endpoint}`);
    expect(manifest).toMatchObject({ type: "grpc", endpoint: plugin.endpoint });
    expect(reach.map(({ name, status }: ReachStep) => `${name} ${status}`).join(", ")).toBe(
      "address ok, dns skipped, tcp ok, tls skipped, http ok, content_type ok, json skipped, schema ok",
    );
  });

  it("is registered, switched on and asked for its models", async () => {
    const created = await post("/api/plugins", {
      endpoint: plugin.endpoint,
      name: "Wire",
      approveEndpoint: true,
    });
    expect(created.status).toBe(201);
    await post("/api/plugins/Wire/enable");
    await vi.waitFor(async () => {
      const { body } = await loom.call("GET", "/api/plugins/Wire", { as: "admin" });
      expect((body as { plugin: Plugin }).plugin).toMatchObject({
        badge: "healthy",
        manifest: { type: "grpc" },
      });
    });
    const models = await loom.call("GET", "/api/plugins/Wire/models", { as: "admin" });
    expect(JSON.stringify(models.body)).toContain("small");
    expect(new Set(plugin.requests.map(({ method }) => method))).toEqual(
      new Set(["GetMetadata", "Initialize", "HealthCheck", "GetModels"]),
    );
  });

  it("cannot be moved to an HTTP address", async () => {
    const answer = await loom.call("PATCH", "/api/plugins/Wire", {
      as: "admin",
      body: { endpoint: "http://127.0.0.1:8090" },
    });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: "invalid_url" } } });
  });
});

it("an HTTP plugin addressed as gRPC is answered with the right address", async () => {
  const http = await servePlugin(createSamplePlugin());
  const { status, body } = await post("/api/plugins/preview", {
    endpoint: http.endpoint.replace("http:", "grpc:"),
    approveEndpoint: true,
  });
  expect(status).toBe(502);
  expect(body).toMatchObject({
    error: { code: "plugin_wrong_content_type", hint: expect.stringContaining("write http://") },
  });
  await http.close();
});
