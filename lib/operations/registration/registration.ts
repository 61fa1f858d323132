import { AppError } from "../../contract/error.ts";
import type { Finding } from "../../contract/manifest.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginCreate } from "../../contract/registration.ts";
import { toConfigChanges } from "../../core/revision.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { Authorized } from "../actor.ts";
import { requireAdmitted } from "../address/address-consent.ts";
import { toAuditEntry } from "../audit.ts";
import type { RegistrationCandidate } from "./candidate.ts";
import type { Context } from "../context.ts";
import { getRecord, listMissingConfig, viewPlugin } from "../plugins.ts";
import { findAmbiguousType, suggestName } from "./preview.ts";
import { readRegistrationSource } from "./registration-source.ts";
import { reconcileLater } from "../plugin-lifecycle.ts";

type NewRecord = Omit<PluginRecord, "id" | "createdAt" | "updatedAt">;

/**
 * Registers a plugin. With `auto_start` and a complete configuration it is enabled at once. Throws what `readRegistrationSource` throws, and
 * `address_forbidden`, `address_needs_approval`, `invalid_manifest` (findings in `details`), `name_taken`, `endpoint_taken`.
 */
export async function registerPlugin(
  context: Context,
  actor: Authorized<"plugins:write">,
  source: PluginCreate,
): Promise<Plugin> {
  const candidate = await readRegistrationSource(context, actor, source);
  const record = await storePlugin(context, actor, candidate, source.name);
  if (record.desired === "enabled") reconcileLater(context, record.id);
  return viewPlugin(context, record);
}

async function storePlugin(
  context: Context,
  actor: Authorized<"plugins:write">,
  candidate: RegistrationCandidate,
  name?: string,
): Promise<PluginRecord> {
  // A preset's address is only a first value of the configuration: the plugin waits for consent when it is enabled.
  if (candidate.address && candidate.origin !== "builtin")
    requireAdmitted(candidate.address, candidate.field);
  const manifest = requireManifest(candidate);
  return context.data.transaction(async (repositories) => {
    const input: NewRecord = {
      name: name ?? (await suggestName(repositories, candidate.preset?.title ?? manifest.metadata.name)),
      origin: candidate.origin,
      manifest,
      file: null,
      findings: [
        ...candidate.findings,
        ...findAmbiguousType(candidate, await repositories.plugins.list(), context.host.builtinNames()),
      ],
      endpoint: candidate.endpoint,
      desired: "disabled",
      healthCheckIntervalSeconds: manifest.health_check_interval,
    };
    const record = await repositories.plugins.create(input);
    const target = { id: record.id, name: record.name };
    const values = candidate.preset?.values ?? {};
    if (candidate.preset) {
      const origin = context.host.secretOrigins.originOf(record, values);
      const changes = toConfigChanges({}, values, {}, new Set());
      const revision = { kind: "saved" as const, restoredFrom: null, note: null, changes };
      const write = { version: 0, values, secrets: {}, changedBy: actor.name, origin, revision };
      await repositories.configs.save(record.id, write);
    }
    const changes = [
      ...(record.endpoint === null ? [] : [{ field: "endpoint", before: null, after: record.endpoint }]),
      ...Object.entries(values).map(([field, after]) => ({ field, before: null, after })),
    ];
    await repositories.audit.append(
      toAuditEntry(context, actor, { action: "plugin.registered", target, changes }),
    );
    if (!manifest.auto_start || (await listMissingConfig(context, repositories, record)).length > 0)
      return record;
    await repositories.audit.append(toAuditEntry(context, actor, { action: "plugin.enabled", target }));
    return repositories.plugins.update(record.id, { desired: "enabled" });
  });
}

function requireManifest({ manifest, findings, field }: RegistrationCandidate) {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (manifest && errors.length === 0) return manifest;
  const [first] = errors;
  throw new AppError("invalid_manifest", first ? describe(first) : "This could not be read as a manifest.", {
    field,
    ...(first?.fix === undefined ? {} : { hint: first.fix }),
    issues: errors.map((finding) => ({ path: finding.path, message: describe(finding) })),
    details: { findings },
  });
}

function describe({ line, column, message }: Finding): string {
  return line === undefined ? message : `Line ${line}, column ${column ?? 1}: ${message}`;
}

/**
 * Removes a plugin with everything stored about it; the audit trail stays. Succeeds whatever the plugin does:
 * the record goes first, then the host drains and disconnects. Throws `not_found`, and `file_owned` while a file of a watched
 * folder would bring it back.
 */
export async function removePlugin(
  context: Context,
  actor: Authorized<"plugins:write">,
  idOrName: string,
): Promise<void> {
  const id = await context.data.transaction(async (repositories) => {
    const record = await getRecord(repositories, idOrName);
    requireRemovable(record);
    await repositories.plugins.remove(record.id);
    await repositories.audit.append(
      toAuditEntry(context, actor, {
        action: "plugin.removed",
        target: { id: record.id, name: record.name },
      }),
    );
    return record.id;
  });
  reconcileLater(context, id);
}

function requireRemovable({ name, file }: PluginRecord): void {
  if (file === null || file.state === "gone") return;
  throw new AppError("file_owned", `${name} comes from the file ${file.path}, which would bring it back.`, {
    hint: "Remove that file and reload the folders. Or detach the plugin from its file first.",
    details: { path: file.path },
  });
}
