import type { FieldIssue } from "@/lib/contract/error.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { ConfigConflict } from "./config-conflict.tsx";
import type { Conflict } from "./form-conflict.ts";
import { Notice } from "./notice.tsx";

/** How the last save ended. `restored` is the revision it brought back. */
export type SaveOutcome =
  | { kind: "saved"; applied: boolean | null; warnings: FieldIssue[]; restored?: number }
  | { kind: "conflict"; conflict: Conflict; choices: Partial<Record<string, "mine" | "theirs">> }
  | { kind: "error"; error: unknown };

/** Says how the last save ended and what can be done next. */
export function ConfigNotice({
  outcome,
  schema,
  onEnable,
  onChoose,
}: {
  outcome: SaveOutcome;
  schema: readonly ConfigField[];
  onEnable: (() => void) | undefined;
  onChoose: (name: string, side: "mine" | "theirs") => void;
}) {
  if (outcome.kind === "error") return <ErrorNotice title="Not saved" error={outcome.error} />;
  if (outcome.kind === "conflict") {
    return (
      <ConfigConflict
        conflict={outcome.conflict}
        schema={schema}
        choices={outcome.choices}
        onChoose={onChoose}
      />
    );
  }
  const { applied, warnings, restored } = outcome;
  const isCleanly = applied !== false && warnings.length === 0;
  return (
    <Notice
      tone={isCleanly ? "ok" : "warn"}
      action={
        applied === null && onEnable ? (
          <Button size="sm" variant="primary" onClick={onEnable}>
            Enable now
          </Button>
        ) : null
      }
    >
      <p>
        {restored === undefined ? "Saved." : `Revision ${restored} restored.`} {toSequel(applied)}
      </p>
      {warnings.length > 0 ? (
        <ul className="list-disc pl-4 text-sm">
          {warnings.map(({ path, message }) => (
            <li key={path + message}>
              <code>{path.replace(/^(values|secrets)\./, "")}</code> {message}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}

function toSequel(applied: boolean | null): string {
  if (applied === null) return "The plugin is switched off and gets this configuration when you enable it.";
  return applied
    ? "The running plugin accepted the new configuration."
    : "But it is not in use: the plugin did not get through all steps with it. The Overview tab says which one failed. Correct the values here and save again.";
}
