import type { AppError } from "../../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { Clock } from "../../core/clock.ts";
import type { PluginClient } from "../../transport/client.ts";

/** The chats of one plugin that run right now. */
export interface Chats {
  count(): number;
  /** Counts as running from the first pull until the consumer leaves or the answer ends; leaving aborts upstream. */
  run(client: PluginClient, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void>;
  /** Resolves when none runs any more (through `client`, when one is named), after `ms`, or when `signal` aborts. */
  drain(ms: number, signal: AbortSignal, client?: PluginClient): Promise<void>;
  /** Ends every running chat (through `client`, when one is named) with this error. */
  abort(reason: AppError, client?: PluginClient): void;
}

/** Chunks that arrived together are passed on in one turn of the event loop, up to so many: a read of 64 KB can hold thousands. */
const CHUNKS_AT_ONCE = 64;

export function createChats(clock: Clock): Chats {
  const running = new Map<AbortController, PluginClient>();
  const waiting = new Map<AbortController, PluginClient | undefined>();
  const runs = (client?: PluginClient) =>
    client === undefined ? running.size > 0 : [...running.values()].includes(client);

  async function* run(client: PluginClient, request: ChatRequest, signal: AbortSignal) {
    const stop = new AbortController();
    running.set(stop, client);
    try {
      let count = 0;
      for await (const chunk of client.chat(request, AbortSignal.any([signal, stop.signal]))) {
        yield chunk;
        count += 1;
        if (count % CHUNKS_AT_ONCE === 0) await clock.sleep(0, signal);
      }
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      running.delete(stop);
      for (const [waiter, awaited] of waiting) if (!runs(awaited)) waiter.abort();
    }
  }

  async function drain(ms: number, signal: AbortSignal, client?: PluginClient): Promise<void> {
    if (!runs(client)) return;
    const idle = new AbortController();
    waiting.set(idle, client);
    await clock.sleep(ms, AbortSignal.any([signal, idle.signal]));
    waiting.delete(idle);
  }

  return {
    count: () => running.size,
    run,
    drain,
    abort(reason, client) {
      for (const [stop, used] of running) if (client === undefined || used === client) stop.abort(reason);
    },
  };
}
