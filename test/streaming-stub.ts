import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { SAMPLE_METADATA } from "./sample-plugin.ts";

/** What is asked of one stream, written as JSON into the message: every chunk carries `id`. */
export interface StreamOrder {
  id: string;
  /** 0: until somebody hangs up. */
  chunks: number;
  /** Between two chunks. */
  everyMs: number;
  /** Takes the request and never says a word. */
  silent?: boolean;
}

/** A plugin that streams what it is asked to, many at once. */
export interface StreamingStub {
  endpoint: string;
  /** Streams under way. */
  open(): number;
  /** When streams that were cut off by the other side ended, epoch ms by id. */
  cutAt: Map<string, number>;
  close(): Promise<void>;
}

/** Serves on a free port of 127.0.0.1. `GET /state` tells another process what is open, what was cut, and how long this one stood still at most. */
export async function startStreamingStub(): Promise<StreamingStub> {
  const cutAt = new Map<string, number>();
  const stalls = monitorEventLoopDelay({ resolution: 5 });
  stalls.enable();
  let open = 0;

  const answers: Record<string, () => unknown> = {
    "GET /metadata": () => ({ ...SAMPLE_METADATA, name: "Streams", config_schema: [] }),
    "POST /initialize": () => ({}),
    "GET /health": () => ({ healthy: true }),
    "GET /models": () => [{ id: "stream" }],
    "POST /cleanup": () => ({}),
    "GET /state": () => ({ open, cutAt: Object.fromEntries(cutAt), stallMs: stalls.max / 1e6 }),
  };

  async function stream(order: StreamOrder, response: ServerResponse): Promise<void> {
    open++;
    let isGone = false;
    response.once("close", () => {
      open--;
      isGone = true;
      if (!response.writableFinished) cutAt.set(order.id, Date.now());
    });
    if (order.silent) return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = (choice: object) =>
      response.write(`data: ${JSON.stringify({ id: order.id, choices: [{ index: 0, ...choice }] })}\n\n`);
    for (let count = 0; !isGone && (order.chunks === 0 || count < order.chunks); count++) {
      say({ delta: { content: `${order.id}:${count}:${Date.now()} ` } });
      await delay(order.everyMs);
    }
    say({ delta: {}, finish_reason: "stop" });
    response.end("data: [DONE]\n\n");
  }

  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const piece of request) text += String(piece);
    const call = `${request.method} ${request.url}`;
    if (call === "POST /chat/completions") {
      const { messages } = JSON.parse(text) as { messages: Array<{ content: string }> };
      return stream(JSON.parse(messages.at(-1)?.content ?? "{}") as StreamOrder, response);
    }
    const answer = answers[call];
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer?.() ?? { detail: "Not Found" }));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => open,
    cutAt,
    async close() {
      stalls.disable();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
