import { AppError } from "../contract/error.ts";
import type { LogLine, PluginProcess, ProcessCommand, ProcessLimits } from "../contract/process.ts";
import { parseEndpoint } from "../core/address.ts";
import { isSameJson } from "../core/json-object.ts";
import type { PluginRecord } from "../data/data.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { inspectAddress } from "./address.ts";
import { toAuditEntry, toChanges } from "./audit.ts";
import { nowIso, type Context } from "./context.ts";
import { getRecord } from "./plugins.ts";
import { reconcileLater } from "./switching.ts";

/** The process of a plugin whose manifest has a command. Throws `not_found` for one without. */
export async function getProcess(context: Context, actor: Actor, idOrName: string): Promise<PluginProcess> {
  requirePermission(actor, "plugins:read");
  return requireProcess(context, await getRecord(context.data, idOrName));
}

async function requireProcess(context: Context, record: PluginRecord): Promise<PluginProcess> {
  const process = await context.host.process(record);
  if (process) return process;
  throw new AppError("not_found", `${record.name} is not started by the console.`, {
    hint: "Only plugins whose manifest has a command have a process of their own here.",
  });
}

/**
 * An admin agrees to run exactly `command`, which is what they were shown, and with it to connect to the endpoint where it will
 * listen. An enabled plugin is started with it at once. Throws `conflict` when what would run is something else by now, and `not_found`.
 */
export async function approveProcess(
  context: Context,
  actor: Actor,
  idOrName: string,
  command: ProcessCommand,
): Promise<PluginProcess> {
  requirePermission(actor, "settings:write");
  const record = await getRecord(context.data, idOrName);
  const { command: present, problem, approval } = await requireProcess(context, record);
  if (!present || !isSameJson(present, command)) {
    throw new AppError("conflict", "What would run has changed since it was shown.", {
      hint: problem?.message ?? "Look at it again, then approve.",
    });
  }
  await context.data.transaction(async (repositories) => {
    const [approvedBy, approvedAt] = [actor.name, nowIso(context.clock)];
    await repositories.processes.approve(record.id, { command, approvedBy, approvedAt });
    await repositories.audit.append(
      toAuditEntry(context, actor, {
        action: "process.approved",
        target: { id: record.id, name: record.name },
        changes: toChanges<Partial<ProcessCommand>>(approval?.command ?? {}, command, [
          ...(["executable", "args", "env", "workingDirectory", "digest"] as const),
        ]),
      }),
    );
  });
  // It listens on this machine. Any other address is a question of its own, which nobody was asked here.
  if (isLoopback(record.endpoint)) await inspectAddress(context, actor, record.endpoint, { given: true });
  if (record.desired === "enabled") reconcileLater(context, record.id);
  return requireProcess(context, record);
}

function isLoopback(endpoint: string | null): endpoint is string {
  return endpoint !== null && /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(parseEndpoint(endpoint).host);
}

/** Bounds of the process; they hold from its next start. */
export async function setProcessLimits(
  context: Context,
  actor: Actor,
  idOrName: string,
  limits: ProcessLimits,
): Promise<PluginProcess> {
  requirePermission(actor, "plugins:write");
  const record = await getRecord(context.data, idOrName);
  await requireProcess(context, record);
  await context.data.transaction(async (repositories) => {
    const before = (await repositories.processes.get(record.id)).limits;
    await repositories.processes.setLimits(record.id, limits);
    await repositories.audit.append(
      toAuditEntry(context, actor, {
        action: "process.limits_changed",
        target: { id: record.id, name: record.name },
        changes: toChanges(before, limits, ["memoryMb", "openFiles"]),
      }),
    );
  });
  return requireProcess(context, record);
}

/** Which lines of a log: the newest `limit` of those after `after`, at least as bad as `stream`, that contain `text`. */
export interface LogSearch {
  after?: number | undefined;
  limit: number;
  stream?: LogLine["stream"] | undefined;
  text?: string | undefined;
}

/** The output of a plugin's process, oldest first. A search looks at everything kept, a tail at the newest lines. */
export async function listLog(
  context: Context,
  actor: Actor,
  idOrName: string,
  { after, limit, stream, text }: LogSearch,
): Promise<LogLine[]> {
  requirePermission(actor, "plugins:read");
  const output = await requireLog(context, idOrName);
  const isSearch = stream !== undefined || text !== undefined;
  const lines = isSearch ? await output.readAll() : output.list({ after, limit });
  const wanted = text?.toLowerCase();
  return lines
    .filter((line) => line.seq > (after ?? -1))
    .filter((line) => stream === undefined || line.stream === stream)
    .filter((line) => wanted === undefined || line.text.toLowerCase().includes(wanted))
    .slice(-limit);
}

/** New lines as they come, in batches, after those a tail begins with. Ends when `signal` aborts. */
export async function* followLog(
  context: Context,
  actor: Actor,
  idOrName: string,
  { after, signal }: { after?: number | undefined; signal: AbortSignal },
): AsyncGenerator<LogLine[], void, void> {
  requirePermission(actor, "plugins:read");
  const output = await requireLog(context, idOrName);
  const waiting: LogLine[] = [...output.list({ after, limit: TAIL_LINES })];
  let wake: () => void = () => undefined;
  const stop = output.follow((lines) => {
    waiting.push(...lines);
    // A reader who cannot keep up gets the newest.
    if (waiting.length > TAIL_LINES) waiting.splice(0, waiting.length - TAIL_LINES);
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      if (waiting.length > 0) yield waiting.splice(0);
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
}

const TAIL_LINES = 1_000;

async function requireLog(context: Context, idOrName: string) {
  const record = await getRecord(context.data, idOrName);
  const output = await context.host.processLog(record.id);
  if (output) return output;
  throw new AppError("not_found", "This console keeps no logs of processes.");
}
