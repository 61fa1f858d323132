import type { PluginConnection } from "../connection/plugin-connection.ts";
import type { ManagedProcess } from "../process/managed-process.ts";
import type { LastKnownGood } from "./last-known-good.ts";

/** What can be gone back to. */
export interface RollbackTarget {
  lastKnownGood: LastKnownGood;
  /** Null for a plugin that somebody else starts. */
  process: ManagedProcess | null;
}

/** True when there is something to go back to after an attempt that failed, and a process for it or a reason to start one. */
export function canRollBack(
  attempt: PluginConnection | null,
  notStarted: boolean,
  { lastKnownGood, process }: RollbackTarget,
): boolean {
  if (lastKnownGood.connection() === null) return false;
  if (!hasEnded(process)) return true;
  // A configuration that ended the process is no reason why the one before it should. Often enough is enough all the same.
  const isGuilty = !notStarted && lastKnownGood.subjectOf(attempt) === "configuration";
  return isGuilty && process?.state().status !== "parked";
}

/** Goes back to what worked last, with a new process where the old one has ended: that one knows nothing yet. */
export async function rollBack(
  { lastKnownGood, process }: RollbackTarget,
  signal: AbortSignal,
): Promise<{ value: null; note: string }> {
  const client = lastKnownGood.connection()?.client;
  if (process && client && hasEnded(process)) {
    lastKnownGood.invalidate();
    await process.ensureReady((asking) => client.metadata(asking), signal, false);
  }
  return { value: null, note: await lastKnownGood.restore(signal) };
}

function hasEnded(process: ManagedProcess | null): boolean {
  return process !== null && process.state().status !== "running";
}
