"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ShieldOff } from "lucide-react";
import { useState } from "react";
import { usePluginScreen } from "@/components/plugins/plugin-screen-context.ts";
import { usePermission } from "@/components/plugins/use-permission.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";

/** Takes the approval of a command back, after saying what that ends. */
export function RevokeProcess() {
  const { plugin } = usePluginScreen();
  const client = useQueryClient();
  const mayApprove = usePermission("settings:write");
  const [open, setOpen] = useState(false);

  async function onConfirm() {
    const next = await api.revokeProcess(plugin.id);
    client.setQueryData(queries(api).process(plugin.id).queryKey, next);
    await client.invalidateQueries({ queryKey: queries(api).plugin(plugin.id).queryKey });
  }

  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        icon={<ShieldOff aria-hidden />}
        disabled={!mayApprove}
        onClick={() => setOpen(true)}
      >
        Revoke
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`Take back the approval of ${plugin.name}'s command?`}
        confirmLabel="Revoke and stop"
        danger
        onConfirm={onConfirm}
        body="Its process is ended with everything it started, and chats that run are broken off. Nothing is started for it until an admin approves a command again. Configuration, log and history stay."
      />
    </>
  );
}
