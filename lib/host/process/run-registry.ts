import type { Log } from "../../log.ts";
import { readProcess } from "./process-tree.ts";

/** Starts remembered on disk, so that what a killed console left behind is found by its mark, its pid and its start time. */
export interface RunMemory {
  /** Before the start with pid 0, then with what was started. */
  remember(run: { pid: number; startTicks: number; runId: string }): Promise<void>;
  forget(runId: string): Promise<void>;
}

interface Keeping {
  runs: RunMemory;
  log: Log;
}

/** Writes a run down; with pid 0 before it has one. What cannot be written runs all the same. */
export async function remember({ runs, log }: Keeping, runId: string, pid: number): Promise<void> {
  const startTicks = pid === 0 ? 0 : (await readProcess(pid))?.startTicks;
  if (startTicks !== undefined) await runs.remember({ pid, startTicks, runId }).catch(logTrouble(log));
}

export async function forget({ runs, log }: Keeping, runId: string): Promise<void> {
  await runs.forget(runId).catch(logTrouble(log));
}

function logTrouble(log: Log): (error: unknown) => void {
  return (error) => log.warn({ err: error }, "a plugin's process could not be remembered");
}
