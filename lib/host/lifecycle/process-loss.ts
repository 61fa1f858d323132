import type { ErrorInfo } from "../../contract/error.ts";
import { isLostContact } from "../failure.ts";
import type { LastKnownGood } from "./last-known-good.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";
import type { ManagedProcess } from "../process/managed-process.ts";

/** Why the process ended, if that is what lost the contact; a process that is just ending is waited for. Null for any other failure. */
export async function findLoss(
  managedProcess: () => ManagedProcess | null,
  failure: ErrorInfo,
  signal: AbortSignal,
): Promise<ErrorInfo | null> {
  return isLostContact(failure) ? ((await managedProcess()?.findLoss(signal)) ?? null) : null;
}

/** True when there is something to go back to after an attempt that failed, and a process for it or a reason to start one. */
export function canGoBack(
  attempt: PluginConnection | null,
  {
    lastKnownGood,
    managedProcess,
    notStarted,
  }: { lastKnownGood: LastKnownGood; managedProcess: ManagedProcess | null; notStarted: boolean },
): boolean {
  if (lastKnownGood.connection() === null) return false;
  if (!hasEnded(managedProcess)) return true;
  // A configuration that ended the process is no reason why the one before it should. Often enough is enough all the same.
  const isGuilty = !notStarted && lastKnownGood.subjectOf(attempt) === "configuration";
  return isGuilty && managedProcess?.state().status !== "parked";
}

/** Goes back to what worked last, with a new process where the old one has ended: that one knows nothing yet. */
export async function goBack(
  managedProcess: ManagedProcess | null,
  lastKnownGood: LastKnownGood,
  signal: AbortSignal,
): Promise<{ value: null; note: string }> {
  const client = lastKnownGood.connection()?.client;
  if (managedProcess && client && hasEnded(managedProcess)) {
    lastKnownGood.invalidate();
    await managedProcess.ensureReady((asking) => client.metadata(asking), signal, false);
  }
  return { value: null, note: await lastKnownGood.restore(signal) };
}

function hasEnded(managedProcess: ManagedProcess | null): boolean {
  return managedProcess !== null && managedProcess.state().status !== "running";
}
