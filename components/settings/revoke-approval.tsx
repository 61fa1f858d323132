"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import type { Approval } from "@/lib/contract/intake.ts";

/** Says which plugins stop before the address is taken back. Mounted only while open. */
export function RevokeApproval({ approval, onClose }: { approval: Approval; onClose: () => void }) {
  const { id, plugins } = approval;
  const client = useQueryClient();
  const toast = useToast();
  const { mutateAsync: revoke } = useMutation({ mutationFn: () => api.revokeApproval(id) });

  async function onConfirm() {
    await revoke();
    toast({ title: `${id} is no longer allowed`, tone: "ok" });
    await client.invalidateQueries();
  }

  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Revoke ${id}?`}
      confirmLabel="Revoke"
      onConfirm={onConfirm}
      body={plugins.length === 0 ? <Unused /> : <Affected names={plugins.map(({ name }) => name)} />}
    />
  );
}

function Unused() {
  return <p>No plugin uses this address. Registering one there asks for permission again.</p>;
}

function Affected({ names }: { names: string[] }) {
  return (
    <div className="flex flex-col gap-2">
      <p>The console stops talking at once to:</p>
      <ul className="list-disc pl-5 text-ink">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <p>
        Chats that are running may finish. Configuration, secrets and history stay; an admin can allow the
        address again on the plugin’s page.
      </p>
    </div>
  );
}
