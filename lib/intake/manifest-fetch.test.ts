import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createClock } from "../real-clock.ts";
import type { FetchGuard } from "../egress/fetch.ts";
import { resolveTier } from "../egress/address-guard.ts";
import { fetchManifestText } from "./manifest-fetch.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, "close");
  }
});

async function serve(listener: RequestListener): Promise<{ port: number; url: string }> {
  const server = createServer({ keepAliveTimeout: 1 }, listener);
  servers.push(server);
  return listen(server);
}

async function listen(server: Server): Promise<{ port: number; url: string }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/plugin.yaml` };
}

const GUARD: FetchGuard = { approvals: { isApproved: () => true }, ownPort: 1, clock: createClock() };

describe("fetchManifestText", () => {
  it.each(["text/plain", "application/yaml", "application/octet-stream", ""])(
    "reads text of type %j",
    async (type) => {
      const { url } = await serve((_request, response) => {
        if (type) response.setHeader("content-type", type);
        response.end("type: http # ü");
      });
      await expect(fetchManifestText(url, GUARD)).resolves.toBe("type: http # ü");
    },
  );

  const answers: Array<[string, string, RequestListener]> = [
    [
      "a redirect",
      "plugin_redirect_refused",
      (_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
    ],
    ["404", "invalid_url", (_, response) => response.writeHead(404).end()],
    [
      "a web page",
      "plugin_wrong_content_type",
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    [
      "a declared 1 GB",
      "payload_too_large",
      (_, response) => response.writeHead(200, { "content-length": String(2 ** 30) }).write("x"),
    ],
    ["an endless body", "payload_too_large", (_, response) => flood(response)],
    [
      "compression",
      "plugin_wrong_content_type",
      (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
    ],
    ["Latin-1", "invalid_manifest", (_, response) => response.end(Buffer.from("caf\xe9", "latin1"))],
    ["a broken connection", "plugin_connection_lost", (_, response) => response.destroy()],
    ["half a body", "plugin_connection_lost", (_, response) => halfBody(response)],
  ];

  it.each(answers)("%s is %s", async (_name, code, listener) => {
    const { url } = await serve(listener);
    await expect(fetchManifestText(url, GUARD)).rejects.toMatchObject({ code });
  });

  it.each(["before the headers", "after the headers"])("gives up on silence %s", async (when) => {
    const { url } = await serve((_request, response) => {
      if (when.startsWith("after")) response.writeHead(200).write("type:");
    });
    await expect(fetchManifestText(url, { ...GUARD, timeoutMs: 60 })).rejects.toMatchObject({
      code: "plugin_timeout",
    });
    const [server] = servers;
    await expect
      .poll(() => new Promise((resolve) => server?.getConnections((_error, count) => resolve(count))))
      .toBe(0);
  });

  it("says when nothing listens or nobody knows the name", async () => {
    const { url } = await serve(() => undefined);
    servers.pop()?.close();
    await expect(fetchManifestText(url, GUARD)).rejects.toMatchObject({ code: "plugin_unreachable" });
    await expect(fetchManifestText("http://no-such-host.invalid/a", GUARD)).rejects.toMatchObject({
      code: "plugin_dns_error",
    });
  });

  it.each(["http://169.254.169.254/latest", "http://[::]:80/", "http://[64:ff9b::7f00:1]/"])(
    "never connects to %s",
    async (url) => {
      await expect(fetchManifestText(url, GUARD)).rejects.toMatchObject({ code: "address_forbidden" });
    },
  );

  it("sends nothing to a loopback address without consent, by number or by name", async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    servers.push(server);
    const { url } = await listen(server);
    const guard = { ...GUARD, approvals: { isApproved: () => false } };
    for (const address of [
      url,
      url.replace("127.0.0.1", "localhost"),
      url.replace("127.0.0.1", "2130706433"),
    ]) {
      await expect(fetchManifestText(address, guard)).rejects.toMatchObject({
        code: "address_needs_approval",
      });
    }
    expect(connections).toBe(0);
  });
});

describe("resolveTier", () => {
  const approvals = { isApproved: (host: string, port: number) => host === "127.0.0.1" && port === 8090 };

  it.each([
    ["https://93.184.216.34/x", { host: "93.184.216.34", port: 443, tier: "allowed" }],
    ["http://127.0.0.1:8090", { host: "127.0.0.1", port: 8090, tier: "approved" }],
    ["http://127.0.0.1:8091", { host: "127.0.0.1", port: 8091, tier: "approval" }],
    ["http://2130706433:8090", { host: "127.0.0.1", port: 8090, tier: "approved" }],
    ["http://localhost:8090", { host: "localhost", port: 8090, tier: "approval" }],
    ["http://[::1]:8090", { host: "::1", port: 8090, tier: "approval" }],
    ["grpc://10.0.0.1:50051", { host: "10.0.0.1", port: 50051, tier: "approval" }],
    ["http://127.0.0.1:3000", { host: "127.0.0.1", port: 3000, tier: "forbidden" }],
    ["http://localhost:3000", { host: "localhost", port: 3000, tier: "forbidden" }],
    ["http://169.254.169.254", { host: "169.254.169.254", port: 80, tier: "forbidden" }],
  ])("%s", async (url, expected) => {
    await expect(resolveTier(url, approvals, 3000, createClock())).resolves.toEqual(expected);
  });

  it("says when nobody knows the name", async () => {
    await expect(
      resolveTier("http://no-such-host.invalid", approvals, 3000, createClock()),
    ).rejects.toMatchObject({
      code: "plugin_dns_error",
    });
  });
});

function flood(response: Parameters<RequestListener>[1]): void {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(16_384, "a")));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

function halfBody(response: Parameters<RequestListener>[1]): void {
  response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
}
