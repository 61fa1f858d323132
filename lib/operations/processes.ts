import type { AuditChange } from "../contract/activity.ts";
import { AppError, isAppError } from "../contract/error.ts";
import type { PluginProcess, ProcessCommand, ProcessLimits } from "../contract/process.ts";
import type { Inventory } from "../core/inventory.ts";
import { isSameJson } from "../core/json-object.ts";
import { isLoopback } from "../core/listening.ts";
import type { PluginRecord } from "../data/data.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { inspectAddress } from "./address/address-consent.ts";
import { toAuditEntry, toChanges } from "./audit.ts";
import { nowIso, type Context } from "./context.ts";
import { getRecord } from "./plugins.ts";
import { reconcileLater } from "./plugin-lifecycle.ts";

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
 * listen. An enabled plugin is started with it at once; one that goes on because its restart waited for this is restarted. Throws `conflict` when what would run is something else by now, and `not_found`.
 */
export async function approveProcess(
  context: Context,
  actor: Actor,
  idOrName: string,
  command: ProcessCommand,
): Promise<PluginProcess> {
  requirePermission(actor, "settings:write");
  const record = await getRecord(context.data, idOrName);
  const before = await requireProcess(context, record);
  const inventory = await requirePresent(context, record, command);
  await context.data.transaction(async (repositories) => {
    const [approvedBy, approvedAt] = [actor.name, nowIso(context.clock)];
    await repositories.processes.approve(record.id, { command, inventory, approvedBy, approvedAt });
    const target = { id: record.id, name: record.name };
    const changes = toApprovalChanges(before, command);
    await repositories.audit.append(
      toAuditEntry(context, actor, { action: "process.approved", target, changes }),
    );
  });
  await approveItsAddress(context, actor, record);
  const anew = waitsForProcess(context, record);
  if (record.desired === "enabled") reconcileLater(context, record.id, { restart: anew, process: anew });
  return requireProcess(context, record);
}

/** True when its start, or its restart beside what runs, failed at the process: that is what the approval was given for. */
function waitsForProcess({ host }: Context, { id }: PluginRecord): boolean {
  return host.status(id).steps.some(({ name, status }) => name === "process" && status === "failed");
}

/** The files of what would run at this moment, if that is `command`. */
async function requirePresent(
  context: Context,
  record: PluginRecord,
  command: ProcessCommand,
): Promise<Inventory> {
  const conflict = (hint: string) =>
    new AppError("conflict", "What would run has changed since it was shown.", { hint });
  const look = await context.host.command(record).catch((error: unknown) => {
    throw isAppError(error) ? conflict(error.message) : error;
  });
  if (look && isSameJson(look.command, command)) return look.inventory;
  throw conflict("Look at it again, then approve.");
}

function toApprovalChanges({ approval, changes }: PluginProcess, command: ProcessCommand): AuditChange[] {
  const names = ["executable", "args", "env", "workingDirectory", "digest"] as const;
  const files = changes === null ? [] : [{ field: "files", before: null, after: changes }];
  return [...toChanges<Partial<ProcessCommand>>(approval?.command ?? {}, command, names), ...files];
}

/**
 * It listens on this machine. Any other address is a question of its own, which nobody was asked here. The command is approved
 * whatever becomes of this: an address that still needs consent is told by the start, which asks for it.
 */
async function approveItsAddress(context: Context, actor: Actor, record: PluginRecord): Promise<void> {
  if (record.endpoint === null || !isLoopback(record.endpoint)) return;
  try {
    await inspectAddress(context, actor, record.endpoint, { given: true });
  } catch (error) {
    context.log.warn(
      { err: error, pluginId: record.id },
      "the address of an approved command is not approved",
    );
  }
}

/**
 * Takes the approval of the command back and ends the process. An enabled plugin is failed then, and says what it needs. Resolves when
 * nothing of the process is left. Throws `not_found` when there was no approval.
 */
export async function revokeProcess(
  context: Context,
  actor: Actor,
  idOrName: string,
): Promise<PluginProcess> {
  requirePermission(actor, "settings:write");
  const record = await getRecord(context.data, idOrName);
  await requireProcess(context, record);
  await context.data.transaction(async (repositories) => {
    const { approval } = await repositories.processes.get(record.id);
    if (!approval || !(await repositories.processes.revoke(record.id))) throw neverApproved(record);
    await repositories.audit.append(
      toAuditEntry(context, actor, {
        action: "process.revoked",
        target: { id: record.id, name: record.name },
        changes: toChanges<Partial<ProcessCommand>>(approval.command, {}, ["executable", "args", "digest"]),
      }),
    );
  });
  await context.host.reconcile(record.id, { restart: true, process: true });
  return requireProcess(context, record);
}

function neverApproved({ name }: PluginRecord): AppError {
  return new AppError("not_found", `No command of ${name} is approved.`, {
    hint: "There is nothing to take back: the console starts nothing for it.",
  });
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
