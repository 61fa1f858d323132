import type { Goodbye } from "./disconnect.ts";
import type { Link } from "../connection/plugin-connection.ts";
import type { StepLog } from "../connection/step-log.ts";
import type { Supervised } from "../process/managed-process.ts";

export interface CleanupOptions {
  link: Link | null;
  steps: Pick<StepLog, "run" | "skip">;
  goodbye: Goodbye;
  signal: AbortSignal;
}

/** Says goodbye to a plugin that was ever told anything. Never throws: a dead plugin is off all the same. */
export async function stepCleanup({ link, steps, goodbye, signal }: CleanupOptions): Promise<void> {
  if (link?.wasTold() !== true) {
    return steps.skip("cleanup", "Nothing to clean up: it was never initialised");
  }
  await steps.run("cleanup", async () => {
    const error = await goodbye.cleanUp(link, signal);
    return { value: null, ...(error ? { error } : {}) };
  });
}

export async function stepEndProcess(ending: Supervised, steps: Pick<StepLog, "run">): Promise<void> {
  await steps.run("process", async () => {
    await ending.stop();
    return { value: null, note: "Ended, with everything it had started" };
  });
}
