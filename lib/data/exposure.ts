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

/** Sensitive fields with a value in clear text, by plugin. Looks for the bare name first: reading JSON is what takes long. */
export async function listExposed(
  client: TransactionClient,
): Promise<Array<{ pluginId: string; fields: string[] }>> {
  const rows = await client.$queryRaw<Array<{ pluginId: string; fields: string }>>`
    WITH Hidden AS MATERIALIZED (
      SELECT Plugin.id AS pluginId, field.value ->> 'name' AS name
      FROM Plugin, json_each(Plugin.manifest, '$.metadata.config_schema') AS field
      WHERE field.value ->> 'sensitive'
    ), Held AS (
      SELECT pluginId, name, held."values" FROM Hidden CROSS JOIN PluginConfig AS held USING (pluginId)
      UNION ALL SELECT pluginId, name, held."values" FROM Hidden CROSS JOIN ConfigRevision AS held USING (pluginId)
    ), Told AS (
      SELECT pluginId, name, told.changes FROM Hidden CROSS JOIN ConfigRevision AS told USING (pluginId)
        WHERE kind <> 'moved'
      UNION ALL SELECT pluginId, name, told.changes FROM Hidden CROSS JOIN AuditEntry AS told ON targetId = pluginId
        WHERE action IN (${ABOUT_VALUES[0]}, ${ABOUT_VALUES[1]})
    ), Shown AS (
      SELECT pluginId, name FROM Held WHERE instr("values", json_quote(name))
        AND EXISTS (SELECT 1 FROM json_each("values") AS one WHERE one.key = name)
      UNION SELECT pluginId, name FROM Told WHERE instr(changes, json_quote(name))
        AND EXISTS (SELECT 1 FROM json_each(changes) AS one
                    WHERE one.value ->> 'field' = name AND one.value ->> 'secret' IS NULL)
    )
    SELECT pluginId, json_group_array(name) AS fields FROM Shown GROUP BY pluginId`;
  return rows.map(({ pluginId, fields }) => ({ pluginId, fields: JSON.parse(fields) as string[] }));
}
