"use client";

import { lazy, Suspense, useImperativeHandle, useRef, useState, type Ref } from "react";
import { useFormState, useWatch } from "react-hook-form";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { findLeftBehind } from "./draft-origin.ts";
import { toDraftChanges } from "./draft-changes.ts";
import { changedNames, toConfigWrite, type FormValues } from "./form-values.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import { SaveBar, type SaveProblem } from "./save-bar.tsx";
import { SavedWords, useNews } from "./save-outcome.tsx";
import { wrongNames, type ConfigFormState } from "./use-config-form.ts";

const ReviewDialog = lazy(async () => ({ default: (await import("./review-dialog.tsx")).ReviewDialog }));
const TestDialog = lazy(async () => ({ default: (await import("./test-dialog.tsx")).TestDialog }));

/** What the page around may ask of a configuration that is being edited. */
export interface ConfigEditing {
  /** How many values differ from what is saved. */
  changes: number;
  /** Saves them; false when that was refused, and what is wrong is shown. */
  save: () => Promise<boolean>;
  /** Whether nothing is wrong or missing; the first wrong field is shown otherwise. */
  check: () => Promise<boolean>;
}

/** The bar at the foot and what it opens. Only this part follows every change of the form. */
export function ConfigActions({
  pluginId,
  config,
  state,
  obstacle,
  line,
  isOff,
  goesOn,
  editing,
  onCheck,
  onShow,
  onDetails,
  onDiscard,
}: {
  pluginId: string;
  config: PluginConfig;
  state: ConfigFormState;
  /** A text that cannot be read, and the way to it. */
  obstacle: SaveProblem | null;
  /** Where the first error stands in the text that is open. */
  line: number | null;
  isOff: boolean;
  goesOn: boolean;
  editing: Ref<ConfigEditing> | undefined;
  /** The page around had the form checked: from now on the fields say what they lack. */
  onCheck: () => void;
  onShow: (names: string[]) => void;
  onDetails: () => void;
  onDiscard: () => void;
}) {
  const { form, outcome, check } = state;
  const [open, setOpen] = useState<"review" | "test" | null>(null);
  const { isSubmitting, isSubmitted, errors } = useFormState({ control: form.control });
  const changed = useWatch({
    control: form.control,
    compute: (values: FormValues) => changedNames(config.schema, values),
  });
  const wrong = wrongNames(config.schema, errors);
  const news = useNews(outcome, isOff);
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
  async function save(note?: string): Promise<boolean> {
    if (obstacle === null) return state.submit(note);
    obstacle.onShow();
    return false;
  }
  function checkForPage(): Promise<boolean> {
    onCheck();
    return check();
  }
  useImperativeHandle(editing, () => ({
    changes: changed.length + (obstacle ? 1 : 0),
    save,
    check: checkForPage,
  }));

  return (
    <>
      <SaveBar
        changes={changed.length}
        saving={isSubmitting}
        blocked={obstacle !== null}
        problem={
          obstacle ??
          (wrong.length === 0
            ? null
            : { text: describeErrors(wrong.length, line, isSubmitted), onShow: () => onShow(wrong) })
        }
        outcome={news ? <SavedWords saved={news} goesOn={goesOn} onDetails={onDetails} /> : null}
        onReview={() => show("review")}
        onTest={() => void check().then((fine) => fine && show("test"))}
        onSave={() => void save()}
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
              void save(note.trim());
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
              void save();
            }}
          />
        ) : null}
      </Suspense>
    </>
  );
}

/** "Not saved: 2 errors (line 21)". */
function describeErrors(count: number, line: number | null, refused: boolean): string {
  const errors = count === 1 ? "1 error" : `${count} errors`;
  return `${refused ? "Not saved: " : ""}${errors}${line === null ? "" : ` (line ${line})`}`;
}
