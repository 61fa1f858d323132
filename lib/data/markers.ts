import { HealthMarker } from "../contract/health.ts";
import type { TransactionClient } from "./client.ts";
import type { MarkerStore } from "./data.ts";
import { isOrphan } from "./violation.ts";

export function createMarkerStore(client: TransactionClient): MarkerStore {
  return {
    async add(pluginId, { at, kind, label }) {
      try {
        await client.marker.create({ data: { pluginId, at: BigInt(at), kind, label } });
      } catch (failure) {
        // The plugin was removed meanwhile: there is no line left to mark.
        if (!isOrphan(failure)) throw failure;
      }
    },

    async list(pluginId, from, to) {
      const rows = await client.marker.findMany({
        where: { pluginId, at: { gte: BigInt(from), lt: BigInt(to) } },
        orderBy: [{ at: "asc" }, { id: "asc" }],
      });
      return rows.map(({ at, kind, label }) => HealthMarker.parse({ at: Number(at), kind, label }));
    },
  };
}
