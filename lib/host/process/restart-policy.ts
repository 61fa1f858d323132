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
export class RestartPolicy {
  readonly #clock: Clock;
  readonly #exits: ProcessExit[] = [];
  readonly #starts: number[] = [];
  #history = NEVER_STARTED;
  #nextStartAt: number | null = null;
  #parked = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  started({ startedAt, startedMs }: { startedAt: number; startedMs: number }): void {
    this.#history = recordStart(this.#history, startedMs);
    this.#starts.push(startedAt);
    if (this.#starts.length > STARTS_KEPT) this.#starts.shift();
  }

  /** A wanted end is remembered, and nothing follows from it. */
  ended(startedMs: number, { code, signal, endedBy }: RawExit, reason: ErrorInfo): void {
    const now = this.#clock.monotonic();
    const wanted = endedBy === "stop";
    const at = new Date(this.#clock.now()).toISOString();
    this.#exits.unshift({ at, ranMs: now - startedMs, code, signal, wanted, reason });
    this.#exits.splice(EXITS_KEPT);
    if (wanted) return;
    this.#history = recordEnd(this.#history, now);
    const next = planRestart(this.#history, now);
    this.#parked = next.kind === "park";
    this.#nextStartAt = next.kind === "start" ? this.#clock.now() + next.afterMs : null;
  }

  /** The start that was waited for is here: the end before it explains nothing that happens from now on. */
  forgetWait(): void {
    this.#nextStartAt = null;
    this.#parked = false;
  }

  /** A person acts: earlier ends no longer count. */
  forgive(): void {
    this.#history = NEVER_STARTED;
    this.#parked = false;
  }

  /** While nothing runs. */
  status(): Extract<PluginProcess["status"], "parked" | "waiting" | "stopped"> {
    if (this.#parked) return "parked";
    return this.#nextStartAt === null ? "stopped" : "waiting";
  }

  state(): Pick<PluginProcess, "nextStartAt" | "exits" | "starts"> {
    const oldest = this.#clock.now() - STARTS_SHOWN_MS;
    return {
      nextStartAt: this.#nextStartAt === null ? null : new Date(this.#nextStartAt).toISOString(),
      exits: [...this.#exits],
      starts: this.#starts.filter((at) => at > oldest),
    };
  }
}
