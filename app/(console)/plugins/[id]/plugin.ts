import { headers } from "next/headers";
import { cache } from "react";
import { serverApi } from "@/lib/client/server.ts";
import { isAppError } from "@/lib/contract/error.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";

/** The plugin of the page by id or name, or null when there is none; asked for once per render. */
export const findPlugin = cache(async (segment: string): Promise<Plugin | null> => {
  try {
    return await serverApi(await headers()).getPlugin(decodeURIComponent(segment));
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return null;
    throw error;
  }
});
