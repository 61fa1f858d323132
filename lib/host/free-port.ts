import { AppError, isAppError } from "../contract/error.ts";
import type { ProcessCommand } from "../contract/process.ts";
import type { Clock } from "../core/clock.ts";
import { portTaken } from "../core/exit.ts";

/** Whoever has the port is given this long to go, ms: most often it is the plugin's own predecessor, which is ending. */
const LEAVING_MS = 2_000;
/** Between two questions whether it is gone, ms. */
const LOOK_AGAIN_MS = 100;

/** Failures that somebody at the port had to cause. */
const ANSWERED = /^plugin_(?!dns_error$)/;

/**
 * Resolves once nobody listens where a plugin is about to be started. Somebody else on the port would be asked for everything that the
 * plugin is asked for, and be told its secrets.
 * @param ask asks once who is there
 * @throws AppError `process_port_taken` when somebody stays there for two seconds; what `ask` throws when it could not be asked at all
 */
export async function waitForFreePort(
  ask: (signal: AbortSignal) => Promise<unknown>,
  { command }: ProcessCommand,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const end = clock.monotonic() + LEAVING_MS;
  while (await isTaken(ask, signal)) {
    if (clock.monotonic() >= end) {
      const { code, message, hint } = portTaken(command, "");
      throw new AppError(code, message, { hint });
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
    signal.throwIfAborted();
  }
}

async function isTaken(
  ask: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await ask(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isAppError(error) && error.code === "plugin_unreachable") return false;
    if (isAppError(error) && !ANSWERED.test(error.code)) throw error;
  }
  return true;
}
