import { useQuery } from "@tanstack/react-query";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Permission } from "@/lib/contract/account.ts";

/** Whether the reader may do something. The API decides; this only keeps buttons off the screen that would be refused. */
export function usePermission(permission: Permission): boolean {
  const { data: me } = useQuery(queries(api).me);
  return me?.permissions.includes(permission) ?? false;
}
