import { afterEach, beforeEach } from "vitest";
import { createOpenAiCompatible } from "../lib/builtin/openai-compatible/openai-compatible.ts";
import type { ConfigValues } from "../lib/contract/plugin.ts";
import type { ChatRequest } from "../lib/contract/protocol.ts";
import { createClock } from "../lib/real-clock.ts";
import { createBuiltinClient } from "../lib/transport/builtin.ts";
import type { PluginClient } from "../lib/transport/client.ts";
import { createUpstreams, type UpstreamSources } from "../lib/transport/upstream.ts";
import { serveOpenAi, type OpenAiServer } from "./openai-server.ts";

export const REQUEST: ChatRequest = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "hello there" }],
  stream: true,
};

/** Before each test of the file: a service on a port of its own, and the built-in plugin that may reach it. Both end with the test. */
export function useOpenAiPlugin() {
  let server: OpenAiServer;
  let client: PluginClient;
  let isStopped: boolean;
  beforeEach(async () => {
    isStopped = false;
    server = await serveOpenAi();
  });
  afterEach(async () => {
    await client.close();
    if (!isStopped) await server.close();
  });

  /** A plugin that has no configuration yet. */
  function make(sources: Partial<UpstreamSources> = {}): PluginClient {
    const clock = createClock();
    const approvals = { isApproved: (_host: string, port: number) => port === server.port };
    client = createBuiltinClient(
      createOpenAiCompatible(createUpstreams({ approvals, ownPort: () => 1, clock, ...sources })),
      clock,
    );
    return client;
  }

  /** A plugin that is initialised for the service. */
  async function open(
    config: ConfigValues = {},
    sources: Partial<UpstreamSources> = {},
  ): Promise<PluginClient> {
    const plugin = make(sources);
    await plugin.initialize({ base_url: server.baseUrl, api_key: server.key, ...config });
    return plugin;
  }

  return {
    make,
    open,
    get server() {
      return server;
    },
    /** From now on nobody answers at the service's address. */
    async stop() {
      await server.close();
      isStopped = true;
    },
    lastBody: () => server.requests.at(-1)?.body,
  };
}

/** What the work fails with; an empty object when it succeeds. */
export function failureOf(work: Promise<unknown>): Promise<object> {
  return work.then(
    () => ({}),
    (error: unknown) => error as object,
  );
}
