import type { ErrorInfo } from "../../contract/error.ts";
import { abortable } from "../../async/abortable.ts";
import type { Clock } from "../../core/clock.ts";
import type { ChildProcess } from "./child-process.ts";
import type { RestartPolicy } from "./restart-policy.ts";

/** A process that hung up is given this long to turn out to have ended, ms: its sockets close a moment before. */
const ENDING_MS = 300;

/** What is known of a process that was started and not yet recorded as ended. */
interface Living {
  process: Pick<ChildProcess, "gone">;
  /** Resolves with the reason once it has ended and was recorded. */
  ended: Promise<ErrorInfo>;
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
export async function findExit(
  current: () => Living | null,
  { clock, restartPolicy, signal }: { clock: Clock; restartPolicy: RestartPolicy; signal: AbortSignal },
): Promise<ErrorInfo | null> {
  const lost = current();
  if (lost) {
    if (!(await isEnding(lost, clock, signal))) return null;
    await abortable(lost.ended, signal).catch(() => undefined);
  }
  const [last] = restartPolicy.state().exits;
  return signal.aborted || current() || !last || last.wanted ? null : last.reason;
}
