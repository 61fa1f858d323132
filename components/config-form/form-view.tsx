"use client";

import { useEffect, useEffectEvent, type ReactNode } from "react";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { FieldList } from "./field-list.tsx";
import { focusFirst, toFieldHash } from "./fields/field-link.ts";
import type { ConfigFormState } from "./use-config-form.ts";

/** The form, one field after the other. */
export function FormView({
  config,
  mayWrite,
  state,
  locked,
  takeGoal,
}: {
  config: PluginConfig;
  mayWrite: boolean;
  state: ConfigFormState;
  locked: boolean;
  /** Asked once, when the form is opened, for the fields to lead to; null for none. */
  takeGoal: () => string[] | null;
}) {
  const arrive = useEffectEvent(() => focusFirst(takeGoal() ?? []));
  useEffect(() => arrive(), []);
  // A link to a field (`#config-…`) leads into it.
  useEffect(() => {
    const open = () => {
      const field = config.schema.find(({ name }) => isTarget(name));
      if (field) focusFirst([field.name]);
    };
    open();
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, [config.schema]);
  return (
    <Locked disabled={!mayWrite || locked}>
      <form
        method="post"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void state.submit();
        }}
      >
        <div className="flex flex-col gap-6 p-4 *:max-w-2xl">
          <FieldList config={config} control={state.form.control} retype={state.retype} />
        </div>
      </form>
    </Locked>
  );
}

function isTarget(name: string): boolean {
  return window.location.hash === toFieldHash(name);
}

function Locked({ disabled, children }: { disabled: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className="sr-only">Fields</legend>
      {children}
    </fieldset>
  );
}
