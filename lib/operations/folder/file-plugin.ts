import type { AuditChange } from "../../contract/activity.ts";
import type { Finding, Manifest } from "../../contract/manifest.ts";
import type { ManifestChange } from "../../contract/drift.ts";
import { missingRequired } from "../../core/config.ts";
import { diffManifests } from "../../core/manifest-diff.ts";
import type { PluginRecord, Repositories, StoredFile } from "../../data/data.ts";
import { SYSTEM } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import { nowIso, type Context } from "../context.ts";
import type { FileReading } from "./manifest-from-file.ts";
import { getRecord } from "../plugins.ts";
import { followRecord } from "../config/config-migration.ts";

/** A file as it lies there now. `hash` is empty when it could not be read. */
export interface FilePlace {
  path: string;
  folder: string;
  hash: string;
}

/** What a usable file says. */
export type UsableReading = FileReading & { manifest: Manifest };

/** A file that belongs to no plugin yet, and what the plugin will be called. */
export interface NewFile {
  place: FilePlace;
  reading: UsableReading;
  name: string;
}

/** Registers what new files say, all or none; enabled when they say so and need no configuration first. */
export async function registerFiles(context: Context, files: readonly NewFile[]): Promise<PluginRecord[]> {
  const changedAt = nowIso(context.clock);
  const inputs = files.map(({ place, reading, name }) => {
    const { manifest, endpoint, findings } = reading;
    const isComplete = missingRequired(manifest.metadata.config_schema, {}, []).length === 0;
    const desired = manifest.auto_start && isComplete ? ("enabled" as const) : ("disabled" as const);
    return {
      ...{ name, origin: "folder" as const, manifest, findings, endpoint, desired },
      file: { ...place, state: "ok" as const, findings, changedAt },
      healthCheckIntervalSeconds: manifest.health_check_interval,
    };
  });
  return context.data.transaction(async ({ plugins, audit }) => {
    const records = await plugins.createAll(inputs);
    await audit.appendAll(records.flatMap((record) => toRegistrations(context, record)));
    return records;
  });
}

function toRegistrations(context: Context, { id, name, file, endpoint, desired }: PluginRecord) {
  const target = { id, name };
  const changes: AuditChange[] = [{ field: "file", before: null, after: file?.path ?? null }];
  if (endpoint !== null) changes.push({ field: "endpoint", before: null, after: endpoint });
  const registered = toAuditEntry(context, SYSTEM, { action: "plugin.registered", target, changes });
  if (desired === "disabled") return [registered];
  return [registered, toAuditEntry(context, SYSTEM, { action: "plugin.enabled", target })];
}

export interface Reloaded {
  record: PluginRecord;
  /** False when the file says what it said before. */
  isChanged: boolean;
  /** Whether the plugin has to go through its steps again. */
  needsRestart: boolean;
}

/** A file and the plugin it belongs to. */
export interface FileMove {
  pluginId: string;
  place: FilePlace;
  reading: UsableReading;
}

/**
 * Takes over what files say now, all or none, in their order: new content, a new place, or their return. Files may want endpoints that
 * others of them give up. A plugin that was on when its file went is switched on again; nothing else touches the wish. Secrets of
 * another origin are forgotten, values that have become secrets are sealed.
 */
export async function reloadFiles(context: Context, moves: readonly FileMove[]): Promise<Reloaded[]> {
  return context.data.transaction(async (repositories) => {
    const all: Array<FileMove & { before: PluginRecord }> = [];
    for (const move of moves) all.push({ ...move, before: await getRecord(repositories, move.pluginId) });
    // No two plugins have one endpoint at any moment, so everybody leaves before anybody arrives.
    if (all.length > 1)
      for (const { pluginId } of all) await repositories.plugins.update(pluginId, { endpoint: null });
    const reloaded: Reloaded[] = [];
    for (const move of all) reloaded.push(await reload(context, repositories, move.before, move));
    return reloaded;
  });
}

