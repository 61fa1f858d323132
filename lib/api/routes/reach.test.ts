import { once } from "node:events";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer as createSecure } from "node:https";
import { createServer as createTcp, type AddressInfo, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestConsole, type Answer, type TestConsole } from "../../../test/api-console.ts";
import { SERVER_KEY, VALID } from "../../../test/certificates.ts";
import { createStubPlugin } from "../../../test/stub-plugin.ts";
import type { PluginPreview, ReachStep } from "../../contract/registration.ts";

let loom: TestConsole;
const servers: Server[] = [];
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) (server as ReturnType<typeof createPlain>).closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

const preview = (body: object) =>
  loom.call("POST", "/api/plugins/preview", { as: "admin", body: { approveEndpoint: true, ...body } });

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listen(createPlain(listener));
const say =
  (status: number, type: string, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { "content-type": type }).end(body);

interface Told {
  code: string;
  hint: string;
  details: { reach: ReachStep[] };
}
const errorOf = ({ body }: Answer) => (body as { error: Told }).error;
const shape = (steps: ReachStep[]) => steps.map(({ name, status }) => `${name} ${status}`).join(", ");

describe("the ladder to a plugin", () => {
  it("reports every step of a good answer with its time", async () => {
    const plugin = await createStubPlugin();
    const { body } = await preview({ endpoint: plugin.endpoint });
    const { reach } = body as PluginPreview;
    expect(shape(reach)).toBe(
      "address ok, dns skipped, tcp ok, tls skipped, http ok, content_type ok, json ok, schema ok",
    );
    expect(reach.map(({ note }) => note)).toEqual([
      "127.0.0.1 is local, and an admin allowed it",
      "An IP address needs no name server",
      "Connected to 127.0.0.1",
      "Plain http",
      "200 OK",
      "application/json",
      expect.stringMatching(/bytes$/),
      "Stub 1.0.0",
    ]);
    for (const { status, durationMs } of reach)
      expect(durationMs).toEqual(status === "ok" ? expect.any(Number) : null);
    expect(plugin.requests).toEqual(["GET /metadata"]);
    await plugin.close();
  });

  it("names the addresses of a name", async () => {
    const plugin = await createStubPlugin();
    const { body } = await preview({ endpoint: `http://localhost:${plugin.port}` });
    const [address, dns] = (body as PluginPreview).reach;
    expect([address?.status, dns?.status]).toEqual(["ok", "ok"]);
    expect(dns?.note).toMatch(/^localhost is .*127\.0\.0\.1/);
    await plugin.close();
  });

  it("is empty while the address waits for an admin", async () => {
    const { body } = await preview({ endpoint: "http://127.0.0.1:18097", approveEndpoint: false });
    expect(body).toMatchObject({ address: { tier: "approval" }, reach: [] });
  });

  it("breaks at the address when that is forbidden", async () => {
    const { status, body } = await preview({ endpoint: "http://169.254.169.254" });
    expect(status).toBe(200);
    const { reach } = body as PluginPreview;
    expect(reach[0]).toMatchObject({ status: "failed", error: { code: "address_forbidden" } });
    expect(shape(reach.slice(1))).not.toMatch(/ok|failed/);
  });
});

