import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isAppError } from "../lib/contract/error.ts";
import type { ConfigValues } from "../lib/contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../lib/contract/protocol.ts";
import type { BuiltinPlugin } from "../lib/transport/client.ts";

/** A plugin on a port of its own, written as the guide says. */
export interface PluginServer {
  endpoint: string;
  port: number;
  /** Every request, as it arrived. */
  requests: Array<{ method: string; path: string; headers: IncomingMessage["headers"]; body: string }>;
  /** Connections open now. */
  openSockets(): Promise<number>;
  close(): Promise<void>;
}

/** Serves `plugin` over HTTP on 127.0.0.1; `port` 0 takes a free one. */
export async function servePlugin(plugin: BuiltinPlugin, port = 0): Promise<PluginServer> {
  const requests: PluginServer["requests"] = [];
  const server = createServer((request, response) => {
    answer(plugin, request, response, requests).catch((error: unknown) => sendError(response, error));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const taken = (server.address() as AddressInfo).port;
  return {
    endpoint: `http://127.0.0.1:${taken}`,
    port: taken,
    requests,
    openSockets: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(
  plugin: BuiltinPlugin,
  request: IncomingMessage,
  response: ServerResponse,
  requests: PluginServer["requests"],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { method = "", url: path = "", headers } = request;
  requests.push({ method, path, headers, body });
  switch (`${method} ${path}`) {
    case "GET /metadata":
      return sendJson(response, 200, plugin.metadata());
    case "POST /initialize":
      await plugin.initialize(JSON.parse(body) as ConfigValues);
      return sendJson(response, 200, {});
    case "GET /health":
      return sendJson(response, 200, await plugin.health());
    case "GET /models":
      return sendJson(response, 200, await plugin.models());
    case "POST /cleanup":
      await plugin.cleanup();
      return sendJson(response, 200, {});
    case "POST /chat/completions":
      return chat(plugin, JSON.parse(body) as ChatRequest, response);
    default:
      return sendJson(response, 404, { detail: "Not Found" });
  }
}

async function chat(plugin: BuiltinPlugin, request: ChatRequest, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const chunks = plugin.chat(request, gone.signal);
  if (request.stream !== true) return sendWhole(response, chunks);
  for await (const chunk of chunks) {
    if (gone.signal.aborted) return;
    if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  response.end();
}

async function sendWhole(response: ServerResponse, chunks: AsyncIterable<ChatChunk>): Promise<void> {
  sendJson(response, 200, await collectAnswer(chunks));
}

/** The whole answer that these chunks are the pieces of. */
export async function collectAnswer(chunks: AsyncIterable<ChatChunk>): Promise<object> {
  const pieces: ChatChunk[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  const last = pieces.at(-1);
  const content = pieces.map(({ choices }) => choices[0]?.delta?.content ?? "").join("");
  // One that comes whole is handed on as it is.
  const message = pieces.length === 1 ? last?.choices[0]?.delta : { content };
  return {
    id: last?.id,
    model: last?.model,
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }],
    usage: last?.usage,
  };
}

/** Our codes are the guide's with a prefix, except these. */
const GUIDE_CODES: Record<string, string> = {
  plugin_rate_limited: "rate_limit_exceeded",
  plugin_error: "internal_error",
};

/** What the guide wants to be said about a failure. */
export function toGuideError(error: unknown): { code: string; message: string; transient?: boolean } {
  const code = isAppError(error)
    ? (GUIDE_CODES[error.code] ?? error.code.replace(/^plugin_/, ""))
    : "internal_error";
  const message = error instanceof Error ? error.message : String(error);
  const transient = isAppError(error) ? error.extras.plugin?.transient : undefined;
  return { code, message, ...(transient === undefined ? {} : { transient }) };
}

function sendError(response: ServerResponse, error: unknown): void {
  const body = toGuideError(error);
  if (response.headersSent) response.end(`data: ${JSON.stringify({ error: body })}\n\n`);
  else sendJson(response, 500, body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
