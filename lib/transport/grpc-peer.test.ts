import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { ServerCredentials } from "@grpc/grpc-js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AUTHORITY, EXPIRED, OTHER_HOST, SERVER_KEY, VALID } from "../../test/certificates.ts";
import { serveGrpcPlugin, type GrpcPluginServer } from "../../test/grpc-server.ts";
import { servePlugin } from "../../test/plugin-server.ts";
import { createSamplePlugin } from "../../test/sample-plugin.ts";
import { createClock } from "../real-clock.ts";
import { createGrpcClient, type GrpcClientOptions } from "./grpc.ts";
import { createHttpClient } from "./http.ts";

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function connect(endpoint: string, options: Partial<GrpcClientOptions> = {}) {
  const client = createGrpcClient({
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

async function serve(certificate?: string): Promise<GrpcPluginServer> {
  const keys = { private_key: Buffer.from(SERVER_KEY), cert_chain: Buffer.from(certificate ?? "") };
  const server = await serveGrpcPlugin(
    createSamplePlugin(),
    certificate === undefined ? {} : { credentials: ServerCredentials.createSsl(null, [keys]) },
  );
  cleanups.push(() => server.close());
  return server;
}

/** A listener that counts connections and bytes and never answers. */
async function listen(): Promise<{ port: number; seen: { connections: number; bytes: number } }> {
  const seen = { connections: 0, bytes: 0 };
  const server = createTcpServer((socket) => {
    seen.connections += 1;
    socket.on("data", (chunk) => (seen.bytes += chunk.length));
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
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
    const client = connect(`grpc://127.0.0.1:${port}`, { approvals: { isApproved: () => false } });
    await expect(client.health()).rejects.toMatchObject({
      code: "address_needs_approval",
      extras: { details: { host: "127.0.0.1", port } },
    });
    expect(seen).toEqual({ connections: 0, bytes: 0 });
  });

  it("counts for a name that was approved as a name, whichever of its addresses answers", async () => {
    const server = await serve();
    const approvals = { isApproved: (host: string) => host === "localhost" };
    const client = connect(`grpc://localhost:${server.port}`, { approvals });
    expect((await client.health()).value.healthy).toBe(true);
    expect(server.requests[0]?.authority).toBe(`localhost:${server.port}`);
  });

  it("taken back while a connection is made stops it before the first byte", async () => {
    const { port, seen } = await listen();
    const isApproved = vi.fn().mockReturnValueOnce(true).mockReturnValue(false);
    const client = connect(`grpc://127.0.0.1:${port}`, { approvals: { isApproved } });
    await expect(client.health()).rejects.toMatchObject({ code: "address_needs_approval" });
    expect(seen.bytes).toBe(0);
  });
});

describe("never", () => {
  it.each([
    "grpc://169.254.169.254:80",
    "grpc://[fe80::1]:8080",
    "grpc://0.0.0.0:8080",
    "grpc://[::ffff:169.254.169.254]:8080",
    "grpc://2852039166:8080",
    "grpcs://168.63.129.16",
  ])("connects to %s, whatever was approved", async (endpoint) => {
    await expect(connect(endpoint).health()).rejects.toMatchObject({ code: "address_forbidden" });
  });

  it.each(["127.0.0.1", "localhost", "127.1.2.3"])(
    "connects to the console's own port at %s",
    async (host) => {
      const { port, seen } = await listen();
      const client = connect(`grpc://${host}:${port}`, { ownPort: () => port });
      await expect(client.health()).rejects.toMatchObject({ code: "address_forbidden" });
      expect(seen).toEqual({ connections: 0, bytes: 0 });
    },
  );

  it("goes through a proxy of the environment", async () => {
    const { port, seen } = await listen();
    for (const name of ["grpc_proxy", "http_proxy", "https_proxy"])
      vi.stubEnv(name, `http://127.0.0.1:${port}`);
    const server = await serve();
    expect((await connect(server.endpoint).health()).value.healthy).toBe(true);
    expect(seen.connections).toBe(0);
  });
});

describe("a connection that does not come about", () => {
  it("was refused", async () => {
    const server = await serve();
    await server.close();
    await expect(connect(server.endpoint).health()).rejects.toMatchObject({
      code: "plugin_unreachable",
      message: `Nothing is listening at 127.0.0.1:${server.port}: the connection was refused.`,
    });
  });

  it("has a name nobody knows", async () => {
    await expect(connect("grpc://no-such-host.invalid:8090").health()).rejects.toMatchObject({
      code: "plugin_dns_error",
      message: expect.stringContaining("no-such-host.invalid") as string,
    });
  });

  it("never finishes its TLS handshake", async () => {
    const { port } = await listen();
    const client = connect(`grpcs://127.0.0.1:${port}`, { timeouts: { connectMs: 60 } });
    await expect(client.health()).rejects.toMatchObject({
      code: "plugin_timeout",
      message: expect.stringContaining("did not accept a connection within 60 ms") as string,
    });
  });
});

describe("TLS", () => {
  it("works with a certificate of a trusted authority", async () => {
    const server = await serve(VALID);
    expect(server.endpoint).toMatch(/^grpcs:/);
    expect((await connect(server.endpoint, { ca: AUTHORITY }).health()).value.healthy).toBe(true);
    const byName = connect(server.endpoint.replace("127.0.0.1", "localhost"), { ca: AUTHORITY });
    expect((await byName.health()).value.healthy).toBe(true);
  });

  const rows: Array<[string, string, Partial<GrpcClientOptions>, RegExp]> = [
    ["an unknown authority", VALID, {}, /nobody this machine trusts/],
    ["an expired certificate", EXPIRED, { ca: AUTHORITY }, /has expired/],
    ["a certificate of another host", OTHER_HOST, { ca: AUTHORITY }, /issued for another host/],
  ];

  it.each(rows)("refuses %s and says so", async (_name, certificate, options, message) => {
    const server = await serve(certificate);
    await expect(connect(server.endpoint, options).health()).rejects.toMatchObject({
      code: "plugin_tls_error",
      message: expect.stringMatching(message) as string,
    });
    expect(server.requests).toEqual([]);
  });

  it("says when the plugin does not speak it", async () => {
    const server = await serve();
    await expect(connect(server.endpoint.replace("grpc:", "grpcs:")).health()).rejects.toMatchObject({
      code: "plugin_tls_error",
      extras: { hint: "If the plugin does not speak TLS, write grpc:// instead of grpcs://." },
    });
  });

  it("says when the plugin speaks nothing else", async () => {
    const server = await serve(VALID);
    const failure = connect(server.endpoint.replace("grpcs:", "grpc:")).health();
    await expect(failure).rejects.toMatchObject({
      code: expect.stringMatching(/^plugin_(connection_lost|wrong_content_type)$/) as string,
      extras: { hint: expect.stringContaining("grpcs://") as string },
    });
  });
});

describe("the other protocol", () => {
  it("an HTTP plugin addressed as gRPC is told apart", async () => {
    const server = await servePlugin(createSamplePlugin());
    cleanups.push(() => server.close());
    await expect(connect(server.endpoint.replace("http:", "grpc:")).metadata()).rejects.toMatchObject({
      code: "plugin_wrong_content_type",
      extras: { hint: expect.stringContaining("write http:// instead of grpc://") as string },
    });
  });

  it("so is one behind TLS", async () => {
    const server = createTlsServer({ key: SERVER_KEY, cert: VALID });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => stop(server));
    const endpoint = `grpcs://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(connect(endpoint, { ca: AUTHORITY }).metadata()).rejects.toMatchObject({
      code: "plugin_wrong_content_type",
      extras: { hint: expect.stringContaining("write https:// instead of grpcs://") as string },
    });
  });

  it("a gRPC plugin addressed as HTTP is told apart", async () => {
    const server = await serve();
    const client = createHttpClient({
      endpoint: server.endpoint.replace("grpc:", "http:"),
      approvals: { isApproved: () => true },
      ownPort: () => 1,
      clock: createClock(),
    });
    cleanups.push(() => client.close());
    await expect(client.metadata()).rejects.toMatchObject({
      code: "plugin_invalid_response",
      extras: { hint: expect.stringContaining("grpc://") as string },
    });
  });
});

it("names itself and carries the configuration as it is", async () => {
  const server = await serve();
  const client = connect(server.endpoint);
  await client.initialize({ api_key: "k", nested: { list: [1, null, "x"] } });
  expect(server.requests).toEqual([
    {
      method: "Initialize",
      body: { config: { api_key: "k", nested: { list: [1, null, "x"] } } },
      authority: `127.0.0.1:${server.port}`,
      agent: expect.stringMatching(/^loom-console /) as string,
    },
  ]);
});
