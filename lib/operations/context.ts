import type { Clock } from "../core/clock.ts";
import type { Data } from "../data/data.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../log.ts";
import type { Approvals } from "./address/approved-address-cache.ts";

/** What every operation works with. Made once by `server.ts`; lives as long as the process. */
export interface Context {
  data: Data;
  host: Host;
  clock: Clock;
  log: Log;
  approvals: Approvals;
  /** The port the console itself listens on: no plugin may live there. A function, since port 0 is known only after listening. */
  ownPort(): number;
}

/** The instant, as the contract writes it. */
export function nowIso(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
