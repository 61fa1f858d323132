import { AppError } from "../../contract/error.ts";
import type { Approval, ApprovalList } from "../../contract/intake.ts";
import type { PluginReference } from "../../contract/registration.ts";
import { formatPlace, parseEndpoint } from "../../core/address.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import { requirePermission, type Actor } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import type { Context } from "../context.ts";
import { refusedPlaceOf } from "./refused-place.ts";
import { reconcileLater } from "../plugin-lifecycle.ts";

/** Every loopback or private address an admin allowed, newest first, with the plugins that live there. */
export async function listApprovals(context: Context, actor: Actor): Promise<ApprovalList> {
  requirePermission(actor, "settings:read");
  const [approvals, records] = await Promise.all([
    context.data.approvals.list(),
    context.data.plugins.list(),
  ]);
  const places = await placesOf(context, records);
  const found = approvals.map((approval): Approval => {
    const id = formatPlace(approval.host, approval.port);
    return { id, ...approval, plugins: records.filter((_, at) => places[at] === id).map(toReference) };
  });
  return { approvals: found.toSorted((a, b) => b.approvedAt.localeCompare(a.approvedAt)) };
}

/**
 * Takes a consent back; `id` is host:port as `listApprovals` spells it. Holds for the next connection, and enabled plugins there
 * are tried again at once, so that their pages say why they stopped. Throws `not_found`.
 */
export async function revokeApproval(context: Context, actor: Actor, id: string): Promise<void> {
  requirePermission(actor, "settings:write");
  const { host, port } = await context.data.transaction(async (repositories) => {
    const approval = await getApproval(repositories, id);
    await repositories.approvals.remove(approval.host, approval.port);
    await repositories.audit.append(
      toAuditEntry(context, actor, { action: "endpoint.revoked", target: { id: null, name: id } }),
    );
    return approval;
  });
  context.approvals.forget(host, port);
  await retryPluginsAt(context, id);
}

async function getApproval({ approvals }: Repositories, id: string): Promise<{ host: string; port: number }> {
  const found = (await approvals.list()).find(({ host, port }) => formatPlace(host, port) === id);
  if (found) return found;
  throw new AppError("not_found", `No connection to ${id.slice(0, 300)} was ever allowed.`, {
    hint: "It may have been revoked already. GET /api/approvals lists those that hold.",
  });
}

/** Whoever is wanted at `place` (host:port) goes through all steps again: what may be contacted there has changed. */
export async function retryPluginsAt(context: Context, place: string): Promise<void> {
  const records = await context.data.plugins.list();
  const places = await placesOf(context, records);
  for (const [at, record] of records.entries()) {
    if (places[at] !== place && refusedPlaceOf(context, record) !== place) continue;
    if (record.desired === "enabled") reconcileLater(context, record.id, { restart: true });
  }
}

/** Where each plugin lives, host:port: at its endpoint, or where the configuration of one in the box says its service is. */
function placesOf({ data, host }: Context, records: PluginRecord[]): Promise<Array<string | null>> {
  const { addressField, originOf } = host.destinations;
  return Promise.all(
    records.map(async (record) => {
      const values = addressField(record) === null ? {} : (await data.configs.get(record.id)).values;
      const origin = originOf(record, values);
      return origin === null ? null : toPlace(origin);
    }),
  );
}

/** Null for what is no address: a configuration may say anything. */
function toPlace(address: string): string | null {
  try {
    const { host, port } = parseEndpoint(address);
    return formatPlace(host, port);
  } catch {
    return null;
  }
}

function toReference({ id, name, endpoint }: PluginRecord): PluginReference {
  return { id, name, endpoint };
}
