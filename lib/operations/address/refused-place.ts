import { formatPlace } from "../../core/address.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { Context } from "../context.ts";

/**
 * The loopback or private host:port that a plugin in the box wanted to reach and may not yet, or null. Its configuration names the
 * service, in words of its own; what the guard refused is what there is to allow.
 */
export function refusedPlaceOf({ host }: Context, { id, manifest }: PluginRecord): string | null {
  if (manifest.type !== "builtin") return null;
  const { failure, lastCheck } = host.status(id);
  const error = failure ?? lastCheck?.error;
  if (error?.code !== "address_needs_approval") return null;
  const { host: name, port } = error.details ?? {};
  return typeof name === "string" && typeof port === "number" ? formatPlace(name, port) : null;
}
