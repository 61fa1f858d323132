import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { toSignInPath } from "@/components/account/return-path.ts";
import { Prefetch } from "@/components/shell/prefetch.tsx";
import { Shell } from "@/components/shell/shell.tsx";
import { isAppError } from "@/lib/contract/error.ts";
import { serverApi } from "@/lib/client/server.ts";

/** Every page below needs a session; the API checks it again with every call. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const incoming = await headers();
  const me = await serverApi(incoming)
    .me()
    .catch((error: unknown) => {
      if (isAppError(error) && error.code === "unauthenticated") return null;
      throw error;
    });
  if (!me) redirect(toSignInPath(incoming.get("x-loom-path") ?? "/"));
  return (
    <Prefetch
      load={(client, query) => {
        client.setQueryData(query.me.queryKey, me);
        return [client.prefetchQuery(query.overview)];
      }}
    >
      <Shell>{children}</Shell>
    </Prefetch>
  );
}
