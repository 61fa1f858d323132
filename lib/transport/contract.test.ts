import { describeTransport } from "../../test/contract-suite.ts";
import { serveGrpcPlugin } from "../../test/grpc-server.ts";
import { servePlugin } from "../../test/plugin-server.ts";
import { createClock } from "../real-clock.ts";
import { createBuiltinClient } from "./builtin.ts";
import { createGrpcClient } from "./grpc.ts";
import { createHttpClient } from "./http.ts";

describeTransport("http", async (plugin, timeouts = {}) => {
  const server = await servePlugin(plugin);
  const client = createHttpClient({
    endpoint: server.endpoint,
    approvals: { isApproved: (_host, port) => port === server.port },
    ownPort: () => 1,
    clock: createClock(),
    timeouts,
  });
  return { client, stop: () => server.close() };
});

describeTransport("grpc", async (plugin, timeouts = {}) => {
  const server = await serveGrpcPlugin(plugin);
  const client = createGrpcClient({
    endpoint: server.endpoint,
    approvals: { isApproved: (_host, port) => port === server.port },
    ownPort: () => 1,
    clock: createClock(),
    timeouts,
  });
  return { client, stop: () => server.close() };
});

describeTransport("builtin", (plugin, timeouts) =>
  Promise.resolve({
    client: createBuiltinClient(plugin, createClock(), timeouts),
    stop: () => Promise.resolve(),
  }),
);