const COMMON = "address ok, dns skipped, tcp ok, tls skipped";
const failures: Array<[string, RequestListener, string, string]> = [
  [
    "a web page",
    say(200, "text/html", "<!doctype html><title>Hi</title>"),
    "plugin_wrong_content_type",
    `${COMMON}, http ok, content_type failed, json skipped, schema skipped`,
  ],
  [
    "no JSON",
    say(200, "application/json", "{nope"),
    "plugin_invalid_json",
    `${COMMON}, http ok, content_type ok, json failed, schema skipped`,
  ],
  [
    "no metadata",
    say(200, "application/json", '{"hello":"world"}'),
    "plugin_invalid_response",
    `${COMMON}, http ok, content_type ok, json ok, schema failed`,
  ],
  [
    "a redirect",
    (_request, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
    "plugin_redirect_refused",
    `${COMMON}, http failed, content_type skipped, json skipped, schema skipped`,
  ],
];

describe("the ladder breaks where", () => {
  it.each(failures)("%s is answered", async (_name, listener, code, expected) => {
    const answer = await preview({ endpoint: `http://${await serve(listener)}` });
    const error = errorOf(answer);
    expect([error.code, shape(error.details.reach)]).toEqual([code, expected]);
    const failed = error.details.reach.find((step) => step.status === "failed");
    expect(failed).toMatchObject({
      durationMs: expect.any(Number) as number,
      error: { code, hint: error.hint },
    });
    expect(failed?.error?.details ?? {}).not.toHaveProperty("reach");
  });

  it("nothing listens", async () => {
    const place = await listen(createTcp());
    servers.pop()?.close();
    const error = errorOf(await preview({ endpoint: `http://${place}` }));
    expect([error.code, shape(error.details.reach)]).toEqual([
      "plugin_unreachable",
      "address ok, dns skipped, tcp failed, tls skipped, http skipped, content_type skipped, json skipped, schema skipped",
    ]);
  });

  it("nobody knows the name", async () => {
    const error = errorOf(await preview({ endpoint: "http://no-such-host.invalid:8090" }));
    expect([error.code, shape(error.details.reach.slice(0, 3))]).toEqual([
      "plugin_dns_error",
      "address skipped, dns failed, tcp skipped",
    ]);
  });

  it("https against plain http", async () => {
    const error = errorOf(await preview({ endpoint: `https://${await serve(say(200, "text/plain", ""))}` }));
    expect([error.code, shape(error.details.reach.slice(2, 4))]).toEqual([
      "plugin_tls_error",
      "tcp ok, tls failed",
    ]);
    expect(error.hint).toContain("http://");
  });

  it("http against TLS", async () => {
    const place = await listen(createSecure({ key: SERVER_KEY, cert: VALID }, say(200, "text/plain", "")));
    const error = errorOf(await preview({ endpoint: `http://${place}` }));
    expect(shape(error.details.reach)).toContain("tls skipped, http failed");
    expect(error.hint).toContain("https://");
  });
});

const otherServers: Array<[string, RequestListener, RegExp]> = [
  ["Ollama, as it greets", say(200, "text/plain; charset=utf-8", "Ollama is running"), /looks like Ollama/],
  ["Ollama, where it knows no path", say(404, "text/plain", "404 page not found"), /perhaps Ollama/],
  [
    "LM Studio",
    say(200, "application/json", '{"error":"Unexpected endpoint or method. (GET /metadata)"}'),
    /looks like LM Studio/,
  ],
  [
    "vLLM",
    say(404, "application/json", '{"detail":"Not Found"}'),
    /vLLM or another server made with FastAPI/,
  ],
  [
    "llama.cpp",
    say(
      404,
      "application/json",
      '{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}',
    ),
    /llama\.cpp/,
  ],
  [
    "an OpenAI-compatible proxy",
    say(
      404,
      "application/json",
      '{"error":{"message":"Invalid URL (GET /metadata)","type":"invalid_request_error"}}',
    ),
    /OpenAI-compatible server/,
  ],
];

describe("a model server in place of a plugin", () => {
  it.each(otherServers)("%s is recognised, with a way on", async (_name, listener, hint) => {
    const place = await serve(listener);
    const error = errorOf(await preview({ endpoint: `http://${place}` }));
    expect(error.hint).toMatch(hint);
    expect(error.hint).toContain(`http://${place}/v1`);
  });

  it("is not seen in a plugin that has a fault of its own", async () => {
    const place = await serve(say(500, "application/json", '{"code":"internal_error","message":"oops"}'));
    expect(errorOf(await preview({ endpoint: `http://${place}` })).hint).not.toMatch(/looks like/);
  });
});

describe("the ladder to a manifest", () => {
  const url = async (listener: RequestListener) => `http://${await serve(listener)}/plugin.yaml`;

  it("ends where a manifest begins", async () => {
    const { body } = await preview({
      manifestUrl: await url(say(200, "application/yaml", "type: http\n")),
    });
    expect(shape((body as PluginPreview).reach)).toBe(
      `${COMMON}, http ok, content_type ok, json skipped, schema skipped`,
    );
  });

  it.each([
    ["nothing there", say(404, "text/plain", "no"), "invalid_url", "http failed, content_type skipped"],
    [
      "a web page",
      say(200, "text/html", "<html>"),
      "plugin_wrong_content_type",
      "http ok, content_type failed",
    ],
  ] as const)("says %s", async (_name, listener, code, expected) => {
    const error = errorOf(await preview({ manifestUrl: await url(listener) }));
    expect([error.code, shape(error.details.reach)]).toEqual([
      code,
      `${COMMON}, ${expected}, json skipped, schema skipped`,
    ]);
  });
});
