import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AUTHORITY, EXPIRED, OTHER_HOST, SERVER_KEY, VALID } from "../../test/certificates.ts";
import { servePlugin, type PluginServer } from "../../test/plugin-server.ts";
import { createSamplePlugin } from "../../test/sample-plugin.ts";
import { createClock } from "../real-clock.ts";
import { createHttpClient, type HttpClientOptions } from "./http.ts";

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function connect(endpoint: string, options: Partial<HttpClientOptions> = {}) {
  const client = createHttpClient({
    endpoint,
    approvals: { isApproved: () => true },
    ownPort: () => 1,
    clock: createClock(),
    timeouts: { connectMs: 1_000, healthMs: 2_000 },
    ...options,
  });
  cleanups.push(() => client.close());
  return client;
}

async function serve(): Promise<PluginServer> {
  const server = await servePlugin(createSamplePlugin());
  cleanups.push(() => server.close());
  return server;
}

/** A listener that counts connections and bytes and never answers. */
async function listen(
  host = "127.0.0.1",
): Promise<{ port: number; seen: { connections: number; bytes: number } }> {
  const seen = { connections: 0, bytes: 0 };
  const server = createTcpServer((socket) => {
    seen.connections += 1;
    socket.on("data", (chunk) => (seen.bytes += chunk.length));
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, host);
  await once(server, "listening");
  cleanups.push(() => stop(server));
  return { port: (server.address() as AddressInfo).port, seen };
}

async function stop(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

describe("consent", () => {
  it("is asked for a loopback address, and nothing connects before", async () => {
    const { port, seen } = await listen();
    const client = connect(`http://127.0.0.1:${port}`, { approvals: { isApproved: () => false } });
    await expect(client.health()).rejects.toMatchObject({
      code: "address_needs_approval",
      extras: { details: { host: "127.0.0.1", port } },
    });
    expect(seen).toEqual({ connections: 0, bytes: 0 });
  });

  it("counts for exactly one host and port", async () => {
    const isApproved = vi.fn((host: string, port: number) => host === "127.0.0.1" && port === server.port);
    const server = await serve();
    await expect(connect(server.endpoint, { approvals: { isApproved } }).health()).resolves.toBeTruthy();
    const byName = connect(`http://localhost:${server.port}`, { approvals: { isApproved } });
    await expect(byName.health()).rejects.toMatchObject({ code: "address_needs_approval" });
  });

  it("counts for a name that was approved as a name", async () => {
    const server = await serve();
    const approvals = { isApproved: (host: string) => host === "localhost" };
    const { value } = await connect(`http://localhost:${server.port}`, { approvals }).health();
    expect(value.healthy).toBe(true);
  });

  it("can be given while a client exists", async () => {
    const server = await serve();
    let approved = false;
    const client = connect(server.endpoint, { approvals: { isApproved: () => approved } });
    await expect(client.health()).rejects.toMatchObject({ code: "address_needs_approval" });
    approved = true;
    await expect(client.health()).resolves.toBeTruthy();
  });
});

describe("never", () => {
  it.each([
    "http://169.254.169.254",
    "http://[fe80::1]:8080",
    "http://0.0.0.0:8080",
    "http://0:8080",
    "http://[::ffff:169.254.169.254]:8080",
    "http://168.63.129.16",
    "http://2852039166",
    "http://224.0.0.1:8080",
  ])("connects to %s, whatever was approved", async (endpoint) => {
    await expect(connect(endpoint).health()).rejects.toMatchObject({ code: "address_forbidden" });
  });

  it.each(["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1.2.3"])(
    "connects to the console's own port at %s",
    async (host) => {
      const { port, seen } = await listen();
      const client = connect(`http://${host}:${port}`, { ownPort: () => port });
      await expect(client.health()).rejects.toMatchObject({ code: "address_forbidden" });
      expect(seen).toEqual({ connections: 0, bytes: 0 });
    },
  );
});

describe("a connection that does not come about", () => {
  it("was refused", async () => {
    const server = await serve();
    await server.close();
    cleanups.pop();
    await expect(connect(server.endpoint).health()).rejects.toMatchObject({
      code: "plugin_unreachable",
      message: expect.stringContaining(`127.0.0.1:${server.port}`) as string,
    });
  });

  it("has a name nobody knows", async () => {
    await expect(connect("http://no-such-host.invalid:8090").health()).rejects.toMatchObject({
      code: "plugin_dns_error",
      message: expect.stringContaining("no-such-host.invalid") as string,
    });
  });

  it("never finishes its TLS handshake", async () => {
    const { port } = await listen();
    const client = connect(`https://127.0.0.1:${port}`, { timeouts: { connectMs: 60 } });
    await expect(client.health()).rejects.toMatchObject({
      code: "plugin_timeout",
      message: expect.stringContaining("did not accept a connection within 60 ms") as string,
    });
  });
});

describe("TLS", () => {
  async function serveTls(cert: string): Promise<string> {
    const server = createTlsServer({ key: SERVER_KEY, cert }, (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"healthy":true}');
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => stop(server));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("works with a certificate of a trusted authority", async () => {
    const client = connect(await serveTls(VALID), { ca: AUTHORITY });
    expect((await client.health()).value.healthy).toBe(true);
  });

  const rows: Array<[string, string, Partial<HttpClientOptions>, RegExp]> = [
    ["an unknown authority", VALID, {}, /nobody this machine trusts/],
    ["an expired certificate", EXPIRED, { ca: AUTHORITY }, /has expired/],
    ["a certificate of another host", OTHER_HOST, { ca: AUTHORITY }, /issued for another host/],
  ];

  it.each(rows)("refuses %s and says so", async (_name, cert, options, message) => {
    await expect(connect(await serveTls(cert), options).health()).rejects.toMatchObject({
      code: "plugin_tls_error",
      message: expect.stringMatching(message) as string,
    });
  });

  it("says when the plugin does not speak it", async () => {
    const server = await serve();
    const client = connect(server.endpoint.replace("http:", "https:"));
    await expect(client.health()).rejects.toMatchObject({
      code: "plugin_tls_error",
      extras: { hint: expect.stringContaining("http://") as string },
    });
  });

  it("says when the plugin speaks nothing else", async () => {
    const client = connect((await serveTls(VALID)).replace("https:", "http:"));
    const error: unknown = await client.health().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/^plugin_/) as string });
  });
});

describe("requests", () => {
  it("carry the protocol's headers, GET too, on a connection of their own", async () => {
    const server = await serve();
    const client = connect(server.endpoint);
    await client.metadata();
    await client.initialize({ api_key: "k" });
    await client.cleanup();
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({
        "content-type": "application/json",
        accept: "application/json",
        "accept-encoding": "identity",
        connection: "close",
      });
    }
    await vi.waitFor(async () => expect(await server.openSockets()).toBe(0));
  });

  it("send the bare configuration to initialize and {} to cleanup", async () => {
    const server = await serve();
    const client = connect(server.endpoint);
    await client.initialize({ api_key: "k", timeout: 30 });
    await client.cleanup();
    expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/initialize", '{"api_key":"k","timeout":30}'],
      ["POST", "/cleanup", "{}"],
    ]);
  });

  it("keep the path prefix of the endpoint", async () => {
    const server = await serve();
    const client = connect(`${server.endpoint}/team/a/`);
    await expect(client.models()).rejects.toMatchObject({ code: "plugin_endpoint_missing" });
    expect(server.requests[0]?.path).toBe("/team/a/models");
  });
});
