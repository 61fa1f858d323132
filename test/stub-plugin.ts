import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a stub plugin answers; change it while it runs. */
export interface StubBehaviour {
  providerType: string;
  name: string;
  schema: unknown[];
  healthy: boolean;
  models: unknown;
  /** Answers `/initialize` with this status, or with one for each configuration. */
  initializeStatus: number | ((config: unknown) => number);
}

/** A well-behaved plugin as a real HTTP server on a free port of 127.0.0.1, which notes what it was asked. */
export interface StubPlugin {
  endpoint: string;
  port: number;
  behaviour: StubBehaviour;
  /** `GET /health` and so on, oldest first. */
  requests: string[];
  /** Bodies of `/initialize`, oldest first. */
  configs: unknown[];
  /** Bodies of `/chat/completions`, oldest first. */
  chats: unknown[];
  /** Chats that were cut off by the other side. */
  abortedChats(): number;
  openChats(): number;
  close(): Promise<void>;
}

/** A message with this content gets one word and then silence. */
export const HANG = "hang";

const DEFAULTS: StubBehaviour = {
  providerType: "stub",
  name: "Stub",
  schema: [],
  healthy: true,
  models: [{ id: "stub-1", name: "Stub One", cost_per_mtoken: 2 }, { id: "stub-2" }],
  initializeStatus: 200,
};

export async function createStubPlugin(behaviour: Partial<StubBehaviour> = {}): Promise<StubPlugin> {
  const state = {
    behaviour: { ...DEFAULTS, ...behaviour },
    requests: [] as string[],
    configs: [] as unknown[],
    chats: [] as unknown[],
    aborted: 0,
    open: 0,
  };
  const server = createServer((request, response) => void answer(state, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    behaviour: state.behaviour,
    requests: state.requests,
    configs: state.configs,
    chats: state.chats,
    abortedChats: () => state.aborted,
    openChats: () => state.open,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type State = Pick<StubPlugin, "behaviour" | "requests" | "configs" | "chats"> & {
  aborted: number;
  open: number;
};

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = `${request.method} ${request.url}`;
  state.requests.push(call);
  const body = await readBody(request);
  const { behaviour } = state;
  switch (call) {
    case "GET /metadata":
      return send(response, 200, {
        name: behaviour.name,
        version: "1.0.0",
        plugin_api_version: "1.0.0",
        provider_type: behaviour.providerType,
        description: "A stub",
        author: "Tests",
        capabilities: {
          streaming: true,
          function_calling: false,
          vision: false,
          embeddings: false,
          fine_tuning: false,
        },
        config_schema: behaviour.schema,
      });
    case "POST /initialize":
      state.configs.push(JSON.parse(body));
      return send(response, statusFor(behaviour, JSON.parse(body)), { status: "ok" });
    case "GET /health":
      return send(response, 200, {
        healthy: behaviour.healthy,
        message: behaviour.healthy ? "fine" : "poorly",
      });
    case "GET /models":
      return send(response, 200, behaviour.models);
    case "POST /cleanup":
      return send(response, 200, {});
    case "POST /chat/completions":
      return chat(state, body, response);
    default:
      return send(response, 404, { code: "not_found", message: "nothing here" });
  }
}

function statusFor({ initializeStatus }: StubBehaviour, config: unknown): number {
  return typeof initializeStatus === "number" ? initializeStatus : initializeStatus(config);
}

function chat(state: State, body: string, response: ServerResponse): void {
  const { messages } = JSON.parse(body) as { messages: Array<{ content: string }> };
  state.chats.push(JSON.parse(body));
  const text = messages.at(-1)?.content ?? "";
  state.open++;
  response.on("close", () => {
    state.open--;
    if (!response.writableFinished) state.aborted++;
  });
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (content: string) => write(response, { choices: [{ index: 0, delta: { content } }] });
  if (text === HANG) return chunk("wait");
  for (const word of ["You ", "said: ", text]) chunk(word);
  write(response, {
    choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
    usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
  });
  response.end("data: [DONE]\n\n");
}

function write(response: ServerResponse, value: object): void {
  response.write(
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "stub-1", ...value })}\n\n`,
  );
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
