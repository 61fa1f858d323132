import type { AppError } from "../../contract/error.ts";
import type { Clock } from "../../core/clock.ts";
import type { PluginClient } from "../../transport/client.ts";

/** One chat that runs, for whoever passes its chunks on. */
export interface ActiveChat {
  /** Aborts when the consumer's signal does, or when the chat is ended by `ActiveChats.abort`. */
  readonly signal: AbortSignal;
  /** Call it after every chunk that was passed on; once in a while it returns a pause to wait for, in which others get their turn. */
  afterChunk(): Promise<void> | undefined;
  /** What the chat failed with: the reason it was aborted with, if it was, else `error`. */
  reasonFor(error: unknown): unknown;
  /** It runs no more. Safe to call twice. */
  end(): void;
}

/** Chunks that arrived together are passed on in one turn of the event loop, up to so many: a read of 64 KB can hold thousands. */
const CHUNKS_AT_ONCE = 64;

/** The chats of one plugin that run right now. */
export class ActiveChats {
  readonly #clock: Clock;
  readonly #running = new Map<AbortController, PluginClient>();
  /** Those who wait in `drain`, each with the client it waits for. */
  readonly #waiting = new Map<AbortController, PluginClient | undefined>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(): number {
    return this.#running.size;
  }

  /** Counts a chat through `client` as running until `end` is called on what it returns. */
  begin(client: PluginClient, signal: AbortSignal): ActiveChat {
    const stop = new AbortController();
    this.#running.set(stop, client);
    let chunks = 0;
    return {
      signal: AbortSignal.any([signal, stop.signal]),
      afterChunk: () => {
        chunks += 1;
        return chunks % CHUNKS_AT_ONCE === 0 ? this.#clock.sleep(0, signal) : undefined;
      },
      reasonFor: (error) => (stop.signal.aborted ? (stop.signal.reason as unknown) : error),
      end: () => this.#end(stop),
    };
  }

  /** Resolves when none runs any more (through `client`, when one is named), after `ms`, or when `signal` aborts. */
  async drain(ms: number, signal: AbortSignal, client?: PluginClient): Promise<void> {
    if (!this.#runs(client)) return;
    const idle = new AbortController();
    this.#waiting.set(idle, client);
    await this.#clock.sleep(ms, AbortSignal.any([signal, idle.signal]));
    this.#waiting.delete(idle);
  }

  /** Ends every running chat (through `client`, when one is named) with this error. */
  abort(reason: AppError, client?: PluginClient): void {
    for (const [stop, used] of this.#running) {
      if (client === undefined || used === client) stop.abort(reason);
    }
  }

  #end(stop: AbortController): void {
    if (!this.#running.delete(stop)) return;
    for (const [waiter, awaited] of this.#waiting) if (!this.#runs(awaited)) waiter.abort();
  }

  #runs(client?: PluginClient): boolean {
    return client === undefined ? this.#running.size > 0 : [...this.#running.values()].includes(client);
  }
}
