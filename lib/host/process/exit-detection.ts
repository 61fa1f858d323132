import { AppError, type ErrorInfo } from "../../contract/error.ts";
import { abortable } from "../../async/abortable.ts";
import type { Clock } from "../../core/clock.ts";
import type { PluginProcess } from "./child-process.ts";
import type { RunHistory } from "./restart-policy.ts";

/** A process that hung up is given this long to turn out to have ended, ms: its sockets close a moment before. */
const ENDING_MS = 300;
const NEVER = new AbortController().signal;

/** What is known of a process that was started and not yet recorded as ended. */
interface Living {
  process: Pick<PluginProcess, "gone">;
  /** Resolves with the reason once it has ended and was recorded. */
  ended: Promise<ErrorInfo>;
}

/** Throws why the process ended, if it is ending or has ended by itself. */
export async function requireAlive(
  current: () => Living | null,
  around: { clock: Clock; history: RunHistory },
): Promise<void> {
  const loss = await findLoss(current, { ...around, signal: NEVER });
  if (loss) throw new AppError(loss.code, loss.message, loss);
}

/** True for a process that has ended, or does so at once. */
export async function isEnding(
  { process: { gone } }: Living,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  await clock.sleep(ENDING_MS, AbortSignal.any([signal, gone]));
  return gone.aborted;
}

/** Why the process that is or was there ended. Null when it goes on, ended as wanted, or `signal` aborts. */
export async function findLoss(
  current: () => Living | null,
  { clock, history, signal }: { clock: Clock; history: RunHistory; signal: AbortSignal },
): Promise<ErrorInfo | null> {
  const lost = current();
  if (lost) {
    if (!(await isEnding(lost, clock, signal))) return null;
    await abortable(lost.ended, signal).catch(() => undefined);
  }
  const [last] = history.state().exits;
  return signal.aborted || current() || !last || last.wanted ? null : last.reason;
}
