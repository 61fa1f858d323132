"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { ErrorNotice, toErrorInfo } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { INTERVAL_SECONDS } from "@/lib/contract/manifest.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { AddressConsent } from "./address-consent.tsx";
import { readEdit, type PluginEdit } from "./plugin-edit.ts";
import { toPluginPath } from "./plugin-path.ts";

/** Name, address and check interval. Mounted only while open. */
export function EditPlugin({ plugin, onClose }: { plugin: Plugin; onClose: () => void }) {
  const [edit, setEdit] = useState<PluginEdit>(() => ({
    name: plugin.name,
    endpoint: plugin.endpoint,
    intervalSeconds: String(plugin.healthCheckIntervalSeconds),
  }));
  const { patch, problems } = readEdit(plugin, edit);
  const { mutate, isPending, error } = useChange(plugin, onClose);
  const info = error ? toErrorInfo(error) : null;
  const needsConsent = info?.code === "address_needs_approval";
  const idle = Object.keys(patch).length === 0 || Object.keys(problems).length > 0;

  function submit(approveEndpoint: boolean) {
    if (idle || isPending) return;
    mutate(approveEndpoint ? { ...patch, approveEndpoint } : patch);
  }
  function onSubmit(event: SyntheticEvent) {
    event.preventDefault();
    submit(false);
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
            loading={isPending}
            disabled={idle || needsConsent}
          >
            Save
          </Button>
        </>
      }
    >
      <form id="edit-plugin" noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field
          label="Name"
          error={problems.name}
          hint="Unique. Scripts and links may use it in place of the id."
          required
        >
          {(aria) => (
            <Input
              {...aria}
              value={edit.name}
              onChange={(event) => setEdit({ ...edit, name: event.target.value })}
            />
          )}
        </Field>
        {edit.endpoint === null ? null : (
          <Field
            label="Address"
            error={problems.endpoint}
            hint="On another scheme, host or port the stored secrets are forgotten and asked for again."
            required
          >
            {(aria) => (
              <Input
                {...aria}
                mono
                value={edit.endpoint ?? ""}
                onChange={(event) => setEdit({ ...edit, endpoint: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field
          label="Check health every"
          error={problems.intervalSeconds}
          hint={`Seconds, ${INTERVAL_SECONDS.min} to ${INTERVAL_SECONDS.max}`}
          required
        >
          {(aria) => (
            <Input
              {...aria}
              inputMode="numeric"
              className="max-w-32"
              value={edit.intervalSeconds}
              onChange={(event) => setEdit({ ...edit, intervalSeconds: event.target.value })}
            />
          )}
        </Field>
        {needsConsent ? (
          <AddressConsent place={edit.endpoint ?? ""} pending={isPending} onAllow={() => submit(true)} />
        ) : null}
        {info && !needsConsent ? <ErrorNotice error={error} /> : null}
      </form>
    </Dialog>
  );
}

function useChange(plugin: Plugin, onDone: () => void) {
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  return useMutation({
    mutationFn: (patch: Parameters<typeof api.changePlugin>[1]) => api.changePlugin(plugin.id, patch),
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
