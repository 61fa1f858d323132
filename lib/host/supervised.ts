import { randomUUID } from "node:crypto";
import { AppError, isAppError, type ErrorInfo } from "../contract/error.ts";
import type { PluginProcess, ProcessCommand, ProcessExit, ProcessLimits } from "../contract/process.ts";
import type { Clock } from "../core/clock.ts";
import { explainExit, type RawExit } from "../core/exit.ts";
import { NEVER_STARTED, planRestart, recordEnd, recordStart } from "../core/restart.ts";
import type { Log } from "../log.ts";
import { startProcess, type Guardian, type PluginProcess as Running } from "./process.ts";
import { waitForFreePort } from "./free-port.ts";
import type { ProcessLog } from "./process-log.ts";
import { readProcess } from "./process-tree.ts";
import { createUsageMeter } from "./process-usage.ts";

/** A started process answers `/metadata` within this, ms. */
const READY_MS = 60_000;
/** Between two questions whether it is ready, ms. */
const ASK_EVERY_MS = 100;
const ERROR_LINES = 50;
const EXITS_KEPT = 20;
/** Share of its limit that a whole tree may take: the limit itself holds for each process. */
const TREE_FACTOR = 1.5;

/** What an admin agreed to, and the bounds that were set. */
export interface ProcessConsent {
  approved: boolean;
  limits: ProcessLimits;
}

/** Starts remembered on disk, so that what a killed console left behind is found by its mark, its pid and its start time. */
export interface RunMemory {
  /** Before the start with pid 0, then with what was started. */
  remember(run: { pid: number; startTicks: number; runId: string }): Promise<void>;
  forget(runId: string): Promise<void>;
}

export interface SupervisedOptions {
  clock: Clock;
  log: Log;
  environment: Readonly<Record<string, string>>;
  output: ProcessLog;
  guardian: () => Guardian;
  runs: RunMemory;
  /** What would be started now. Throws why nothing can be. */
  command: () => Promise<ProcessCommand>;
  /** False when the manifest says something else by now than what runs. */
  isCurrent: (running: ProcessCommand) => boolean;
  consent: (command: ProcessCommand) => Promise<ProcessConsent>;
  /** It ended by itself, or had to be ended. Not called for a stop. */
  onEnd: (reason: ErrorInfo) => void;
}

