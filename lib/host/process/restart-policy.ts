import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginProcess, ProcessExit } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import type { RawExit } from "../../core/exit.ts";
import { NEVER_STARTED, planRestart, recordEnd, recordStart } from "../../core/restart.ts";

const EXITS_KEPT = 20;
/** Starts that people see, ms; back-off and parking keep them below a hundred. */
const STARTS_SHOWN_MS = 30 * 60_000;
const STARTS_KEPT = 100;

/** Starts and ends of one plugin's process, and what follows from them: when it is started again, or that it is parked. */
export interface RunHistory {
  started(at: { startedAt: number; startedMs: number }): void;
  /** A wanted end is remembered, and nothing follows from it. */
  ended(startedMs: number, exit: RawExit, reason: ErrorInfo): void;
  /** The start that was waited for is here: the end before it explains nothing that happens from now on. */
  forgetWait(): void;
  /** A person acts: earlier ends no longer count. */
  forgive(): void;
  /** While nothing runs. */
  status(): Extract<PluginProcess["status"], "parked" | "waiting" | "stopped">;
  state(): Pick<PluginProcess, "nextStartAt" | "exits" | "starts">;
}

export function createRunHistory(clock: Clock): RunHistory {
  const exits: ProcessExit[] = [];
  const starts: number[] = [];
  let history = NEVER_STARTED;
  let nextStartAt: number | null = null;
  let parked = false;

  return {
    started({ startedAt, startedMs }) {
      history = recordStart(history, startedMs);
      starts.push(startedAt);
      if (starts.length > STARTS_KEPT) starts.shift();
    },
    ended(startedMs, { code, signal, endedBy }, reason) {
      const now = clock.monotonic();
      const wanted = endedBy === "stop";
      const at = new Date(clock.now()).toISOString();
      exits.unshift({ at, ranMs: now - startedMs, code, signal, wanted, reason });
      exits.splice(EXITS_KEPT);
      if (wanted) return;
      history = recordEnd(history, now);
      const next = planRestart(history, now);
      parked = next.kind === "park";
      nextStartAt = next.kind === "start" ? clock.now() + next.afterMs : null;
    },
    forgetWait() {
      nextStartAt = null;
      parked = false;
    },
    forgive() {
      history = NEVER_STARTED;
      parked = false;
    },
    status: () => (parked ? "parked" : nextStartAt === null ? "stopped" : "waiting"),
    state: () => ({
      nextStartAt: nextStartAt === null ? null : new Date(nextStartAt).toISOString(),
      exits: [...exits],
      starts: starts.filter((at) => at > clock.now() - STARTS_SHOWN_MS),
    }),
  };
}
