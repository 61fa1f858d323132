import { errorOf } from "../../../test/api-console.ts";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createStubPlugin } from "../../../test/stub-plugin.ts";
import { yaml, useRegisteringConsole } from "../../../test/registering-console.ts";

const test = useRegisteringConsole();
const { preview, post, register } = test;

describe("previewing an address", () => {
  it("does not contact a loopback address before an admin agreed", async () => {
    expect(await preview({ endpoint: test.plugin.endpoint })).toMatchObject({
      manifest: null,
      origin: "address",
      registrable: false,
      address: { host: "127.0.0.1", port: test.plugin.port, tier: "approval" },
    });
    expect(test.plugin.requests).toEqual([]);
  });

  it("shows what answers there once it may, stores the consent and says so in the audit", async () => {
    const seen = await preview({ endpoint: `${test.plugin.endpoint}/`, approveEndpoint: true });
    expect(seen).toMatchObject({
      manifest: {
        type: "http",
        endpoint: test.plugin.endpoint,
        metadata: { name: "Stub", provider_type: "stub" },
      },
      address: { tier: "approved" },
      registrable: true,
      existing: null,
      suggestedName: "Stub",
      calls: [
        `GET ${test.plugin.endpoint}/metadata`,
        `POST ${test.plugin.endpoint}/initialize`,
        `GET ${test.plugin.endpoint}/health`,
        `GET ${test.plugin.endpoint}/models`,
      ],
    });
    expect(test.plugin.requests).toEqual(["GET /metadata"]);
    expect((await preview({ endpoint: test.plugin.endpoint })).address?.tier).toBe("approved");
    const [entry] = await test.loom.data.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ action: "endpoint.approved", targetName: `127.0.0.1:${test.plugin.port}` });
    expect(await test.loom.data.plugins.findByEndpoint(test.plugin.endpoint)).toBeNull();
  });

  it("takes consent from an admin only", async () => {
    const body = { endpoint: test.plugin.endpoint, approveEndpoint: true };
    const answer = await test.loom.call("POST", "/api/plugins/preview", { as: "operator", body });
    expect([answer.status, answer.body]).toEqual([403, errorOf("forbidden")]);
    expect(test.plugin.requests).toEqual([]);
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
    await test.plugin.close();
    const answer = await post("/api/plugins/preview", {
      endpoint: test.plugin.endpoint,
      approveEndpoint: true,
    });
    expect([answer.status, answer.body]).toEqual([502, errorOf("plugin_unreachable")]);
    test.plugin = await createStubPlugin();
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
    const seen = await preview({ manifestText: yaml(test.plugin.endpoint) });
    expect(seen).toMatchObject({
      origin: "manifest",
      manifest: { endpoint: test.plugin.endpoint, metadata: { name: "Acme Models" } },
      registrable: true,
      address: { tier: "approval" },
      suggestedName: "Acme Models",
    });
    expect(test.plugin.requests).toEqual([]);
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
    const server = createServer((_request, response) => void response.end(yaml(test.plugin.endpoint)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const manifestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plugin.yaml?v=1`;
    expect(await preview({ manifestUrl })).toMatchObject({ manifest: null, address: { tier: "approval" } });
    expect(await preview({ manifestUrl, approveEndpoint: true })).toMatchObject({
      manifest: { metadata: { name: "Acme Models" } },
      address: { port: test.plugin.port, tier: "approval" },
    });
    expect((await post("/api/plugins", { manifestUrl })).body).toEqual(
      errorOf("address_needs_approval", { details: { host: "127.0.0.1", port: test.plugin.port } }),
    );
    const { id } = await register({ manifestUrl, approveEndpoint: true });
    await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    server.close();
  });
});
