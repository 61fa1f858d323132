import type { AuditChange } from "../contract/activity.ts";
import { AppError } from "../contract/error.ts";
import type { Plugin, PluginPatch } from "../contract/plugin.ts";
import { parseEndpoint } from "../core/address.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { inspectAddress, requireAdmitted, toConsent } from "./address.ts";
import { toAuditEntry, toChanges } from "./audit.ts";
import type { Context } from "./context.ts";
import { getRecord, viewPlugin } from "./plugins.ts";

/**
 * Changes name, endpoint or interval. A secret belongs to scheme, host and port: moving the endpoint to another origin forgets
 * every secret. A running plugin is taken through all steps again at its new endpoint.
 * Throws `not_found`, `name_taken`, `endpoint_taken`, `invalid_url`, `address_forbidden`, `address_needs_approval`.
 */
export async function changePlugin(
  context: Context,
  actor: Actor,
  idOrName: string,
  patch: PluginPatch,
): Promise<Plugin> {
  requirePermission(actor, "plugins:write");
  const before = await getRecord(context.data, idOrName);
  const endpoint =
    patch.endpoint === undefined ? undefined : await admitEndpoint(context, actor, before, patch);
  const { after, isChanged } = await context.data.transaction((repositories) =>
    store(context, repositories, actor, before.id, { ...patch, endpoint }),
  );
  const isMoved = after.endpoint !== before.endpoint;
  if (isChanged && after.desired === "enabled") await context.host.reconcile(after.id, { restart: isMoved });
  return viewPlugin(context, after);
}

async function admitEndpoint(
  context: Context,
  actor: Actor,
  record: PluginRecord,
  { endpoint = "", approveEndpoint }: PluginPatch,
): Promise<string> {
  if (record.endpoint === null) {
    throw new AppError("validation_failed", `${record.name} is built in: it has no address to change.`, {
      field: "endpoint",
    });
  }
  const { url } = parseEndpoint(endpoint);
  requireAdmitted(await inspectAddress(context, actor, url, toConsent(approveEndpoint)), "endpoint");
  return url;
}

async function store(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  id: string,
  patch: {
    name?: string | undefined;
    endpoint: string | undefined;
    healthCheckIntervalSeconds?: number | undefined;
  },
): Promise<{ after: PluginRecord; isChanged: boolean }> {
  const before = await getRecord(repositories, id);
  const wanted = {
    name: patch.name ?? before.name,
    endpoint: patch.endpoint ?? before.endpoint,
    healthCheckIntervalSeconds: patch.healthCheckIntervalSeconds ?? before.healthCheckIntervalSeconds,
  };
  const changes: AuditChange[] = toChanges(before, { ...before, ...wanted }, [
    "name",
    "endpoint",
    "healthCheckIntervalSeconds",
  ]);
  if (changes.length === 0) return { after: before, isChanged: false };
  if (before.endpoint && wanted.endpoint && originOf(before.endpoint) !== originOf(wanted.endpoint)) {
    const dropped = await repositories.configs.dropSecrets(id);
    changes.push(...dropped.map((field): AuditChange => ({ field, secret: "cleared" })));
  }
  const manifest = wanted.endpoint ? { ...before.manifest, endpoint: wanted.endpoint } : before.manifest;
  const after = await repositories.plugins.update(id, { ...wanted, manifest });
  const target = { id, name: after.name };
  await repositories.audit.append(
    toAuditEntry(context, actor, { action: "plugin.changed", target, changes }),
  );
  return { after, isChanged: true };
}

/** Scheme, host and port; `URL.origin` is "null" for grpc addresses. */
function originOf(endpoint: string): string {
  const { protocol, host } = new URL(endpoint);
  return `${protocol}//${host}`;
}
