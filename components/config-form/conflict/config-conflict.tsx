import { GitMerge } from "lucide-react";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { formatValue } from "../fields/field-kind.ts";
import { toMine, type Conflict } from "./form-conflict.ts";
import { ValueDiff } from "../value-diff.tsx";

type Side = "mine" | "theirs";

/** Who saved meanwhile, when and what, and a choice for every field that both changed. */
export function ConfigConflict({
  conflict,
  schema,
  choices,
  onChoose,
}: {
  conflict: Conflict;
  schema: readonly ConfigField[];
  choices: Partial<Record<string, Side>>;
  onChoose: (name: string, side: Side) => void;
}) {
  const { savedBy, savedAt, theirs, contested, moved } = conflict;
  return (
    <section
      aria-label="Changed by somebody else"
      className="flex flex-col gap-2 rounded-md border border-warn/50 px-3 py-2.5"
    >
      <div role="status" className="flex items-start gap-3">
        <GitMerge aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <div className="flex min-w-0 flex-col gap-1">
          <p className="font-semibold">
            Not saved yet: {moved ? "moved" : "changed"} by {savedBy ?? "somebody else"}{" "}
            {savedAt ? <RelativeTime at={savedAt} /> : "while you were editing"}
          </p>
          <p className="text-muted">
            {theirs.length === 0
              ? "Your edits are still in the form. Look them over, then save again."
              : contested.length === 0
                ? "Their values are in the form now and your edits are still on top of them. Look them over, then save again."
                : `You both changed ${contested.length === 1 ? "one field" : `${contested.length} fields`}: choose below, then save again. Everything else of both is in the form.`}
          </p>
          <MovedAway conflict={conflict} />
        </div>
      </div>
      {theirs.length > 0 ? (
        <div className="border-t border-line pt-1">
          <h3 className="pt-1.5 text-sm font-medium">What they changed</h3>
          <ValueDiff
            changes={theirs}
            schema={schema}
            past
            extra={(name) =>
              contested.includes(name) ? (
                <Choice
                  name={name}
                  mine={describeMine(conflict, name)}
                  side={choices[name] ?? "mine"}
                  onChoose={(side) => onChoose(name, side)}
                />
              ) : null
            }
          />
        </div>
      ) : null}
    </section>
  );
}

/** That the plugin is elsewhere by now, and what that did to secrets that were being typed. */
function MovedAway({ conflict: { moved, dropped } }: { conflict: Conflict }) {
  if (moved === null && dropped.length === 0) return null;
  return (
    <>
      {moved ? (
        <p className="wrap-anywhere">
          {moved.from === null ? (
            <>
              The plugin is at <code>{moved.to ?? "no address"}</code> now, and may have been elsewhere when
              you opened this form.
            </>
          ) : (
            <>
              The plugin moved from <code>{moved.from}</code> to <code>{moved.to ?? "no address"}</code>.
            </>
          )}{" "}
          Its secrets belong to the address they were entered for.
        </p>
      ) : null}
      {dropped.length > 0 ? (
        <p className="wrap-anywhere">
          What you had typed for <code>{dropped.join(", ")}</code> was meant for another address and was taken
          out of the form: enter what belongs to the new one.
        </p>
      ) : null}
    </>
  );
}

function describeMine({ config, mine }: Conflict, name: string): string {
  if (config.schema.find((field) => field.name === name)?.sensitive) return "the secret you entered";
  const value = toMine(config.schema, mine, name);
  return value === undefined ? "not set" : formatValue(value);
}

function Choice({
  name,
  mine,
  side,
  onChoose,
}: {
  name: string;
  mine: string;
  side: Side;
  onChoose: (side: Side) => void;
}) {
  const words: Array<[Side, string]> = [
    ["mine", `Keep mine: ${mine}`],
    ["theirs", "Take theirs"],
  ];
  return (
    <span role="radiogroup" aria-label={`Which ${name}`} className="flex flex-wrap gap-x-5 gap-y-1">
      {words.map(([value, label]) => (
        <label key={value} className="inline-flex min-h-6 max-w-full items-center gap-2">
          <input
            type="radio"
            name={`conflict-${name}`}
            checked={side === value}
            onChange={() => onChoose(value)}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0 wrap-anywhere">{label}</span>
        </label>
      ))}
    </span>
  );
}
