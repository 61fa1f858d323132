import type { AppError } from "../contract/error.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import type { PluginClient } from "../transport/client.ts";

/** The chats of one plugin that run right now. */
export interface Chats {
  count(): number;
  /** Counts as running from the first pull until the consumer leaves or the answer ends; leaving aborts upstream. */
  run(client: PluginClient, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void>;
  /** Resolves when none runs any more, after `ms`, or when `signal` aborts. */
  drain(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends every running chat with this error. */
  abort(reason: AppError): void;
}

export function createChats(clock: Clock): Chats {
  const running = new Set<AbortController>();
  const waiting = new Set<AbortController>();

  async function* run(client: PluginClient, request: ChatRequest, signal: AbortSignal) {
    const stop = new AbortController();
    running.add(stop);
    try {
      yield* client.chat(request, AbortSignal.any([signal, stop.signal]));
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      running.delete(stop);
      if (running.size === 0) for (const waiter of waiting) waiter.abort();
    }
  }

  async function drain(ms: number, signal: AbortSignal): Promise<void> {
    if (running.size === 0) return;
    const idle = new AbortController();
    waiting.add(idle);
    await clock.sleep(ms, AbortSignal.any([signal, idle.signal]));
    waiting.delete(idle);
  }

  return {
    count: () => running.size,
    run,
    drain,
    abort(reason) {
      for (const stop of running) stop.abort(reason);
    },
  };
}
