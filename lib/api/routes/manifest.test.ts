import { beforeAll, describe, expect, it } from "vitest";
import { GOOD, replaced, useManifestConsole } from "../../../test/manifest-console.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginPreview } from "../../contract/registration.ts";

const test = useManifestConsole();
const { listed, post } = test;

describe("an upload", () => {
  const big = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024).fill(0x20)),
    });
  const rows: Array<
    [string, { raw?: BodyInit; headers?: Record<string, string>; body?: object }, number, string]
  > = [
    [
      "of a form",
      { raw: "x", headers: { "content-type": "multipart/form-data; boundary=x" } },
      415,
      "unsupported_media_type",
    ],
    [
      "of YAML without its envelope",
      { raw: GOOD, headers: { "content-type": "application/yaml" } },
      415,
      "unsupported_media_type",
    ],
    ["of 0 bytes", { raw: "" }, 400, "invalid_json"],
    ["of an empty file", { body: { manifestText: "" } }, 422, "invalid_manifest"],
    [
      "that claims 1 GB",
      { raw: "{}", headers: { "content-length": String(2 ** 30) } },
      413,
      "payload_too_large",
    ],
    ["that never ends", { raw: big() }, 413, "payload_too_large"],
    ["of an image", { body: { manifestText: "\u0089PNG\r\n\u001a\n\0" } }, 422, "invalid_manifest"],
    ["named ../../x", { body: { manifestText: GOOD, name: "../../x" } }, 422, "validation_failed"],
    [
      "with a file name of its own",
      { body: { manifestText: GOOD, fileName: "../../x" } },
      422,
      "validation_failed",
    ],
  ];

  it.each(rows)("%s", async (_name, request, status, code) => {
    const before = await listed();
    const answer = await test.loom.call("POST", "/api/plugins", { as: "admin", ...request });
    expect([answer.status, answer.body]).toEqual([status, { error: expect.objectContaining({ code }) }]);
    expect(await listed()).toEqual(before);
  });
});

describe("an exported manifest", () => {
  let plugin: Plugin;
  beforeAll(async () => {
    const answer = await post("/api/plugins", { manifestText: GOOD, approveEndpoint: true });
    plugin = (answer.body as { plugin: Plugin }).plugin;
    const patch = { healthCheckIntervalSeconds: 30 };
    await test.loom.call("PATCH", `/api/plugins/${plugin.id}`, { as: "admin", body: patch });
  });

  const download = (query: string) =>
    test.loom.fetchRaw("GET", `/api/plugins/${plugin.id}/manifest${query}`, { as: "viewer" });

  it.each([
    ["", "application/yaml; charset=utf-8", "plugin.yaml"],
    ["?format=yaml", "application/yaml; charset=utf-8", "plugin.yaml"],
    ["?format=json", "application/json; charset=utf-8", "plugin.json"],
  ])("with %j is a file, without secrets, whose import changes nothing", async (query, type, name) => {
    const response = await download(query);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${name}"`);
    const manifestText = await response.text();
    expect(manifestText).not.toContain("sk-canary");
    expect(manifestText).toContain("mood");
    const seen = (await post("/api/plugins/preview", { manifestText })).body as PluginPreview;
    expect(seen.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(seen.existing).toEqual({ id: plugin.id, name: "Acme Models", endpoint: "http://127.0.0.1:8090" });
    expect(seen.changes).toEqual([{ path: "metadata.config_schema[api_key].default", before: "sk-canary" }]);
    expect(seen.manifest?.health_check_interval).toBe(30);
  });

  it("of a plugin without secret defaults is a no-op", async () => {
    const { body } = await post("/api/plugins", {
      manifestText: GOOD.replace(", default: sk-canary", "").replace(":8090", ":8091"),
      approveEndpoint: true,
    });
    const { id } = (body as { plugin: Plugin }).plugin;
    for (const format of ["yaml", "json"]) {
      const file = await test.loom.fetchRaw("GET", `/api/plugins/${id}/manifest?format=${format}`, {
        as: "viewer",
      });
      const seen = await post("/api/plugins/preview", { manifestText: await file.text() });
      expect(seen.body).toMatchObject({ changes: [], existing: { id } });
    }
  });

  it("comes in two formats only, of plugins that exist, to people who are signed in", async () => {
    const refused = await test.loom.call("GET", `/api/plugins/${plugin.id}/manifest?format=xml`, {
      as: "viewer",
    });
    expect([refused.status, refused.body]).toEqual([
      422,
      { error: expect.objectContaining({ code: "validation_failed", field: "format" }) },
    ]);
    expect((await test.loom.call("GET", "/api/plugins/nobody/manifest", { as: "viewer" })).status).toBe(404);
    expect((await test.loom.call("GET", `/api/plugins/${plugin.id}/manifest`)).status).toBe(401);
  });
});

it("several plugins of one provider_type are welcome", async () => {
  const manifestText = replaced("127.0.0.1:8090", "127.0.0.1:8099");
  const { status, body } = await post("/api/plugins", { manifestText, approveEndpoint: true });
  expect([status, (body as { plugin: Plugin }).plugin.providerType]).toEqual([201, "acme"]);
});
