import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A plugin whose answers never end, and which counts the callers that left in the middle. */
export interface StreamingPlugin {
  url: string;
  aborted(): number;
  close(): Promise<void>;
}

const METADATA = {
  name: "Endless",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "endless",
  description: "Talks until somebody leaves",
  author: "Loom Console",
  capabilities: { streaming: true, function_calling: false, vision: false },
  config_schema: [],
};

const ANSWERS: Record<string, unknown> = {
  "GET /metadata": METADATA,
  "POST /initialize": {},
  "GET /health": { healthy: true },
  "GET /models": [{ id: "endless" }],
  "POST /cleanup": {},
};

export async function startStreamingPlugin(): Promise<StreamingPlugin> {
  let aborted = 0;
  const server = createServer((request, response) => {
    const known = ANSWERS[`${request.method} ${request.url}`];
    if (known !== undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(known));
      return;
    }
    const left = new AbortController();
    response.on("close", () => {
      aborted += 1;
      left.abort();
    });
    response.writeHead(200, { "content-type": "text/event-stream" });
    void talk(left.signal, (content) => {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aborted: () => aborted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function talk(left: AbortSignal, say: (text: string) => void): Promise<void> {
  for (let count = 1; !left.aborted; count += 1) {
    say(`word ${count} `);
    await delay(20, undefined, { signal: left }).catch(() => undefined);
  }
}
