"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";

/** Removing destroys: the name has to be typed, and what goes and what stays is said first. */
export function RemovePlugin({
  plugin,
  open,
  onOpenChange,
}: {
  plugin: Plugin;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const toast = useToast();
  const { mutateAsync: remove } = useMutation({ mutationFn: () => api.removePlugin(plugin.id) });

  async function onConfirm() {
    await remove();
    toast({ title: `${plugin.name} was removed`, tone: "ok" });
    router.push("/plugins");
    await Promise.all([
      client.invalidateQueries({ queryKey: queries(api).plugins.queryKey }),
      client.invalidateQueries({ queryKey: queries(api).overview.queryKey }),
    ]);
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      danger
      title={`Remove ${plugin.name}?`}
      confirmLabel="Remove plugin"
      typeToConfirm={plugin.name}
      onConfirm={onConfirm}
      body={
        <div className="flex flex-col gap-2">
          <p>Gone for good:</p>
          <ul className="list-disc pl-5">
            <li>its configuration, and every secret in it</li>
            <li>all health checks, incidents and latency figures</li>
            {plugin.desired === "enabled" ? (
              <li>
                chats that are running: they get 30 seconds to finish, then the console says goodbye to the
                plugin (cleanup)
              </li>
            ) : null}
          </ul>
          <p>
            What stays: the activity trail
            {plugin.endpoint ? (
              <>, and the program at {plugin.endpoint}, which the console does not stop</>
            ) : null}
            .
          </p>
        </div>
      }
    />
  );
}
