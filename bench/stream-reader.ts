import type { StreamOrder } from "../test/streaming-stub.ts";

export type Ask = (order: StreamOrder, signal: AbortSignal) => Promise<Response>;

/** Where a console is, who asks, and which plugin streams. */
export interface StreamSource {
  url: string;
  cookie: string;
  pluginId: string;
}

/** Chats with a streaming stub through the console. */
export function throughConsole({ url, cookie, pluginId }: StreamSource): Ask {
  return (order, signal) => {
    const messages = [{ role: "user", content: JSON.stringify(order) }];
    const body = { panes: [{ pluginId, model: "stream" }], messages };
    return postJson(`${url}/api/playground/runs`, body, signal, { cookie });
  };
}

export function postJson(
  url: string,
  body: object,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    // What is counted are the console's descriptors for plugins, not those that a reader of ours keeps open for its next request.
    headers: { "content-type": "application/json", connection: "close", ...headers },
    body: JSON.stringify(body),
    signal,
  });
}

export interface Heard {
  /** From the plugin's clock to ours, ms, of each word. */
  delays: number[];
  words: number;
  /** Words of another stream. */
  foreign: number;
}

/** Words are `id:count:epochMs`, whatever surrounds them. */
const WORD = /([a-z]+-\d+):\d+:(\d{13})/g;

/** Reads one stream to its end. Throws what the console answers when it is not 2xx, and when it is left. */
export async function listen(ask: Ask, order: StreamOrder, signal: AbortSignal): Promise<Heard> {
  const heard: Heard = { delays: [], words: 0, foreign: 0 };
  const response = await ask(order, signal);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const [, id, sentAt] of lines.join("\n").matchAll(WORD)) {
      heard.words++;
      heard.delays.push(Date.now() - Number(sentAt));
      if (id !== order.id) heard.foreign++;
    }
  }
  return heard;
}
