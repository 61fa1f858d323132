import type { Disconnector } from "./disconnect.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";
import type { StepLog } from "../connection/step-log.ts";
import type { ManagedProcess } from "../process/managed-process.ts";

export interface CleanupOptions {
  connection: PluginConnection | null;
  steps: Pick<StepLog, "run" | "skip">;
  disconnector: Disconnector;
  signal: AbortSignal;
}

/** Sends the cleanup to a plugin that may have been sent a configuration. Never throws: a dead plugin is off all the same. */
export async function stepCleanup({
  connection,
  steps,
  disconnector,
  signal,
}: CleanupOptions): Promise<void> {
  if (connection?.mayHaveConfig() !== true) {
    return steps.skip("cleanup", "Nothing to clean up: it was never initialised");
  }
  await steps.run("cleanup", async () => {
    const error = await disconnector.cleanUp(connection, signal);
    return { value: null, ...(error ? { error } : {}) };
  });
}

export async function stepEndProcess(ending: ManagedProcess, steps: Pick<StepLog, "run">): Promise<void> {
  await steps.run("process", async () => {
    await ending.stop();
    return { value: null, note: "Ended, with everything it had started" };
  });
}
