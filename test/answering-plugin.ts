import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A plugin that answers each question with pieces a test wrote, and keeps what it was asked. */
export interface AnsweringPlugin {
  url: string;
  /** The messages of every chat, as they came. */
  asked: unknown[][];
  close(): Promise<void>;
}

const METADATA = {
  name: "Answering",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "answering",
  description: "Says what a test wrote",
  author: "Loom Console",
  capabilities: { streaming: true, function_calling: false, vision: false },
  config_schema: [],
};

const KNOWN: Record<string, unknown> = {
  "GET /metadata": METADATA,
  "POST /initialize": {},
  "GET /health": { healthy: true },
  "GET /models": ["scripted", { broken: true }],
  "POST /cleanup": {},
};

/** `answers` has the choices of each answer by the last message it is for. */
export async function startAnsweringPlugin(answers: Record<string, object[]>): Promise<AnsweringPlugin> {
  const asked: unknown[][] = [];
  const server = createServer((request, response) => {
    const known = KNOWN[`${request.method} ${request.url}`];
    if (known !== undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(known));
      return;
    }
    void readJson(request).then((body) => {
      const { messages } = body as { messages: Array<{ content: string }> };
      asked.push(messages);
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const choice of answers[messages.at(-1)?.content ?? ""] ?? []) {
        response.write(`data: ${JSON.stringify({ id: "a", choices: [choice] })}\n\n`);
      }
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
}

const END = { index: 0, delta: {}, finish_reason: "stop" };

/** The choices of an answer with this text, in pieces as services send them. */
export function textAnswer(text: string, pieceLength = 64_000): object[] {
  const pieces: object[] = [];
  for (let at = 0; at < text.length; at += pieceLength) {
    pieces.push({ index: 0, delta: { content: text.slice(at, at + pieceLength) } });
  }
  return [...pieces, END];
}

/** Texts that would hold up, or break, a page that draws them as they come. */
export const HOSTILE_TEXTS: Record<string, string> = {
  "quotes in quotes": `${">".repeat(3_000)} deep`,
  "lists in lists": Array.from({ length: 600 }, (_, depth) => `${"  ".repeat(depth)}- level ${depth}`).join(
    "\n",
  ),
  "one endless line": "x ".repeat(2_000_000),
  "links that never close": "[a](".repeat(20_000),
  "a table of thousands": `| a | b |\n|---|---|\n${"| 1 | 2 |\n".repeat(8_000)}`,
  "emphasis without end": "*a _b ".repeat(20_000),
};
