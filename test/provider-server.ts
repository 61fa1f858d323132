import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that a model service got. */
export interface SeenRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

/** An answer of a service that something is wrong with, as it stands on the wire. */
export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** How a stream goes wrong: it is cut by a reset or ends too early, falls silent, holds broken JSON or half an event. */
export type StreamFault = "reset" | "early-end" | "silence" | "garbage" | "half-event";

/** A model service on a port of 127.0.0.1; what it answers is changed while it runs. */
export interface ProviderServer {
  /** Without a path. */
  origin: string;
  port: number;
  requests: SeenRequest[];
  /** Answered once each, before anything else. */
  script: ScriptedAnswer[];
  /** How the next streams go wrong, after their first words. */
  fault: StreamFault | null;
  /** Milliseconds between two events of a stream. */
  paceMs: number;
  /** Streams whose reader left before their end. */
  aborted(): number;
  openSockets(): Promise<number>;
  close(): Promise<void>;
}

/** A refusal in the words of the service that is imitated. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`status ${status}`);
  }
}

/** Writes one event and waits as long as the pace says. Resolves false once the reader has left. */
export type Send = (text: string) => Promise<boolean>;

/** What makes a server one provider's. */
export interface Provider {
  /** Answers what is not a stream with JSON, or a stream by writing events; throws `Refusal`. */
  answer(request: SeenRequest): object | ((send: Send) => Promise<void>);
}

export async function serveProvider(provider: Provider, port = 0): Promise<ProviderServer> {
  let aborted = 0;
  const http = createServer((request, response) => {
    void respond(request, response).catch((error: unknown) => refuse(response, error));
  });
  const server: ProviderServer = {
    origin: "",
    port: 0,
    requests: [],
    script: [],
    fault: null,
    paceMs: 0,
    aborted: () => aborted,
    openSockets: () => countSockets(http),
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(request);
    server.requests.push(seen);
    const scripted = server.script.shift();
    if (scripted) return sendScripted(response, scripted);
    const answer = provider.answer(seen);
    if (typeof answer !== "function") return sendJson(response, 200, answer);
    await stream(response, answer as (send: Send) => Promise<void>);
  }

  async function stream(response: ServerResponse, write: (send: Send) => Promise<void>): Promise<void> {
    let left = false;
    let ended = false;
    response.on("close", () => {
      left = true;
      if (!ended) aborted += 1;
    });
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    let events = 0;
    await write(async (text) => {
      events += 1;
      if (events === 4 && server.fault !== null) {
        ended = server.fault !== "silence";
        return breakAnswer(response, server.fault);
      }
      if (left || ended) return false;
      await new Promise((resolve) => response.write(text, resolve));
      if (server.paceMs > 0) await new Promise((resolve) => setTimeout(resolve, server.paceMs));
      return !left;
    });
    if (left || server.fault !== null) return;
    ended = true;
    response.end();
  }

  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  server.port = (http.address() as AddressInfo).port;
  server.origin = `http://127.0.0.1:${server.port}`;
  return server;
}

/** Always false: nothing more is to be written. */
function breakAnswer(response: ServerResponse, fault: StreamFault): boolean {
  if (fault === "reset") response.destroy();
  if (fault === "early-end") response.end();
  if (fault === "garbage") response.end('data: {"choices": nonsense\n\n');
  if (fault === "half-event") response.end('data: {"id":"x","cho');
  return false;
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const { method = "", url: path = "", headers } = request;
  return { method, path, headers, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

function refuse(response: ServerResponse, error: unknown): void {
  if (!(error instanceof Refusal)) return void response.destroy(error as Error);
  sendJson(response, error.status, error.body, error.headers);
}

function sendScripted(response: ServerResponse, { status, headers = {}, body }: ScriptedAnswer): void {
  if (typeof body !== "string") return sendJson(response, status, body, headers);
  response.writeHead(status, { "content-type": "text/plain", ...headers }).end(body);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function countSockets(http: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    http.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
