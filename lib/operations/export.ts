import type { Manifest } from "../contract/manifest.ts";
import type { PluginRecord } from "../data/data.ts";
import { toManifestJson, toManifestYaml } from "../intake/export.ts";
import type { Authorized } from "./actor.ts";
import type { Context } from "./context.ts";
import { getRecord } from "./plugins.ts";

export type ManifestFormat = "yaml" | "json";

const WRITERS = {
  yaml: { write: toManifestYaml, fileName: "plugin.yaml", contentType: "application/yaml; charset=utf-8" },
  json: { write: toManifestJson, fileName: "plugin.json", contentType: "application/json; charset=utf-8" },
} as const;

/** A manifest file to hand out. Holds no secret: configuration is not part of it. */
export interface ManifestFile {
  text: string;
  fileName: string;
  contentType: string;
}

/** The plugin's manifest as a file that this console and Loom can load. Throws `not_found`. */
export async function exportManifest(
  context: Context,
  _actor: Authorized<"plugins:read">,
  idOrName: string,
  format: ManifestFormat,
): Promise<ManifestFile> {
  const record = await getRecord(context.data, idOrName);
  const { write, fileName, contentType } = WRITERS[format];
  return { text: write(toCurrentManifest(record)), fileName, contentType };
}

/** The manifest with the address and interval in use, which may have been changed since it was read. */
export function toCurrentManifest({
  manifest,
  endpoint,
  healthCheckIntervalSeconds,
}: PluginRecord): Manifest {
  const current: Manifest = { ...manifest, health_check_interval: healthCheckIntervalSeconds };
  return endpoint === null ? current : { ...current, endpoint };
}
