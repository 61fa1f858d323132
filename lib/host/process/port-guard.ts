import { AppError, isAppError } from "../../contract/error.ts";
import { formatPlace, parseEndpoint } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { portTaken } from "../../core/exit.ts";
import { requireWanted } from "../failure.ts";
import type { Owner } from "./port-owner.ts";

/** Asks once who is there. */
export type Ask = (signal: AbortSignal) => Promise<unknown>;

/** Whoever has the port is given this long to go, ms: most often it is the plugin's own predecessor, which is ending. */
const LEAVING_MS = 2_000;
/** Between two questions whether it is gone, ms. */
const LOOK_AGAIN_MS = 100;

/**
 * Resolves once nobody listens where a plugin is about to be started. Somebody else on the port would be asked for everything that the
 * plugin is asked for, and be told its secrets. Throws `process_port_taken` when somebody stays there for two seconds,
 * `request_aborted`, or why nobody can be asked.
 */
export async function waitForFreePort(
  ask: Ask,
  command: string,
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
    requireWanted(signal);
  }
}

async function isTaken(ask: Ask, signal: AbortSignal): Promise<boolean> {
  try {
    await ask(signal);
  } catch (error) {
    requireWanted(signal);
    if (isAppError(error) && error.code === "plugin_unreachable") return false;
    if (isAppError(error) && !ANSWERED.test(error.code)) throw error;
  }
  return true;
}

/** Failures that somebody at the port had to cause. */
const ANSWERED = /^plugin_(?!dns_error$)/;

/** True once somebody answers. An answer that is wrong is the next step's to tell: the process is up. */
export async function answers(ask: Ask, signal: AbortSignal): Promise<boolean> {
  try {
    await ask(signal);
    return true;
  } catch (error) {
    return isAppError(error) && !NOT_UP.has(error.code) && !signal.aborted;
  }
}

const NOT_UP: ReadonlySet<string> = new Set([
  "plugin_unreachable",
  "plugin_timeout",
  "plugin_connection_lost",
  "request_aborted",
]);

/**
 * Ask before anything secret is sent. Throws `process_port_taken` when somebody else listens where `endpoint` leads, `plugin_unreachable`
 * when nobody does. Where the system does not tell, the port was free before the start, and that is all there is to go by.
 */
export function requireOwner(owner: Owner, command: string, endpoint: string): void {
  if (owner === "other") throw strangerAnswers(command, endpoint);
  if (owner !== "nobody") return;
  throw new AppError("plugin_unreachable", `Nothing on this machine listens at ${placeOf(endpoint)}.`, {
    hint: `${command} has to listen on the endpoint of its manifest: look at its log.`,
  });
}

function placeOf(endpoint: string): string {
  const { host, port } = parseEndpoint(endpoint);
  return formatPlace(host, port);
}

/** Who answers is not what the console started. */
export function strangerAnswers(command: string, endpoint: string): AppError {
  return new AppError(
    "process_port_taken",
    `Another program answers at ${placeOf(endpoint)}, not ${command} as the console started it.`,
    {
      hint: "No configuration was sent to it. End the other program, or change the port in the manifest. A plugin that runs in a container or turns into a daemon is not the console's to start: remove its command.",
    },
  );
}
