import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A plugin of any schema, in a process that is not the console's, which remembers what it was initialised with. */
export interface SchemaPlugin {
  url: string;
  /** Bodies of `/initialize`, oldest first. */
  received(): Array<Record<string, unknown>>;
  /** Speaks of another schema from now on. */
  describe(schema: object[], version?: string): void;
  /** Asked with every body of `/initialize`: answers the error it gives, accepts on null. */
  refuse(judge: (config: Record<string, unknown>) => object | null): void;
  /** Lets `/initialize` wait until `release`. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startSchemaPlugin(schema: object[]): Promise<SchemaPlugin> {
  const received: Array<Record<string, unknown>> = [];
  const state = {
    schema,
    version: "1.0.0",
    judge: (_config: Record<string, unknown>): object | null => null,
  };
  let waiting: Promise<void> | null = null;
  let release = () => {};

  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const answer: Record<string, () => unknown> = {
      "GET /metadata": () => send(200, toMetadata(state)),
      "GET /health": () => send(200, { healthy: true, message: "At your service" }),
      "GET /models": () => send(200, [{ id: "parrot" }, { id: "owl" }]),
      "POST /cleanup": () => send(200, {}),
      "POST /chat/completions": () => send(200, COMPLETION),
      "POST /initialize": async () => {
        const config = JSON.parse(await readBody(request)) as Record<string, unknown>;
        received.push(config);
        await waiting;
        const error = state.judge(config);
        return error ? send(400, error) : send(200, {});
      },
    };
    void (answer[`${request.method} ${request.url}`] ?? (() => send(404, {})))();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    describe: (next, version = state.version) => Object.assign(state, { schema: next, version }),
    refuse: (judge) => Object.assign(state, { judge }),
    hold: () => {
      waiting = new Promise((resolve) => (release = resolve));
    },
    release: () => {
      release();
      waiting = null;
    },
    close: () =>
      new Promise((resolve) => {
        release();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toMetadata({ schema, version }: { schema: object[]; version: string }): object {
  return {
    name: "Parrot",
    version,
    plugin_api_version: "1.0.0",
    provider_type: "parrot",
    description: "Has every kind of field",
    author: "Loom Console",
    capabilities: { streaming: false, function_calling: false, vision: false },
    config_schema: schema,
  };
}

const COMPLETION = {
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "parrot",
  choices: [{ index: 0, message: { role: "assistant", content: "ready" }, finish_reason: "stop" }],
};

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const REGIONS = ["eu", "us", "asia"];
const TIERS = ["free", "team", "pro", "scale", "enterprise"];
const LOCALES = ["bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hu", "it", "nl", "pl", "sv"];

/** One field of every kind the form knows. */
export const EVERY_KIND = [
  {
    name: "api_key",
    type: "string",
    required: true,
    sensitive: true,
    description: "Key of the Parrot cloud",
    validation: { min_length: 8 },
  },
  { name: "org_token", type: "string", sensitive: true, description: "For organisations only" },
  { name: "account", type: "string", required: true, description: "Who pays", validation: { min_length: 3 } },
  {
    name: "base_url",
    type: "string",
    description: "Where the Parrot cloud is",
    default: "https://parrot.example/v1",
    validation: { pattern: "^https?://" },
  },
  { name: "listen_port", type: "int", description: "For callbacks", default: 9000 },
  {
    name: "timeout_seconds",
    type: "int",
    description: "How long to wait",
    default: 30,
    validation: { min: 1, max: 300 },
  },
  {
    name: "temperature",
    type: "float",
    description: "0 is sober",
    default: 0.7,
    validation: { min: 0, max: 2 },
  },
  { name: "system_prompt", type: "string", description: "Said before every chat" },
  {
    name: "region",
    type: "string",
    description: "Where to compute",
    default: "eu",
    validation: { enum: REGIONS },
  },
  { name: "tier", type: "string", description: "What is paid for", validation: { enum: TIERS } },
  {
    name: "locale",
    type: "string",
    description: "Language of errors",
    default: "en",
    validation: { enum: LOCALES },
  },
  { name: "verbose", type: "bool", description: "Say more", default: true },
  { name: "terms_accepted", type: "bool", required: true, description: "The Parrot terms" },
  { name: "tags", type: "list", description: "Any JSON" },
];
