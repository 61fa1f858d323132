"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";

/** Says what detaching means, then does it. */
export function DetachPlugin({
  plugin,
  open,
  onClose,
}: {
  plugin: Plugin;
  open: boolean;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const toast = useToast();

  async function onConfirm() {
    const detached = await api.detachPlugin(plugin.id);
    client.setQueryData(queries(api).plugin(plugin.id).queryKey, detached);
    toast({ title: `${plugin.name} no longer follows its file`, tone: "ok" });
    await client.invalidateQueries();
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onClose}
      title={`Detach ${plugin.name} from its file?`}
      confirmLabel="Detach"
      onConfirm={onConfirm}
      body={
        <div className="flex flex-col gap-2">
          <p>
            The plugin goes on as it is, with its configuration, secrets and history. Address and interval are
            changed here from then on.
          </p>
          <p>
            <code>{plugin.file?.path}</code> stays where it is and changes nothing any more. To go back,
            remove the plugin and reload the folders.
          </p>
        </div>
      }
    />
  );
}
