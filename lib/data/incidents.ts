import { ErrorInfo } from "../contract/error.ts";
import type { Incident } from "../contract/health.ts";
import type { TransactionClient } from "./client.ts";
import type { IncidentStore } from "./data.ts";
import type { Incident as IncidentRow } from "./generated/client.ts";
import { parseStored } from "./stored-json.ts";
import { isOrphan } from "./violation.ts";

function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    pluginId: row.pluginId,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    error: parseStored(ErrorInfo, row.error, "an incident's error"),
  };
}

export function createIncidentStore(client: TransactionClient): IncidentStore {
  return {
    async open(pluginId, at, error) {
      const row = { pluginId, startedAt: new Date(at), error: JSON.stringify(error), openFor: pluginId };
      try {
        await client.incident.upsert({ where: { openFor: pluginId }, create: row, update: {} });
      } catch (failure) {
        // The plugin was removed while its check was under way: nothing is left to remember.
        if (!isOrphan(failure)) throw failure;
      }
    },

    async close(pluginId, at) {
      await client.incident.updateMany({
        where: { openFor: pluginId },
        data: { endedAt: new Date(at), openFor: null },
      });
    },

    async list(pluginId, from, to) {
      const rows = await client.incident.findMany({
        where: {
          pluginId,
          startedAt: { lt: new Date(to) },
          OR: [{ endedAt: null }, { endedAt: { gte: new Date(from) } }],
        },
        orderBy: [{ startedAt: "desc" }, { id: "desc" }],
      });
      return rows.map(toIncident);
    },

    async listOpen() {
      const rows = await client.incident.findMany({
        where: { openFor: { not: null } },
        orderBy: [{ startedAt: "desc" }, { id: "desc" }],
      });
      return rows.map(toIncident);
    },
  };
}
