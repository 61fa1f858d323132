import type { AuditChange } from "../contract/activity.ts";
import { AppError } from "../contract/error.ts";
import type { Plugin } from "../contract/plugin.ts";
import type { PluginPatch } from "../contract/registration.ts";
import { parseEndpoint } from "../core/address.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { toAuditEntry, toChanges } from "./audit.ts";
import type { Context } from "./context.ts";
import { admitMove, isOtherOrigin, requireReleasedSecrets } from "./address/endpoint-change.ts";
import { getRecord, viewPlugin } from "./plugins.ts";
import { followRecord } from "./config/config-migration.ts";

type Wanted = Pick<PluginPatch, "name" | "endpoint" | "healthCheckIntervalSeconds" | "dropSecrets">;

/**
 * Changes name, endpoint or interval; history stays. A secret belongs to scheme, host and port: an endpoint of another origin is
 * taken only with `dropSecrets`, and then forgets them; the move is a revision of the configuration. A running plugin is taken through all steps again at its new endpoint.
 * Throws `not_found`, `name_taken`, `endpoint_taken`, `invalid_url`, `address_forbidden`, `address_needs_approval`, `file_owned`,
 * `secrets_bound` and `plugin_identity_mismatch`.
 */
export async function changePlugin(
  context: Context,
  actor: Actor,
  idOrName: string,
  patch: PluginPatch,
): Promise<Plugin> {
  requirePermission(actor, "plugins:write");
  const before = await getRecord(context.data, idOrName);
  const wanted: Wanted = { ...patch, endpoint: toEndpoint(before, patch) };
  requireOwned(before, wanted);
  await admitMove(context, actor, before, wanted.endpoint, patch);
  const { after, isChanged } = await context.data.transaction((repositories) =>
    store(context, repositories, actor, before.id, wanted),
  );
  const isMoved = after.endpoint !== before.endpoint;
  if (isChanged && after.desired === "enabled") await context.host.reconcile(after.id, { restart: isMoved });
  return viewPlugin(context, after);
}

/** The wanted endpoint, normalised; undefined when none was named. */
function toEndpoint(
  { name, endpoint: current, manifest }: PluginRecord,
  patch: PluginPatch,
): string | undefined {
  if (patch.endpoint === undefined) return undefined;
  if (current === null) {
    throw new AppError("validation_failed", `${name} is built in: it has no address to change.`, {
      field: "endpoint",
    });
  }
  const { url } = parseEndpoint(patch.endpoint);
  if (/^grpc/.test(url) === (manifest.type === "grpc")) return url;
  const schemes = manifest.type === "grpc" ? "grpc:// or grpcs://" : "http:// or https://";
  throw new AppError("invalid_url", `${name} speaks ${manifest.type}: its address starts with ${schemes}.`, {
    field: "endpoint",
    hint: "Register a plugin that speaks another protocol as one of its own.",
  });
}

/** What a manifest file says is changed in the file. Throws `file_owned`. */
function requireOwned(record: PluginRecord, wanted: Wanted): void {
  const { file, name } = record;
  if (file === null) return;
  const fields = ["endpoint", "healthCheckIntervalSeconds"] as const;
  const field = fields.find((key) => wanted[key] !== undefined && wanted[key] !== record[key]);
  if (field === undefined) return;
  const what = field === "endpoint" ? "address" : "check interval";
  throw new AppError("file_owned", `The ${what} of ${name} is written in ${file.path}.`, {
    field,
    hint: "Change it in that file: the console takes it over by itself. Or detach the plugin from its file first.",
    details: { path: file.path },
  });
}

async function store(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  id: string,
  { dropSecrets, ...patch }: Wanted,
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
  if (isOtherOrigin(before.endpoint, wanted.endpoint))
    await requireReleasedSecrets(context, repositories, before, dropSecrets);
  const manifest = wanted.endpoint ? { ...before.manifest, endpoint: wanted.endpoint } : before.manifest;
  const after = await repositories.plugins.update(id, { ...wanted, manifest });
  changes.push(...(await followRecord(context, repositories, actor, before, after)));
  const target = { id, name: after.name };
  await repositories.audit.append(
    toAuditEntry(context, actor, { action: "plugin.changed", target, changes }),
  );
  return { after, isChanged: true };
}
