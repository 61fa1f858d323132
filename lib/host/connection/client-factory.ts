import type { Manifest, PluginType } from "../../contract/manifest.ts";
import type { ReachTrace } from "../../core/reach.ts";
import type { Log } from "../../log.ts";
import type { PluginClient } from "../../transport/client.ts";

/** What a client is made from. */
export interface ClientTarget {
  type: PluginType;
  /** Null for plugins in the box. */
  endpoint: string | null;
  /** Null while an address is only being asked who it is. */
  manifest: Manifest | null;
}

/** Makes the client of one plugin; `server.ts` hands it to the host. May throw an `AppError`; opens no connection yet. */
export type CreateClient = (
  target: ClientTarget,
  context: {
    pluginId: string | null;
    log: Log;
    /** Hears how far its one call got. */
    trace?: ReachTrace | undefined;
  },
) => PluginClient;
