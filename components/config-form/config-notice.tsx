import { CircleCheck, GitMerge, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";

/** How the last save ended. */
export type SaveOutcome =
  | { kind: "saved"; applied: boolean | null }
  | { kind: "merged"; theirs: string[] }
  | { kind: "error"; error: unknown };

/** Says how the last save ended and what can be done next. */
export function ConfigNotice({
  outcome,
  onEnable,
}: {
  outcome: SaveOutcome;
  onEnable: (() => void) | undefined;
}) {
  if (outcome.kind === "error") return <ErrorNotice title="Not saved" error={outcome.error} />;
  if (outcome.kind === "merged") return <MergedNotice theirs={outcome.theirs} />;
  if (outcome.applied === false) {
    return (
      <Notice tone="bg-warn-soft text-warn" icon={<TriangleAlert aria-hidden />}>
        Saved, but the running plugin did not accept it. The reason is on the Overview tab; correct the values
        here and save again.
      </Notice>
    );
  }
  return (
    <Notice
      tone="bg-ok-soft text-ok"
      icon={<CircleCheck aria-hidden />}
      action={
        outcome.applied === null && onEnable ? (
          <Button size="sm" variant="primary" onClick={onEnable}>
            Enable now
          </Button>
        ) : null
      }
    >
      {outcome.applied
        ? "Saved. The running plugin accepted the new configuration."
        : "Saved. The plugin is switched off and gets this configuration when you enable it."}
    </Notice>
  );
}

function MergedNotice({ theirs }: { theirs: string[] }) {
  return (
    <Notice tone="bg-warn-soft text-warn" icon={<GitMerge aria-hidden />}>
      Not saved yet: somebody else saved this configuration while you were editing
      {theirs.length > 0 ? (
        <>
          {" and changed "}
          {theirs.map((name, index) => (
            <span key={name}>
              {index > 0 ? ", " : ""}
              <code>{name}</code>
            </span>
          ))}
        </>
      ) : null}
      . Their values are in the form now and your edits are still on top of them. Look them over, then save
      again.
    </Notice>
  );
}

function Notice({
  tone,
  icon,
  action,
  children,
}: {
  tone: string;
  icon: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      role="status"
      className={`flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2.5 ${tone}`}
    >
      <span className="shrink-0 [&_svg]:size-4">{icon}</span>
      <p className="min-w-0 flex-1 basis-60 text-ink wrap-anywhere">{children}</p>
      {action}
    </div>
  );
}
