import { z } from "zod";
import { AuditAction, AuditChange, type AuditEntry } from "../contract/activity.ts";
import type { TransactionClient } from "./client.ts";
import type { AuditStore } from "./data.ts";
import type { AuditEntry as AuditRow } from "./generated/client.ts";
import { parseStored } from "./stored-json.ts";
import { toStoredTime } from "./stored-time.ts";

const Changes = z.array(AuditChange);

/** Row numbers as `list` hands them out; nothing longer fits into the column. */
const CURSOR = /^[1-9]\d{0,8}$/;

function toEntry(row: AuditRow): AuditEntry {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actorId: row.actorId,
    actorName: row.actorName,
    action: AuditAction.parse(row.action),
    targetId: row.targetId,
    targetName: row.targetName,
    changes: parseStored(Changes, row.changes, `the changes of activity ${row.id}`),
    requestId: row.requestId,
  };
}

export function createAuditStore(client: TransactionClient): AuditStore {
  return {
    async append({ at, actorId, actorName, action, targetId, targetName, changes, requestId }) {
      await client.auditEntry.create({
        data: {
          actorId,
          actorName,
          action,
          targetId,
          targetName,
          requestId,
          at: new Date(at),
          changes: JSON.stringify(changes),
        },
      });
    },

    async appendAll(entries) {
      const rows = JSON.stringify(
        entries.map(({ at, changes, ...plain }) => ({
          ...plain,
          at: toStoredTime(new Date(at)),
          changes: JSON.stringify(changes),
        })),
      );
      await client.$executeRaw`
        INSERT INTO AuditEntry (at, actorId, actorName, action, targetId, targetName, changes, requestId)
          SELECT value ->> 'at', value ->> 'actorId', value ->> 'actorName', value ->> 'action',
                 value ->> 'targetId', value ->> 'targetName', value ->> 'changes', value ->> 'requestId'
          FROM json_each(${rows}) ORDER BY key`;
    },

    async list({ cursor, limit, targetId }) {
      if (cursor !== undefined && !CURSOR.test(cursor)) return [];
      const rows = await client.auditEntry.findMany({
        where: targetId === undefined ? {} : { targetId },
        orderBy: { id: "desc" },
        take: limit,
        ...(cursor === undefined ? {} : { cursor: { id: Number(cursor) }, skip: 1 }),
      });
      return rows.map(toEntry);
    },
  };
}
