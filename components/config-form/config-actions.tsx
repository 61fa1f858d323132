"use client";

import { lazy, Suspense, useRef, useState } from "react";
import { useFormState, useWatch } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { findLeftBehind } from "./draft-origin.ts";
import { toDraftChanges } from "./draft-changes.ts";
import { changedNames, toConfigWrite, type FormValues } from "./form-values.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import { SaveBar } from "./save-bar.tsx";
import type { ConfigFormState } from "./use-config-form.ts";

const ReviewDialog = lazy(async () => ({ default: (await import("./review-dialog.tsx")).ReviewDialog }));
const TestDialog = lazy(async () => ({ default: (await import("./test-dialog.tsx")).TestDialog }));

/** The bar at the foot and what it opens. Only this part follows every change of the form. */
export function ConfigActions({
  pluginId,
  config,
  state,
  obstacle,
  onDiscard,
}: {
  pluginId: string;
  config: PluginConfig;
  state: ConfigFormState;
  obstacle: string | null;
  onDiscard: () => void;
}) {
  const { form, submit, check } = state;
  const [open, setOpen] = useState<"review" | "test" | null>(null);
  const { isSubmitting } = useFormState({ control: form.control });
  const changed = useWatch({
    control: form.control,
    compute: (values: FormValues) => changedNames(config.schema, values),
  });
  const secrets = config.schema.filter(({ name, sensitive }) => sensitive && changed.includes(name)).length;
  const opener = useRef<Element | null>(null);
  function show(what: "review" | "test") {
    opener.current = document.activeElement;
    setOpen(what);
  }
  function close() {
    setOpen(null);
    // A dialog that is taken out of the page leaves the focus nowhere.
    requestAnimationFrame(() => opener.current instanceof HTMLElement && opener.current.focus());
  }

  return (
    <>
      <SaveBar
        changes={changed.length}
        saving={isSubmitting}
        obstacle={obstacle}
        onReview={() => show("review")}
        onTest={() => void check().then((fine) => fine && show("test"))}
        onSave={() => void submit()}
        onDiscard={onDiscard}
      />
      <LeaveGuard changes={changed.length + (obstacle ? 1 : 0)} typedSecrets={secrets} />
      <Suspense fallback={null}>
        {open === "review" ? (
          <ReviewDialog
            changes={toDraftChanges(config, form.getValues())}
            schema={config.schema}
            left={findLeftBehind(config, form.getValues())}
            onClose={close}
            onSave={(note) => {
              close();
              void submit(note.trim());
            }}
          />
        ) : null}
        {open === "test" ? (
          <TestDialog
            pluginId={pluginId}
            request={toConfigWrite(config.schema, form.getValues())}
            schema={config.schema}
            onClose={close}
            onSave={() => {
              close();
              void submit();
            }}
          />
        ) : null}
      </Suspense>
    </>
  );
}