/** The process of one plugin, kept in order: started when approved, waited for, explained, ended with everything it started. */
export interface Supervised {
  /**
   * Makes sure that the process runs and answers: starts it unless it does. `ask` asks once who is there. Returns what was learnt.
   * Throws `process_needs_approval`, `process_port_taken`, `process_not_ready` or why it ended.
   */
  ensureReady(ask: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<string>;
  /** Ends it, waits until nothing of it is left. Safe to call when there is none. */
  stop(): Promise<void>;
  /** A person acts: earlier ends no longer count. */
  forgive(): void;
  state(): Pick<
    PluginProcess,
    "status" | "pid" | "startedAt" | "nextStartAt" | "exits" | "usage" | "lastErrors"
  >;
}

/** One start. */
interface Run {
  process: Running;
  command: ProcessCommand;
  limits: ProcessLimits;
  startedAt: number;
  startedMs: number;
  ready: boolean;
  stopping: boolean;
  /** Resolves with the reason once it has ended and was recorded. */
  ended: Promise<ErrorInfo>;
}

export function createSupervised(options: SupervisedOptions): Supervised {
  const { clock, log, output, runs } = options;
  const meter = createUsageMeter(clock);
  const exits: ProcessExit[] = [];
  let history = NEVER_STARTED;
  let run: Run | null = null;
  let nextStartAt: number | null = null;
  let parked = false;

  async function launch(ask: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<Run> {
    const command = await options.command();
    const { approved, limits } = await options.consent(command);
    if (!approved) throw needsApproval(command);
    await waitForFreePort(ask, command, clock, signal);
    const runId = randomUUID();
    // Written before there is anything to find: a console that is killed now is followed by one that looks for this run.
    await remember(options, runId, 0);
    return begin(command, limits, runId);
  }

  function begin(command: ProcessCommand, limits: ProcessLimits, runId: string): Run {
    const startedMs = clock.monotonic();
    history = recordStart(history, startedMs);
    const { environment } = options;
    const onOutput = output.write;
    const child = startProcess({ command, limits, environment, runId, clock, onOutput });
    output.remark(
      `Started ${[command.command, ...command.args].join(" ")}${child.pid === null ? "" : `, pid ${child.pid}`}`,
    );
    const begun: Run = {
      ...{ process: child, command, limits, startedAt: clock.now(), startedMs },
      ...{ ready: false, stopping: false, ended: Promise.resolve({ code: "process_exited", message: "" }) },
    };
    begun.ended = follow(begun, runId);
    run = begun;
    return begun;
  }

  /** From the start to the end of one run. */
  async function follow(begun: Run, runId: string): Promise<ErrorInfo> {
    const { pid } = begun.process;
    const over = new AbortController();
    const remembered = pid === null ? null : remember(options, runId, pid);
    if (pid !== null) {
      options.guardian().add(pid, runId);
      void meter.watch(runId, over.signal, ({ memoryBytes }) => {
        if (memoryBytes > begun.limits.memoryMb * 1_048_576 * TREE_FACTOR) void begun.process.stop("memory");
      });
    }
    const exit = await begun.process.exited;
    over.abort();
    if (pid !== null) options.guardian().remove(pid);
    await remembered;
    await runs.forget(runId).catch(logTrouble(log));
    return recordExit(begun, exit);
  }

  function recordExit(begun: Run, exit: RawExit): ErrorInfo {
    const now = clock.monotonic();
    const reason = explainExit(exit, {
      command: begun.command.command,
      memoryMb: begun.limits.memoryMb,
      stderr: output.lastErrors(ERROR_LINES),
    });
    output.remark(reason.message);
    const { code, signal } = exit;
    const wanted = exit.endedBy === "stop";
    exits.unshift({
      ...{ at: new Date(clock.now()).toISOString(), ranMs: now - begun.startedMs },
      ...{ code, signal, wanted, reason },
    });
    exits.splice(EXITS_KEPT);
    run = null;
    if (wanted) return reason;
    history = recordEnd(history, now);
    const next = planRestart(history, now);
    parked = next.kind === "park";
    nextStartAt = next.kind === "start" ? clock.now() + next.afterMs : null;
    options.onEnd(reason);
    return reason;
  }

  /** Until it answers, ends, or the time is over. */
  async function waitUntilReady(
    begun: Run,
    ask: (signal: AbortSignal) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    const ended = new AbortController();
    void begun.ended.then((reason) => ended.abort(new AppError(reason.code, reason.message, reason)));
    const deadline = clock.deadline(READY_MS);
    const waiting = AbortSignal.any([signal, ended.signal, deadline.signal]);
    try {
      for (;;) {
        if (ended.signal.aborted) throw ended.signal.reason;
        signal.throwIfAborted();
        if (deadline.signal.aborted) throw await giveUp(begun);
        if (await answers(ask, waiting)) break;
        await clock.sleep(ASK_EVERY_MS, waiting);
      }
      begun.ready = true;
    } finally {
      deadline.clear();
    }
  }

  async function giveUp(begun: Run): Promise<AppError> {
    await begun.process.stop("not_ready");
    return new AppError(
      "process_not_ready",
      `${begun.command.command} runs, but did not answer /metadata within ${READY_MS / 1_000} s.`,
      { hint: "Check that it listens on the endpoint of its manifest: its log is on the Logs tab." },
    );
  }

  /** The start that was waited for is here: the end before it explains nothing that happens from now on. */
  function forgetWait(): void {
    nextStartAt = null;
    parked = false;
  }

  async function stop(): Promise<void> {
    forgetWait();
    if (!run) return;
    run.stopping = true;
    const { process, ended } = run;
    await process.stop("stop");
    await ended;
  }

  return {
    async ensureReady(ask, signal) {
      forgetWait();
      if (run && (run.stopping || !options.isCurrent(run.command))) await stop();
      const begun = run ?? (await launch(ask, signal));
      if (begun.ready) return `Runs, pid ${begun.process.pid}`;
      await waitUntilReady(begun, ask, signal);
      const seconds = ((clock.monotonic() - begun.startedMs) / 1_000).toFixed(1);
      return `Started, pid ${begun.process.pid}; it answered after ${seconds} s`;
    },
    stop,
    forgive() {
      history = NEVER_STARTED;
      parked = false;
    },
    state() {
      const iso = (epochMs: number) => new Date(epochMs).toISOString();
      return {
        status: statusOf(run, parked, nextStartAt),
        pid: run?.process.pid ?? null,
        startedAt: run ? iso(run.startedAt) : null,
        nextStartAt: nextStartAt === null ? null : iso(nextStartAt),
        exits: [...exits],
        usage: meter.list(),
        lastErrors: output.lastErrors(ERROR_LINES),
      };
    },
  };
}

function statusOf(run: Run | null, parked: boolean, nextStartAt: number | null): PluginProcess["status"] {
  if (run) return run.stopping ? "stopping" : run.ready ? "running" : "starting";
  if (parked) return "parked";
  return nextStartAt === null ? "stopped" : "waiting";
}

async function answers(
  ask: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await ask(signal);
    return true;
  } catch (error) {
    // An answer that is wrong is the next step's to tell: the process is up.
    return isAppError(error) && !NOT_UP.has(error.code) && !signal.aborted;
  }
}

const NOT_UP: ReadonlySet<string> = new Set([
  "plugin_unreachable",
  "plugin_timeout",
  "plugin_connection_lost",
  "request_aborted",
]);

function needsApproval({ command, args }: ProcessCommand): AppError {
  return new AppError(
    "process_needs_approval",
    `An admin has to approve the command first: ${[command, ...args].join(" ")}`,
    { hint: "The plugin's page shows exactly what would run." },
  );
}

/** Writes a run down; with pid 0 before it has one. What cannot be written runs all the same. */
async function remember(
  { runs, log }: Pick<SupervisedOptions, "runs" | "log">,
  runId: string,
  pid: number,
): Promise<void> {
  const startTicks = pid === 0 ? 0 : (await readProcess(pid))?.startTicks;
  if (startTicks !== undefined) await runs.remember({ pid, startTicks, runId }).catch(logTrouble(log));
}

function logTrouble(log: Log): (error: unknown) => void {
  return (error) => log.warn({ err: error }, "a plugin's process could not be remembered");
}
