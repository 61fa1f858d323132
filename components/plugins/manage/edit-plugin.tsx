"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { ErrorNotice, toErrorInfo } from "@/components/ui/error-notice.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { ErrorCode } from "@/lib/contract/error.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import type { PluginPatch } from "@/lib/contract/registration.ts";
import { AddressConsent } from "../address-consent.tsx";
import { EditFields } from "./edit-fields.tsx";
import { ReleaseSecrets } from "./release-secrets.tsx";
import { readEdit, type PluginEdit } from "./plugin-edit.ts";
import { toPluginPath } from "../plugin-path.ts";

/** What a person agreed to so far: moving may take more than one yes. */
type Agreed = Pick<PluginPatch, "approveEndpoint" | "dropSecrets">;

/** Refusals that a yes turns into a save. */
const QUESTIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["address_needs_approval", "secrets_bound"]);

/** Name, address and check interval. Mounted only while open. */
export function EditPlugin({ plugin, onClose }: { plugin: Plugin; onClose: () => void }) {
  const [edit, setEdit] = useState<PluginEdit>(() => ({
    name: plugin.name,
    endpoint: plugin.endpoint,
    intervalSeconds: String(plugin.healthCheckIntervalSeconds),
  }));
  const [agreed, setAgreed] = useState<Agreed>({});
  const { patch, problems } = readEdit(plugin, edit);
  const { mutate, isPending, error, reset } = useChange(plugin, onClose);
  const info = error ? toErrorInfo(error) : null;
  const asks = info !== null && QUESTIONS.has(info.code);
  const idle = Object.keys(patch).length === 0 || Object.keys(problems).length > 0;

  function submit(consent: Agreed) {
    if (idle || isPending) return;
    const next = { ...agreed, ...consent };
    setAgreed(next);
    mutate({ ...patch, ...next });
  }
  function change(next: PluginEdit) {
    // A yes was given to one address; another one asks again.
    if (next.endpoint !== edit.endpoint) setAgreed({});
    if (error) reset();
    setEdit(next);
  }
  function onSubmit(event: SyntheticEvent) {
    event.preventDefault();
    if (!asks) submit({});
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Edit ${plugin.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="edit-plugin"
            loading={isPending && !asks}
            disabled={idle || asks}
          >
            Save
          </Button>
        </>
      }
    >
      <form method="post" id="edit-plugin" noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        <EditFields edit={edit} problems={problems} file={plugin.file?.path ?? null} onChange={change} />
        {info?.code === "secrets_bound" ? (
          <ReleaseSecrets
            plugin={plugin}
            refusal={info}
            pending={isPending}
            onRelease={() => submit({ dropSecrets: true })}
          />
        ) : null}
        {info?.code === "address_needs_approval" ? (
          <AddressConsent
            place={edit.endpoint ?? ""}
            pending={isPending}
            onAllow={() => submit({ approveEndpoint: true })}
          />
        ) : null}
        {info && !asks ? <ErrorNotice error={error} /> : null}
      </form>
    </Dialog>
  );
}

function useChange(plugin: Plugin, onDone: () => void) {
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  return useMutation({
    mutationFn: (patch: PluginPatch) => api.changePlugin(plugin.id, patch),
    onSuccess: async (changed) => {
      client.setQueryData(queries(api).plugin(plugin.id).queryKey, changed);
      // The page may have been opened under the old name.
      if (changed.name !== plugin.name) router.replace(toPluginPath(plugin.id));
      toast({ title: `${changed.name} was changed`, tone: "ok" });
      onDone();
      await client.invalidateQueries();
    },
  });
}
