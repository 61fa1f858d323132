import type { PluginPreview } from "@/lib/contract/registration.ts";

/** Host and port for people; IPv6 in brackets. */
export function toPlace({ host, port }: NonNullable<PluginPreview["address"]>): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