async function reload(
  context: Context,
  repositories: Repositories,
  before: PluginRecord,
  { pluginId, place, reading }: FileMove,
): Promise<Reloaded> {
  const { manifest, endpoint, findings } = reading;
  const differences = diffManifests(before.manifest, manifest);
  const changes: AuditChange[] = [...toFileChanges(before.file, place), ...differences.map(toAuditChange)];
  const isBack = before.file?.resume === true && before.desired === "disabled";
  const record = await repositories.plugins.update(pluginId, {
    ...{ manifest, findings, endpoint },
    file: { ...place, state: "ok", findings, changedAt: nowIso(context.clock) },
    healthCheckIntervalSeconds: manifest.health_check_interval,
    ...(isBack ? { desired: "enabled" } : {}),
  });
  changes.push(...(await followRecord(context, repositories, SYSTEM, before, record)));
  const target = { id: pluginId, name: record.name };
  if (changes.length > 0)
    await repositories.audit.append(
      toAuditEntry(context, SYSTEM, { action: "plugin.reloaded", target, changes }),
    );
  if (isBack)
    await repositories.audit.append(toAuditEntry(context, SYSTEM, { action: "plugin.enabled", target }));
  return { record, isChanged: changes.length > 0, needsRestart: differences.some(isEssential) };
}

/** Keeps the plugin as it is and notes what is wrong with its file. False when that was known already. */
export async function markBroken(
  context: Context,
  pluginId: string,
  place: FilePlace,
  findings: Finding[],
): Promise<boolean> {
  return context.data.transaction(async (repositories) => {
    const record = await getRecord(repositories, pluginId);
    const { file } = record;
    if (file === null) return false;
    const isKnown = file.state === "broken" && JSON.stringify(file.findings) === JSON.stringify(findings);
    if (isKnown && file.hash === place.hash) return false;
    await repositories.plugins.update(pluginId, {
      file: { ...file, ...place, state: "broken", findings, changedAt: nowIso(context.clock) },
    });
    if (file.state === "broken") return true;
    const changes = [{ field: "file", before: file.state, after: "broken" }];
    const target = { id: pluginId, name: record.name };
    await repositories.audit.append(
      toAuditEntry(context, SYSTEM, { action: "plugin.reloaded", target, changes }),
    );
    return true;
  });
}

/** Switches a plugin off whose file is gone, and remembers whether it was on. History stays. Null when that was known. */
export async function markGone(context: Context, pluginId: string): Promise<PluginRecord | null> {
  return context.data.transaction(async (repositories) => {
    const before = await getRecord(repositories, pluginId);
    const { file, desired } = before;
    if (file === null || file.state === "gone") return null;
    const resume = desired === "enabled" || file.resume === true;
    const record = await repositories.plugins.update(pluginId, {
      desired: "disabled",
      file: { ...file, state: "gone", changedAt: nowIso(context.clock), resume },
    });
    const changes: AuditChange[] = [{ field: "file", before: file.path, after: null }];
    if (desired === "enabled") changes.push({ field: "desired", before: "enabled", after: "disabled" });
    const target = { id: pluginId, name: record.name };
    await repositories.audit.append(
      toAuditEntry(context, SYSTEM, { action: "plugin.file_gone", target, changes }),
    );
    return record;
  });
}

function toFileChanges(before: StoredFile | null, { path }: FilePlace): AuditChange[] {
  if (before === null) return [];
  const moved = before.path === path ? [] : [{ field: "file", before: before.path, after: path }];
  const mended = before.state === "ok" ? [] : [{ field: "file state", before: before.state, after: "ok" }];
  return [...moved, ...mended];
}

function toAuditChange({ path, before, after }: ManifestChange): AuditChange {
  return {
    field: path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** What a running plugin need not be told. */
const COSMETIC = /^(health_check_interval|auto_start|metadata\.(name|description|author|homepage|license))$/;

function isEssential({ path }: ManifestChange): boolean {
  return !COSMETIC.test(path);
}
