import type { ErrorCode } from "@/lib/contract/error.ts";

/** What a wrong address looks like. */
const OF_ADDRESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_unreachable",
  "plugin_dns_error",
  "plugin_tls_error",
  "plugin_redirect_refused",
  "plugin_wrong_content_type",
  "plugin_endpoint_missing",
]);

/** Whether a failure may come from the plugin's address. */
export function isOfAddress(code: ErrorCode | undefined): boolean {
  return code !== undefined && OF_ADDRESS.has(code);
}
