import { AppError } from "../contract/error.ts";
import type { Manifest, Metadata } from "../contract/manifest.ts";
import type { DriftAccept } from "../contract/drift.ts";
import type { Plugin } from "../contract/plugin.ts";
import type { AuditChange } from "../contract/activity.ts";
import { diffManifests } from "../core/manifest-diff.ts";
import type { PluginRecord, Repositories } from "../data/data.ts";
import { findingsOf } from "../intake/metadata.ts";
import { requirePermission, type Actor } from "./actor.ts";
import { toAuditEntry } from "./audit.ts";
import { requireBound } from "./config/secret-binding.ts";
import type { Context } from "./context.ts";
import { getRecord, viewPlugin } from "./plugins.ts";
import { followRecord } from "./config/config-migration.ts";
import { readStored } from "./config/stored-config.ts";

/**
 * Takes over what the plugin says about itself now. Values of fields that are gone stay under their names; values of fields that
 * have become sensitive go into the secret box. An enabled plugin is taken through all steps again. Throws `conflict` when the plugin
 * says something else by now, `file_owned` for a plugin whose manifest is a file, `invalid_manifest`, and `secrets_bound` when another
 * default would take the plugin, and its secrets, elsewhere.
 */
export async function acceptDrift(
  context: Context,
  actor: Actor,
  idOrName: string,
  { drift }: DriftAccept,
): Promise<Plugin> {
  requirePermission(actor, "plugins:write");
  const record = await getRecord(context.data, idOrName);
  requireNoFile(record);
  const { reported } = context.host.status(record.id);
  if (reported?.id !== drift) throw outdated(record);
  const metadata = requireUsable(record, reported.metadata);
  const after = await context.data.transaction((repositories) =>
    adopt(context, repositories, actor, record.id, metadata),
  );
  if (after.desired === "enabled") await context.host.reconcile(after.id, { restart: true });
  return viewPlugin(context, after);
}

async function adopt(
  context: Context,
  repositories: Repositories,
  actor: Actor,
  id: string,
  metadata: Metadata,
): Promise<PluginRecord> {
  const before = await getRecord(repositories, id);
  requireNoFile(before);
  const manifest: Manifest = { ...before.manifest, metadata };
  const stored = await readStored(context, repositories, before);
  requireBound(context, { ...before, manifest }, stored, stored.values, {});
  const after = await repositories.plugins.update(id, { manifest, findings: findingsOf(metadata) });
  const changes = diffManifests(before.manifest, manifest).map(
    ({ path, before: was, after: now }): AuditChange => ({
      field: path,
      ...(was === undefined ? {} : { before: was }),
      ...(now === undefined ? {} : { after: now }),
    }),
  );
  await repositories.audit.append(
    toAuditEntry(context, actor, {
      action: "plugin.drift_accepted",
      target: { id, name: after.name },
      changes,
    }),
  );
  await followRecord(context, repositories, actor, before, after);
  return after;
}

function requireNoFile({ name, file }: PluginRecord): void {
  if (file === null) return;
  throw new AppError("file_owned", `${name} is described by the file ${file.path}.`, {
    hint: "Change that file instead, or detach the plugin from it first.",
  });
}

function requireUsable({ name }: PluginRecord, metadata: Metadata): Metadata {
  const findings = findingsOf(metadata);
  const [first] = findings.filter(({ severity }) => severity === "error");
  if (!first) return metadata;
  throw new AppError("invalid_manifest", `What ${name} says about itself cannot be used: ${first.message}`, {
    field: first.path,
    hint: first.fix ?? "Put the plugin right, then restart it here.",
    details: { findings },
  });
}

function outdated({ name }: PluginRecord): AppError {
  return new AppError("conflict", `${name} says something else about itself by now, or has not been asked.`, {
    hint: "Load the page again and look at the differences.",
  });
}
