"use client";

import { Plus } from "lucide-react";
import type { SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice, toErrorInfo } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import type { BuiltinPreset } from "@/lib/core/builtin-presets.ts";
import { PluginName, type PluginPreview } from "@/lib/contract/registration.ts";
import { ServiceConsent } from "../address-consent.tsx";
import { toPlace } from "../address-place.ts";
import { usePermission } from "../use-permission.ts";
import type { useRegistration } from "./use-registration.ts";

/** The last step: a name, and register. */
export function RegisterForm({
  preview,
  registration,
}: {
  preview: PluginPreview;
  registration: ReturnType<typeof useRegistration>;
}) {
  const { draft, register, change, isCurrent, preset } = registration;
  const name = draft.name ?? preview.suggestedName ?? "";
  const parsed = PluginName.safeParse(name);
  const refused = register.error ? toErrorInfo(register.error) : null;
  const isNameTaken = refused?.code === "name_taken";
  const mayAllow = usePermission("settings:write");
  const place = placeToAllow(preview);
  const isReady = parsed.success && isCurrent;

  function submit(approveEndpoint: boolean) {
    if (parsed.success && isReady && !register.isPending)
      register.mutate({ name: parsed.data, ...(approveEndpoint ? { approveEndpoint } : {}) });
  }

  function onSubmit(event: SyntheticEvent) {
    event.preventDefault();
    submit(place !== null && mayAllow);
  }

  return (
    <form
      method="post"
      noValidate
      onSubmit={onSubmit}
      className="mt-auto flex flex-col gap-3 border-t border-line pt-4"
    >
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
      {place === null ? null : <ServiceConsent place={place} mayAllow={mayAllow} />}
      {refused && !isNameTaken ? <ErrorNotice title="Not registered" error={register.error} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          variant="primary"
          icon={<Plus aria-hidden />}
          loading={register.isPending}
          disabled={!isReady}
        >
          {place !== null && mayAllow ? `Allow ${place} and register` : "Register"}
        </Button>
        {place !== null && mayAllow ? (
          <Button disabled={!isReady || register.isPending} onClick={() => submit(false)}>
            Register without allowing
          </Button>
        ) : null}
        <p className="min-w-0 flex-1 basis-48 text-sm text-muted">
          Nothing is stored before this. {toNext(preview, preset)}
        </p>
      </div>
    </form>
  );
}

/** Host and port of a preset's service that nobody allowed yet; other sources are asked about before they are read. */
function placeToAllow({ address, origin }: PluginPreview): string | null {
  if (origin !== "builtin" || address?.tier !== "approval") return null;
  return toPlace(address);
}

function toNext({ manifest }: PluginPreview, preset: BuiltinPreset | null): string {
  if (preset)
    return preset.local ? "Next: enable it. It needs no key." : "Next: enter your key, then enable it.";
  const missing = manifest?.metadata.config_schema.some(
    (field) => field.required && field.default === undefined,
  );
  if (missing) return "Next: fill in its required configuration, then enable it.";
  return manifest?.auto_start
    ? "It is enabled right away: its manifest says auto_start."
    : "Next: enable it.";
}
