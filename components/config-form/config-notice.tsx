import type { FieldIssue } from "@/lib/contract/error.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { ConfigConflict } from "./conflict/config-conflict.tsx";
import type { Conflict } from "./conflict/form-conflict.ts";
import { Notice } from "./notice.tsx";

/** How the last save ended. `restored` is the revision it brought back. */
export type SaveOutcome =
  | { kind: "saved"; applied: boolean | null; warnings: FieldIssue[]; restored?: number }
  | { kind: "conflict"; conflict: Conflict; choices: Partial<Record<string, "mine" | "theirs">> }
  | { kind: "error"; error: unknown };

/** Says what remains of the last save: what was refused, what somebody else changed, what can be done next. */
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
  const { applied, warnings } = outcome;
  const isOff = applied === null && onEnable !== undefined;
  // How it ended is said at the foot; here is what remains to be known or done.
  if (!isOff && warnings.length === 0) return null;
  return (
    <Notice
      tone={warnings.length === 0 ? "ok" : "warn"}
      live={false}
      action={
        isOff ? (
          <Button size="sm" variant="primary" onClick={onEnable}>
            Enable now
          </Button>
        ) : null
      }
    >
      {isOff ? <p>The plugin is switched off and gets what is saved when you enable it.</p> : null}
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
