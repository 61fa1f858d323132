import { describe, expect, it } from "vitest";
import { serveGrpcPlugin } from "../../test/grpc-server.ts";
import { servePlugin } from "../../test/plugin-server.ts";
import { createSamplePlugin, SAMPLE_METADATA } from "../../test/sample-plugin.ts";
import { AppError } from "../contract/error.ts";
import type { Manifest } from "../contract/manifest.ts";
import { createClock } from "../real-clock.ts";
import { createPluginClient } from "./create.ts";

const MANIFEST: Manifest = {
  type: "http",
  metadata: SAMPLE_METADATA,
  auto_start: false,
  health_check_interval: 60,
};

const create = createPluginClient({
  approvals: { isApproved: () => true },
  ownPort: () => 1,
  clock: createClock(),
  builtins: { sample: () => createSamplePlugin() },
});

describe("createPluginClient", () => {
  it("speaks HTTP to an endpoint, also before there is a manifest", async () => {
    const server = await servePlugin(createSamplePlugin());
    const client = create({ type: "http", endpoint: server.endpoint, manifest: null });
    expect((await client.metadata()).value.provider_type).toBe("sample");
    await client.close();
    await server.close();
  });

  it("speaks gRPC, also before there is a manifest", async () => {
    const server = await serveGrpcPlugin(createSamplePlugin());
    const client = create({ type: "grpc", endpoint: server.endpoint, manifest: null });
    expect((await client.metadata()).value.provider_type).toBe("sample");
    await client.close();
    await server.close();
  });

  it("finds a built-in plugin by its provider_type", async () => {
    const client = create({ type: "builtin", endpoint: null, manifest: MANIFEST });
    expect((await client.metadata()).value.name).toBe("Sample");
  });

  it("hides only what the manifest calls sensitive", async () => {
    const initialize = () => Promise.reject(new Error("bad key sample-secret-1 in region europe-west"));
    const server = await servePlugin(createSamplePlugin({ initialize }));
    const client = create({ type: "http", endpoint: server.endpoint, manifest: MANIFEST });
    const failure = client.initialize({ api_key: "sample-secret-1", region: "europe-west" });
    await expect(failure).rejects.toThrow("bad key [redacted] in region europe-west");
    await client.close();
    await server.close();
  });

  describe("a plugin that says its trouble passes", () => {
    /** Fails the first `failures` times it is asked. */
    function troubled<T>(value: T, failures: number, transient: boolean) {
      const seen = { calls: 0 };
      const ask = () => {
        seen.calls += 1;
        if (seen.calls > failures) return Promise.resolve(value);
        const extras = { plugin: { transient } };
        return Promise.reject(new AppError("plugin_provider_unavailable", "Not now", extras));
      };
      return { seen, ask };
    }
    const isTroubled = { code: "plugin_provider_unavailable" };

    it("is asked once more for its models", async () => {
      const { seen, ask } = troubled([{ id: "small" }], 1, true);
      const server = await servePlugin(createSamplePlugin({ models: ask }));
      const client = create({ type: "http", endpoint: server.endpoint, manifest: null });
      expect((await client.models()).value).toEqual([{ id: "small" }]);
      expect(seen.calls).toBe(2);
      await client.close();
      await server.close();
    });

    it.each([
      ["a second time, and then believed", 9, true, 2],
      ["never again when it says that it does not pass", 9, false, 1],
    ])("is asked %s", async (_name, failures, transient, calls) => {
      const { seen, ask } = troubled([], failures, transient);
      const server = await servePlugin(createSamplePlugin({ models: ask }));
      const client = create({ type: "http", endpoint: server.endpoint, manifest: null });
      await expect(client.models()).rejects.toMatchObject(isTroubled);
      expect(seen.calls).toBe(calls);
      await client.close();
      await server.close();
    });

    it("is not asked again for its health, nor told anything twice", async () => {
      const health = troubled({ healthy: true }, 1, true);
      const initialize = troubled(undefined, 1, true);
      const server = await servePlugin(
        createSamplePlugin({ health: health.ask, initialize: initialize.ask }),
      );
      const client = create({ type: "http", endpoint: server.endpoint, manifest: null });
      await expect(client.health()).rejects.toMatchObject(isTroubled);
      await expect(client.initialize({})).rejects.toMatchObject(isTroubled);
      expect([health.seen.calls, initialize.seen.calls]).toEqual([1, 1]);
      await client.close();
      await server.close();
    });
  });

  const manifestOf = (provider_type: string): Manifest => ({
    ...MANIFEST,
    metadata: { ...SAMPLE_METADATA, provider_type },
  });

  it.each([
    [
      "a gRPC address with a path",
      { type: "grpc", endpoint: "grpc://127.0.0.1:50051/x", manifest: MANIFEST },
      "invalid_url",
    ],
    [
      "an unknown built-in plugin",
      { type: "builtin", endpoint: null, manifest: manifestOf("x") },
      "invalid_manifest",
    ],
    [
      "a name every object has",
      { type: "builtin", endpoint: null, manifest: manifestOf("constructor") },
      "invalid_manifest",
    ],
    ["no endpoint", { type: "http", endpoint: null, manifest: MANIFEST }, "invalid_manifest"],
    ["a bad endpoint", { type: "http", endpoint: "ftp://x", manifest: MANIFEST }, "invalid_url"],
  ] as const)("refuses %s", (_name, target, code) => {
    expect(() => create(target)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
