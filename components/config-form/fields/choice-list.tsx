import type { FieldAria } from "../../ui/field.tsx";

interface Choice {
  key: string;
  label: string;
  note?: string;
  checked: boolean;
  onPick: () => void;
}

/** Radio buttons in a row that wraps. The field's id is on the first, so that label and error lead to it. */
export function ChoiceList({
  aria: { id, ...aria },
  name,
  choices,
  onBlur,
}: {
  aria: FieldAria;
  name: string;
  choices: Choice[];
  onBlur: () => void;
}) {
  return (
    <div
      role="radiogroup"
      aria-label={name}
      {...aria}
      className="flex min-h-8 flex-wrap items-center gap-x-5 gap-y-1"
    >
      {choices.map((choice, index) => (
        <label key={choice.key} className="inline-flex min-h-6 max-w-full items-center gap-2">
          <input
            type="radio"
            id={index === 0 ? id : undefined}
            name={`${id}-choice`}
            checked={choice.checked}
            // A press on the default that is shown as chosen makes it explicit, which no change event would tell.
            onClick={choice.onPick}
            onChange={choice.onPick}
            onBlur={onBlur}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0 font-mono text-sm wrap-anywhere">{choice.label}</span>
          {choice.note ? <span className="text-sm text-muted">{choice.note}</span> : null}
        </label>
      ))}
    </div>
  );
}
