import { afterEach, beforeEach } from "vitest";
import { serveAnthropic, type AnthropicServer } from "./anthropic-server.ts";
import type { ConfigValues } from "../lib/contract/plugin.ts";
import type { ChatRequest } from "../lib/contract/protocol.ts";
import { createClock } from "../lib/real-clock.ts";
import { createBuiltinClient } from "../lib/transport/builtin.ts";
import type { PluginClient } from "../lib/transport/client.ts";
import { createUpstreams } from "../lib/transport/upstream.ts";
import { createAnthropic } from "../lib/builtin/anthropic/anthropic.ts";

export const REQUEST: ChatRequest = {
  model: "claude-large-1",
  messages: [{ role: "user", content: "hello there" }],
  stream: true,
};

export const failure = (work: Promise<unknown>) =>
  work.then(
    () => ({}),
    (error: unknown) => error as object,
  );

/** Before each test of the file: a service on a port of its own, and the built-in plugin that may reach it. Both end with the test. */
export function useAnthropicPlugin() {
  let server: AnthropicServer;
  let client: PluginClient;

  beforeEach(async () => {
    server = await serveAnthropic();
  });

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  function make(): PluginClient {
    const clock = createClock();
    const approvals = { isApproved: (_host: string, port: number) => port === server.port };
    client = createBuiltinClient(
      createAnthropic(createUpstreams({ approvals, ownPort: () => 1, clock })),
      clock,
    );
    return client;
  }

  async function open(config: ConfigValues = {}): Promise<PluginClient> {
    const plugin = make();
    await plugin.initialize({ base_url: server.origin, api_key: server.key, ...config });
    return plugin;
  }

  const lastBody = () => server.requests.at(-1)?.body;

  return {
    get server() {
      return server;
    },
    make,
    open,
    lastBody,
  };
}
