"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { usePermission } from "@/components/plugins/use-permission.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { ProcessLimits as Limits } from "@/lib/contract/process.ts";

/** Bounds of the process, changed in a dialog. */
export function ProcessLimits({ pluginId, limits }: { pluginId: string; limits: Limits }) {
  const [open, setOpen] = useState(false);
  const mayWrite = usePermission("plugins:write");
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-muted">
      <span>
        At most {limits.memoryMb} MB and {limits.openFiles} open files.
      </span>
      <Button
        size="sm"
        variant="ghost"
        icon={<Gauge aria-hidden />}
        disabled={!mayWrite}
        onClick={() => setOpen(true)}
      >
        Limits
      </Button>
      {open ? <Edit pluginId={pluginId} limits={limits} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function Edit({ pluginId, limits, onClose }: { pluginId: string; limits: Limits; onClose: () => void }) {
  const client = useQueryClient();
  const [memory, setMemory] = useState(String(limits.memoryMb));
  const [files, setFiles] = useState(String(limits.openFiles));
  const parsed = Limits.safeParse({ memoryMb: Number(memory), openFiles: Number(files) });
  const problem = (name: keyof Limits) =>
    parsed.error?.issues.some(({ path }) => path[0] === name) ? "A whole number from 64 to 65536" : null;
  const save = useMutation({
    mutationFn: (next: Limits) => api.setProcessLimits(pluginId, next),
    onSuccess(next) {
      client.setQueryData(queries(api).process(pluginId).queryKey, next);
      onClose();
    },
  });

  function onSubmit(event: SyntheticEvent) {
    event.preventDefault();
    if (parsed.success) save.mutate(parsed.data);
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="sm"
      title="Limits of the process"
      description="They hold for the process and what it starts, from its next start."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="process-limits"
            disabled={!parsed.success}
            loading={save.isPending}
          >
            Save
          </Button>
        </>
      }
    >
      <form method="post" id="process-limits" noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Memory, MB" error={problem("memoryMb")}>
          {(aria) => (
            <Input
              {...aria}
              inputMode="numeric"
              value={memory}
              onChange={(event) => setMemory(event.target.value)}
            />
          )}
        </Field>
        <Field label="Open files and sockets" error={problem("openFiles")}>
          {(aria) => (
            <Input
              {...aria}
              inputMode="numeric"
              value={files}
              onChange={(event) => setFiles(event.target.value)}
            />
          )}
        </Field>
        {save.error ? <ErrorNotice error={save.error} /> : null}
      </form>
    </Dialog>
  );
}
