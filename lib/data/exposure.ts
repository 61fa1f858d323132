import { z } from "zod";
import { AuditChange, type AuditAction } from "../contract/activity.ts";
import type { TransactionClient } from "./client.ts";
import { hideChanges } from "./revisions.ts";
import { parseStored } from "./stored-json.ts";

/** Activity that tells of values: in all other, a name may mean something else than a field of the configuration. */
const ABOUT_VALUES = ["plugin.config_changed", "plugin.config_restored"] as const satisfies AuditAction[];

/** Takes values that have become secrets out of the activity log: that they were changed is all it goes on saying. */
export async function scrubAudit(
  transaction: TransactionClient,
  pluginId: string,
  hidden: ReadonlySet<string>,
): Promise<void> {
  const rows = await transaction.auditEntry.findMany({
    where: { targetId: pluginId, action: { in: [...ABOUT_VALUES] } },
    select: { id: true, changes: true },
  });
  for (const { id, changes } of rows) {
    const told = parseStored(z.array(AuditChange), changes, `the changes of activity ${id}`);
    const scrubbed = JSON.stringify(hideChanges(told, hidden));
    if (scrubbed === changes) continue;
    await transaction.auditEntry.update({ where: { id }, data: { changes: scrubbed } });
  }
}

/** Sensitive fields with a value in clear text, by plugin. */
export async function listExposed(
  client: TransactionClient,
): Promise<Array<{ pluginId: string; fields: string[] }>> {
  const rows = await client.$queryRaw<Array<{ pluginId: string; fields: string }>>`
    WITH Hidden AS (
      SELECT Plugin.id AS pluginId, field.value ->> 'name' AS name
      FROM Plugin, json_each(Plugin.manifest, '$.metadata.config_schema') AS field
      WHERE field.value ->> 'sensitive'
    ), Shown AS (
      SELECT pluginId, held.key AS name FROM PluginConfig, json_each("values") AS held
      UNION SELECT pluginId, held.key FROM ConfigRevision, json_each("values") AS held
      UNION SELECT pluginId, told.value ->> 'field' FROM ConfigRevision, json_each(changes) AS told
        WHERE kind <> 'moved' AND told.value ->> 'secret' IS NULL
      UNION SELECT targetId, told.value ->> 'field' FROM AuditEntry, json_each(changes) AS told
        WHERE action IN (${ABOUT_VALUES[0]}, ${ABOUT_VALUES[1]}) AND told.value ->> 'secret' IS NULL
    )
    SELECT pluginId, json_group_array(name) AS fields FROM Hidden NATURAL JOIN Shown GROUP BY pluginId`;
  return rows.map(({ pluginId, fields }) => ({ pluginId, fields: JSON.parse(fields) as string[] }));
}
