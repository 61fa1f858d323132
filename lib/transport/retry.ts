import { isAppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { PluginClient } from "./client.ts";

/** A plugin whose trouble passes is given so long before it is asked again, ms. */
const PAUSE_MS = 200;

/**
 * `client`, which asks once more for what is only read, metadata and models, when the plugin says that its trouble passes
 * (`transient`) and names no time to wait. A failed health check is a result and not tried again: the next one comes.
 */
export function retryTransientReads(client: PluginClient, clock: Clock): PluginClient {
  async function twice<T>(read: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!passes(error)) throw error;
      await clock.sleep(PAUSE_MS, signal);
      if (signal?.aborted === true) throw error;
      return read();
    }
  }
  return {
    ...client,
    metadata: (signal) => twice(() => client.metadata(signal), signal),
    models: (signal) => twice(() => client.models(signal), signal),
  };
}

function passes(error: unknown): boolean {
  if (!isAppError(error)) return false;
  const { transient, retryAfterSeconds } = error.extras.plugin ?? {};
  return transient === true && retryAfterSeconds === undefined;
}
