import { z } from "zod";
import { AuditChange } from "../contract/activity.ts";
import { ConfigRevision, REVISIONS_KEPT, REVISIONS_LENGTH_KEPT } from "../contract/config-revision.ts";
import { ConfigValues } from "../contract/plugin.ts";
import type { TransactionClient } from "./client.ts";
import type { ConfigRevision as RevisionRow } from "./generated/client.ts";
import type { RevisionInput } from "../core/revision.ts";
import { parseStored } from "./stored-json.ts";

/** Of a write that nobody describes. */
export const PLAIN_SAVE: RevisionInput = { kind: "saved", restoredFrom: null, note: null, changes: [] };

const Changes = z.array(AuditChange);
const Secrets = z.record(z.string(), ConfigRevision.shape.secrets.valueType.omit({ current: true }));
/** The origin of the plugin goes with the secrets; older rows have the secrets alone. */
const Bound = z.union([
  z.tuple([z.string().nullable(), Secrets]).transform(([origin, secrets]) => ({ origin, secrets })),
  Secrets.transform((secrets) => ({ origin: undefined, secrets })),
]);

/** Remembers the configuration as it is now, and forgets the oldest revisions. Call it last in the transaction of the save. */
export async function addRevision(
  transaction: TransactionClient,
  pluginId: string,
  saved: { revision: number; values: ConfigValues; origin: string | null; at: Date; by: string },
  input: RevisionInput,
): Promise<void> {
  const { revision, values, origin, at, by } = saved;
  const secrets = await transaction.secret.findMany({
    where: { pluginId },
    select: { field: true, since: true, reference: true, origin: true },
  });
  await transaction.configRevision.create({
    data: {
      pluginId,
      revision,
      savedAt: at,
      savedBy: by,
      kind: input.kind,
      restoredFrom: input.restoredFrom,
      note: input.note,
      changes: JSON.stringify(input.changes),
      values: JSON.stringify(values),
      secrets: JSON.stringify([
        origin,
        Object.fromEntries(secrets.map(({ field, ...secret }) => [field, secret])),
      ]),
    },
  });
  await forgetOld(transaction, pluginId, revision);
}

/** The newest one, and the one it can be compared with, stay however large they are. */
async function forgetOld(transaction: TransactionClient, pluginId: string, newest: number): Promise<void> {
  await transaction.configRevision.deleteMany({
    where: { pluginId, revision: { lte: newest - REVISIONS_KEPT } },
  });
  await transaction.$executeRaw`
    DELETE FROM ConfigRevision WHERE pluginId = ${pluginId} AND revision < ${newest - 1} AND revision IN (
      SELECT revision FROM (
        SELECT revision, sum(length("values") + length(changes) + length(secrets)) OVER (ORDER BY revision DESC) AS total
        FROM ConfigRevision WHERE pluginId = ${pluginId}
      ) WHERE total > ${REVISIONS_LENGTH_KEPT}
    )`;
}

/** Newest first. */
export async function listRevisions(client: TransactionClient, pluginId: string): Promise<ConfigRevision[]> {
  const [rows, secrets] = await Promise.all([
    client.configRevision.findMany({
      where: { pluginId },
      orderBy: { revision: "desc" },
      take: REVISIONS_KEPT,
    }),
    client.secret.findMany({ where: { pluginId }, select: { field: true, since: true } }),
  ]);
  const current = new Map(secrets.map(({ field, since }) => [field, since]));
  return rows.map((row) => toRevision(row, current));
}

/** Takes values that have become secrets out of every revision: they were plain until now. */
export async function scrubRevisions(
  transaction: TransactionClient,
  pluginId: string,
  hidden: ReadonlySet<string>,
): Promise<void> {
  for (const row of await transaction.configRevision.findMany({ where: { pluginId } })) {
    const { values, changes } = toRevision(row, new Map());
    await transaction.configRevision.update({
      where: { pluginId_revision: { pluginId, revision: row.revision } },
      data: {
        values: JSON.stringify(
          Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.has(name))),
        ),
        // What moved holds no value, but where from and where to.
        ...(row.kind === "moved" ? {} : { changes: JSON.stringify(hideChanges(changes, hidden)) }),
      },
    });
  }
}

/** The changes, those of hidden fields by a word. */
export function hideChanges(changes: readonly AuditChange[], hidden: ReadonlySet<string>): AuditChange[] {
  return changes.map((change) => (hidden.has(change.field) ? toHiddenChange(change) : change));
}

function toHiddenChange({ field, before, after, secret }: AuditChange): AuditChange {
  if (secret !== undefined) return { field, secret };
  return { field, secret: after === undefined ? "cleared" : before === undefined ? "set" : "changed" };
}

function toRevision(row: RevisionRow, current: ReadonlyMap<string, number>): ConfigRevision {
  const what = `revision ${row.revision} of a configuration`;
  const { origin, secrets } = parseStored(Bound, row.secrets, what);
  return {
    revision: row.revision,
    savedAt: row.savedAt.toISOString(),
    savedBy: row.savedBy,
    kind: ConfigRevision.shape.kind.parse(row.kind),
    restoredFrom: row.restoredFrom,
    note: row.note,
    changes: parseStored(Changes, row.changes, what),
    values: parseStored(ConfigValues, row.values, what),
    ...(origin === undefined ? {} : { origin }),
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, secret]) => [
        name,
        { ...secret, current: current.get(name) === secret.since },
      ]),
    ),
  };
}
