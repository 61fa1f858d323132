import { INTERVAL_SECONDS } from "@/lib/contract/manifest.ts";
import { type Plugin } from "@/lib/contract/plugin.ts";
import { PluginName, type PluginPatch } from "@/lib/contract/registration.ts";

/** The edit dialog's fields as typed; `endpoint` is null for a plugin without an address. */
export interface PluginEdit {
  name: string;
  endpoint: string | null;
  intervalSeconds: string;
}

/** Only what differs from the plugin, and what is wrong with it by field. Whether an address is acceptable the API decides. */
export function readEdit(
  plugin: Pick<Plugin, "name" | "endpoint" | "healthCheckIntervalSeconds">,
  edit: PluginEdit,
): { patch: PluginPatch; problems: { [field in keyof PluginEdit]?: string } } {
  const name = PluginName.safeParse(edit.name);
  const endpoint = edit.endpoint?.trim();
  const seconds = Number(edit.intervalSeconds.trim());
  const inRange =
    Number.isInteger(seconds) && seconds >= INTERVAL_SECONDS.min && seconds <= INTERVAL_SECONDS.max;
  return {
    patch: {
      ...(name.success && name.data !== plugin.name ? { name: name.data } : {}),
      ...(endpoint && endpoint !== plugin.endpoint ? { endpoint } : {}),
      ...(inRange && seconds !== plugin.healthCheckIntervalSeconds
        ? { healthCheckIntervalSeconds: seconds }
        : {}),
    },
    problems: {
      ...(name.success ? {} : { name: name.error.issues[0]?.message ?? "Give it a name" }),
      ...(endpoint === ""
        ? { endpoint: "The address the plugin listens on, like http://127.0.0.1:8090" }
        : {}),
      ...(inRange
        ? {}
        : { intervalSeconds: `A whole number from ${INTERVAL_SECONDS.min} to ${INTERVAL_SECONDS.max}` }),
    },
  };
}
