import { join } from "node:path";
import type { Manifest } from "../../contract/manifest.ts";
import type { PluginProcess, ProcessCommand } from "../../contract/process.ts";
import { abortable } from "../../async/abortable.ts";
import type { Clock } from "../../core/clock.ts";
import { ADDED_VARIABLES, INHERITED_VARIABLES } from "../../core/command.ts";
import { diffInventories } from "../../core/inventory.ts";
import type { PluginRecord, ProcessDecision, ProcessStore } from "../../data/data.ts";
import type { Log } from "../../log.ts";
import { createRedaction, type Redaction } from "../../transport/redaction.ts";
import { LONG_LINE } from "../../transport/spellings.ts";
import type { CreateClient } from "../connection/client-factory.ts";
import { startGuardian, type Guardian } from "./child-process.ts";
import { createCommandLooks } from "../approval/command-inspector.ts";
import { toConsent } from "../approval/command-approval.ts";
import { isCovered, type CommandLook } from "../approval/command-fingerprint.ts";
import { openProcessLog, type ProcessLog } from "./process-log.ts";
import { findLivingRuns, findRun, killRun, readProcess } from "./process-tree.ts";
import { createSupervised, type Supervised } from "./managed-process.ts";
import { toFailure } from "../failure.ts";

/** A log that is still being opened at the end is waited for so long, ms. */
const OPEN_MS = 2_000;

export interface SupervisorOptions {
  processes: ProcessStore;
  clock: Clock;
  log: Log;
  /** `LOOM_ALLOW_PROCESSES=true`. */
  allowed: boolean;
  /** The console's own environment, of which processes get a few names. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Where the output of processes is kept; one folder each. */
  logDirectory: string;
  /** Path of `guardian.mjs`. */
  guardianScript: string;
}

/** Everything about processes that concerns more than one plugin. */
export interface Supervisor {
  readonly allowed: boolean;
  /** Keeps the process of one plugin. `record` is asked anew at every start. */
  supervise(
    record: () => PluginRecord,
    onEnd: Parameters<typeof createSupervised>[0]["onEnd"],
  ): Promise<Supervised>;
  /** What would run at this moment. Throws why nothing can. */
  look(record: PluginRecord): Promise<CommandLook>;
  /** What would run, what was approved, and what runs. */
  describe(record: PluginRecord, supervised: Supervised | null): Promise<PluginProcess>;
  /** The output of one plugin's process, from earlier runs of the console too. */
  logOf(pluginId: string): Promise<ProcessLog>;
  /** Takes these secrets out of everything the plugin's process writes from now on. */
  conceal(pluginId: string, secrets: readonly string[]): void;
  /** Removes everything kept about the process of a plugin that is gone. */
  forget(pluginId: string): Promise<void>;
  /** Ends what an earlier console left running. Call before anything is started. */
  cleanUp(): Promise<void>;
  /** Ends the guardian, and waits a few seconds for the logs. Call after every process has been stopped. */
  close(): Promise<void>;
}

/** Clients that tell the supervisor, too, which secrets must not be seen. */
export function overhear(createClient: CreateClient, conceal: Supervisor["conceal"]): CreateClient {
  return (target, context) => {
    const client = createClient(target, context);
    const { pluginId } = context;
    if (pluginId === null) return client;
    return {
      ...client,
      conceal(secrets) {
        client.conceal(secrets);
        conceal(pluginId, secrets);
      },
    };
  };
}

