import type { ErrorInfo } from "../../contract/error.ts";
import { isLostContact } from "../failure.ts";
import type { Fallback } from "./last-known-good.ts";
import type { Link } from "../connection/plugin-connection.ts";
import type { Supervised } from "../process/managed-process.ts";

/** Why the process ended, if that is what lost the contact; a process that is just ending is waited for. Null for any other failure. */
export async function findLoss(
  supervised: () => Supervised | null,
  failure: ErrorInfo,
  signal: AbortSignal,
): Promise<ErrorInfo | null> {
  return isLostContact(failure) ? ((await supervised()?.findLoss(signal)) ?? null) : null;
}

/** True when there is something to go back to after an attempt that failed, and a process for it or a reason to start one. */
export function canGoBack(
  attempt: Link | null,
  {
    fallback,
    supervised,
    notStarted,
  }: { fallback: Fallback; supervised: Supervised | null; notStarted: boolean },
): boolean {
  if (fallback.link() === null) return false;
  if (!hasEnded(supervised)) return true;
  // A configuration that ended the process is no reason why the one before it should. Often enough is enough all the same.
  const isGuilty = !notStarted && fallback.subjectOf(attempt) === "configuration";
  return isGuilty && supervised?.state().status !== "parked";
}

/** Goes back to what worked last, with a new process where the old one has ended: that one knows nothing yet. */
export async function goBack(
  supervised: Supervised | null,
  fallback: Fallback,
  signal: AbortSignal,
): Promise<{ value: null; note: string }> {
  const client = fallback.link()?.client;
  if (supervised && client && hasEnded(supervised)) {
    fallback.spoil();
    await supervised.ensureReady((asking) => client.metadata(asking), signal, false);
  }
  return { value: null, note: await fallback.restore(signal) };
}

function hasEnded(supervised: Supervised | null): boolean {
  return supervised !== null && supervised.state().status !== "running";
}
