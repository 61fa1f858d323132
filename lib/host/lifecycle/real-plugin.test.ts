import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestData } from "../../../test/database.ts";
import type { TestData } from "../../../test/database.ts";
import { Manifest } from "../../contract/manifest.ts";
import { createLog } from "../../log.ts";
import { createClock } from "../../real-clock.ts";
import { createPluginClient } from "../../transport/create.ts";
import { createHost } from "../create-host.ts";
import type { Host } from "../host.ts";

/** A plugin as its own HTTP server: a new one on the same port has forgotten everything. */
async function listen(port: number): Promise<{ server: Server; port: number; configs: unknown[] }> {
  const configs: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const answers: Record<string, unknown> = {
        "/metadata": { name: "Real", version: "1", plugin_api_version: "1.0.0", provider_type: "real" },
        "/health": { healthy: configs.length > 0, message: configs.length > 0 ? "fine" : "waiting for work" },
        "/models": [{ id: "real-1" }],
      };
      if (request.url === "/initialize") configs.push(JSON.parse(body));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answers[request.url ?? ""] ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, configs };
}

async function hangUp(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

let database: TestData;
let host: Host;
let running: Server;

beforeEach(async () => {
  const clock = createClock();
  database = await createTestData(clock);
  const approvals = { isApproved: () => true };
  host = createHost({
    data: database.data,
    clock,
    log: createLog({ level: "silent", pretty: false }),
    createClient: createPluginClient({ approvals, ownPort: () => 1, builtins: {}, clock }),
    builtins: {},
  });
});
afterEach(async () => {
  await host.stop();
  await hangUp(running);
  await database.close();
});

it("brings a real plugin through death and a new start without a human", async () => {
  const first = await listen(0);
  running = first.server;
  const endpoint = `http://127.0.0.1:${first.port}`;
  const metadata = { name: "Real", version: "1", provider_type: "real" };
  const { id } = await database.data.plugins.create({
    name: "Real",
    origin: "address",
    manifest: Manifest.parse({ type: "http", endpoint, metadata }),
    file: null,
    findings: [],
    endpoint,
    desired: "enabled",
    healthCheckIntervalSeconds: 60,
  });
  await host.start();
  expect(await host.reconcile(id)).toMatchObject({
    badge: "healthy",
    models: { models: [{ id: "real-1" }] },
  });
  await hangUp(first.server);
  for (let check = 0; check < 3; check += 1) await host.checkNow(id);
  const gone = host.status(id);
  expect(gone.badge).toBe("down");
  expect(gone.reason).toContain(`127.0.0.1:${first.port}`);
  const second = await listen(first.port);
  running = second.server;
  await host.checkNow(id);
  expect(await host.checkNow(id)).toMatchObject({ badge: "healthy", reinitializations: 1 });
  expect(second.configs).toEqual([{}]);
  expect(gone.lastCheck?.error?.hint).toBeTruthy();
});