/** True for a plugin that the console starts itself. */
export function hasProcess({ manifest }: PluginRecord): boolean {
  return manifest.command !== undefined && manifest.type !== "builtin";
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { processes, clock, log, allowed } = options;
  const logs = new Map<string, Promise<ProcessLog>>();
  const redactions = new Map<string, Redaction>();
  const looks = createCommandLooks(clock, options.environment["PATH"] ?? "");
  let guardian: Guardian | null = null;

  function redactionOf(pluginId: string): Redaction {
    const redaction = redactions.get(pluginId) ?? createRedaction([]);
    redactions.set(pluginId, redaction);
    return redaction;
  }

  function logOf(pluginId: string): Promise<ProcessLog> {
    const directory = join(options.logDirectory, pluginId);
    const redact = redactionOf(pluginId).text;
    const opened = logs.get(pluginId) ?? openProcessLog({ directory, clock, log, redact });
    logs.set(pluginId, opened);
    return opened;
  }

  async function endLog(pluginId: string, opening: Promise<ProcessLog>): Promise<void> {
    const deadline = clock.deadline(OPEN_MS);
    try {
      const lines = await (await abortable(opening, deadline.signal)).flush();
      if (lines > 0) log.warn({ pluginId, lines }, "the last lines of a plugin's log did not reach the disk");
    } catch (error) {
      log.warn({ err: error, pluginId }, "a plugin's log could not be opened");
    } finally {
      deadline.clear();
    }
  }

  async function describeCommand(record: PluginRecord, approval: ProcessDecision["approval"]) {
    try {
      const { command, coverage, inventory } = await looks.recent(record);
      const approved = approval !== null && isCovered(command, approval.command);
      const before = approved ? undefined : approval?.inventory();
      const changes = before?.size ? diffInventories(before, inventory) : null;
      return { command, problem: null, approved, coverage, changes };
    } catch (error) {
      const nothing = { command: null, approved: false, coverage: null, changes: null };
      return { ...nothing, problem: toFailure(error, log) };
    }
  }

  return {
    allowed,
    logOf,
    look: (record) => looks.now(record),
    // A secret of several lines is written in as many.
    conceal: (pluginId, secrets) =>
      redactionOf(pluginId).conceal(secrets.flatMap((secret) => [secret, ...shortLines(secret)])),
    async supervise(record, onEnd) {
      const { id } = record();
      return createSupervised({
        ...{ clock, log, onEnd },
        environment: inherit(options.environment),
        output: await logOf(id),
        guardian: () => (guardian ??= startGuardian(options.guardianScript)),
        runs: { remember: processes.rememberRun, forget: processes.forgetRun },
        command: (how) => looks.now(record(), how),
        endpoint: () => record().endpoint ?? "",
        isCurrent: (command) => isSameProcess(command, record().manifest),
        consent: async (candidate) => toConsent(candidate, await processes.get(id)),
        isRevoked: async () => (await processes.get(id)).approval === null,
      });
    },
    async describe(record, supervised) {
      const { approval, limits } = await processes.get(record.id);
      const found = await describeCommand(record, approval);
      const state = supervised?.state() ?? idleState(await logOf(record.id));
      const known = approval === null ? null : withoutInventory(approval);
      const running = supervised?.running() ?? null;
      const runsApproved = running && known && isCovered(running, known.command);
      return { allowed, ...found, approval: known, runsApproved, limits, ...state };
    },
    async forget(pluginId) {
      looks.forget(pluginId);
      await (await logOf(pluginId)).remove();
      logs.delete(pluginId);
      redactions.delete(pluginId);
    },
    async cleanUp() {
      const runs = await processes.listRuns();
      const living = runs.length === 0 ? new Set<string>() : await findLivingRuns();
      for (const { runId, pid, startTicks } of runs) {
        // The pid may be somebody else's by now: only with the same start time is it the one that was started.
        const isLeader = (await readProcess(pid))?.startTicks === startTicks;
        if (isLeader) log.warn({ pid }, "ending a plugin's process that an earlier console left behind");
        const leader = isLeader ? pid : null;
        if (isLeader || living.has(runId))
          await killRun(leader, runId, { known: await findRun(runId, { leader }) });
        await processes.forgetRun(runId);
      }
    },
    async close() {
      await Promise.all([...logs].map(([pluginId, opening]) => endLog(pluginId, opening)));
      await guardian?.close();
      guardian = null;
    },
  };
}

/** The lines that nobody else takes for a secret by itself. */
function shortLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  return lines.length === 1 ? [] : lines.filter(({ length }) => length < LONG_LINE);
}

function withoutInventory(approval: NonNullable<ProcessDecision["approval"]>): PluginProcess["approval"] {
  const { command, approvedBy, approvedAt } = approval;
  return { command, approvedBy, approvedAt };
}

function idleState(output: ProcessLog): ReturnType<Supervised["state"]> {
  return {
    ...{ status: "stopped", pid: null, startedAt: null, nextStartAt: null },
    ...{ exits: [], usage: [], starts: [], lastErrors: output.lastErrors(50) },
  };
}

/** What the manifest says of it; the bytes of the files count when it is started, not while it runs. */
function isSameProcess(running: ProcessCommand, { command, args = [], env = {} }: Manifest): boolean {
  return isCovered(running, { ...running, command: command ?? "", args, env });
}

function inherit(environment: SupervisorOptions["environment"]): Record<string, string> {
  const inherited = INHERITED_VARIABLES.flatMap((name): Array<[string, string]> => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), ...ADDED_VARIABLES };
}
