import type { Finding, Json } from "../../contract/manifest.ts";
import { isSameJson } from "../../core/json-object.ts";
import { findRings } from "../../core/rings.ts";
import type { OwnedFile, PluginRecord } from "../../data/data.ts";
import type { FolderReading } from "../../host/folder/directory-watcher.ts";
import type { Context } from "../context.ts";
import type { FilePlace, UsableReading } from "./file-plugin.ts";
import { toDetached, toTaken } from "./folder-findings.ts";

/** A file whose endpoint another plugin has. */
export interface Blocked {
  found: FolderReading;
  reading: UsableReading;
  place: FilePlace;
  /** The plugin it belongs to; undefined for a new file. */
  owner: Owned | undefined;
  holderId: string;
  conflict: Finding;
}

/** One that has a plugin already, which would move to that endpoint. */
export type Moving = Blocked & { owner: Owned };

/** A plugin and the file it belongs to. */
export type Owned = Pick<OwnedFile, "pluginId" | "endpoint" | "file">;

/** Who stands in the way of a file: a plugin at its endpoint, or the detached one that came from it. Null when nobody does. */
export async function findConflict(
  context: Context,
  reading: UsableReading,
  owner: Owned | undefined,
): Promise<Pick<Blocked, "holderId" | "conflict"> | null> {
  const { endpoint, manifest } = reading;
  if (endpoint === null) {
    const detached = owner ? undefined : await findDetachedBuiltin(context, manifest as Json);
    return detached ? { holderId: detached.id, conflict: toDetached(detached) } : null;
  }
  const holder = await context.data.plugins.findByEndpoint(endpoint);
  if (holder === null || holder.id === owner?.pluginId) return null;
  const isDetached = holder.origin === "folder" && holder.file === null;
  return { holderId: holder.id, conflict: isDetached ? toDetached(holder) : toTaken(holder) };
}

async function findDetachedBuiltin({ data }: Context, manifest: Json): Promise<PluginRecord | undefined> {
  return (await data.plugins.list()).find(
    (record) =>
      record.origin === "folder" && record.file === null && isSameJson(record.manifest as Json, manifest),
  );
}

/** Files that want each other's endpoints: each ring can only move as one. */
export function ringsOf(blocked: Blocked[]): Moving[][] {
  const byPlugin = new Map(blocked.filter(isOwned).map((file) => [file.owner.pluginId, file]));
  const rings = findRings(new Map(Array.from(byPlugin, ([id, { holderId }]) => [id, holderId])));
  return rings.map((ring) => ring.flatMap((id) => byPlugin.get(id) ?? []));
}

function isOwned(file: Blocked): file is Moving {
  return file.owner !== undefined;
}
