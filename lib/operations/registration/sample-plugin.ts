import type { AuditStore } from "../../data/data.ts";
import { SYSTEM } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import type { Context } from "../context.ts";
import { toBuiltinManifest } from "./registration-source.ts";

const BUILTIN = "eliza";
const NAME = "ELIZA";

/**
 * Registers the plugin in the box and switches it on, once in the life of a database: a console that ever had a plugin never
 * gets it again. Call before `host.start()`, which then starts it.
 */
export async function ensureSample(context: Context): Promise<void> {
  const { data, host } = context;
  const metadata = host.builtinMetadata(BUILTIN);
  if (!metadata || (await data.plugins.list()).length > 0 || (await hadPlugins(data.audit))) return;
  const manifest = toBuiltinManifest(metadata);
  await data.transaction(async (repositories) => {
    const record = await repositories.plugins.create({
      name: NAME,
      origin: "builtin",
      manifest,
      file: null,
      findings: [],
      endpoint: null,
      desired: "enabled",
      healthCheckIntervalSeconds: manifest.health_check_interval,
    });
    const target = { id: record.id, name: NAME };
    await repositories.audit.append(toAuditEntry(context, SYSTEM, { action: "plugin.registered", target }));
    await repositories.audit.append(toAuditEntry(context, SYSTEM, { action: "plugin.enabled", target }));
  });
}

/** The audit trail outlives what it tells of. */
async function hadPlugins(audit: AuditStore): Promise<boolean> {
  let cursor: string | undefined;
  for (;;) {
    const page = await audit.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    if (page.some(({ action }) => action === "plugin.registered")) return true;
    cursor = page.at(-1)?.id;
    if (cursor === undefined) return false;
  }
}
