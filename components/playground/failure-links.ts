import { isOfAddress } from "@/components/plugins/address-failure.ts";
import { toPluginPath } from "@/components/plugins/plugin-path.ts";
import type { ErrorCode } from "@/lib/contract/error.ts";
import type { PluginSummary } from "@/lib/contract/plugin.ts";

export interface FailureLink {
  label: string;
  href: string;
}

/** Where a failed chat may be looked into and mended, the likeliest place first. None when it is not the plugin's failure. */
export function toFailureLinks(
  code: ErrorCode,
  { id, endpoint, hasCommand }: Pick<PluginSummary, "id" | "endpoint" | "hasCommand">,
): FailureLink[] {
  if (!code.startsWith("plugin_")) return [];
  // The address of one that is built in is part of its configuration.
  const isOfItsPage = endpoint !== null && (isOfAddress(code) || code === "plugin_connection_lost");
  return [
    ...(hasCommand ? [{ label: "Log", href: toPluginPath(id, "logs") }] : []),
    isOfItsPage
      ? { label: "Open plugin", href: toPluginPath(id) }
      : { label: "Configuration", href: toPluginPath(id, "configuration") },
  ];
}
