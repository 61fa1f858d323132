"use client";

import { Plus } from "lucide-react";
import type { SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice, toErrorInfo } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { PluginName, type PluginPreview } from "@/lib/contract/plugin.ts";
import type { useRegistration } from "./use-registration.ts";

/** The last step: a name, and register. */
export function RegisterForm({
  preview,
  registration,
}: {
  preview: PluginPreview;
  registration: ReturnType<typeof useRegistration>;
}) {
  const { draft, register, change, isCurrent } = registration;
  const name = draft.name ?? preview.suggestedName ?? "";
  const parsed = PluginName.safeParse(name);
  const refused = register.error ? toErrorInfo(register.error) : null;
  const isNameTaken = refused?.code === "name_taken";

  function onSubmit(event: SyntheticEvent) {
    event.preventDefault();
    if (parsed.success && isCurrent && !register.isPending) register.mutate(parsed.data);
  }

  return (
    <form noValidate onSubmit={onSubmit} className="mt-auto flex flex-col gap-3 border-t border-line pt-4">
      <Field
        label="Name in this console"
        required
        error={parsed.success ? (isNameTaken ? refused.message : null) : parsed.error.issues[0]?.message}
      >
        {(aria) => (
          <Input
            {...aria}
            value={name}
            autoComplete="off"
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      {refused && !isNameTaken ? <ErrorNotice title="Not registered" error={register.error} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          variant="primary"
          icon={<Plus aria-hidden />}
          loading={register.isPending}
          disabled={!parsed.success || !isCurrent}
        >
          Register
        </Button>
        <p className="min-w-0 flex-1 basis-48 text-sm text-muted">
          Nothing is stored before this. {toNext(preview)}
        </p>
      </div>
    </form>
  );
}

function toNext({ manifest }: PluginPreview): string {
  const missing = manifest?.metadata.config_schema.some(
    (field) => field.required && field.default === undefined,
  );
  if (missing) return "Next: fill in its required configuration, then enable it.";
  return manifest?.auto_start
    ? "It is enabled right away: its manifest says auto_start."
    : "Next: enable it.";
}
