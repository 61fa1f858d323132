import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";

/** `RevisionNote` of the contract. */
const NOTE_MAX_LENGTH = 500;

/** The reason of a change, for whoever reads the history. */
export function NoteField({
  note,
  onNote,
  onEnter,
}: {
  note: string;
  onNote: (note: string) => void;
  onEnter: () => void;
}) {
  return (
    <Field
      label="Why? (optional)"
      hint="Shown in the history of this configuration. Never put a secret here."
    >
      {(aria) => (
        <Input
          {...aria}
          value={note}
          maxLength={NOTE_MAX_LENGTH}
          autoComplete="off"
          onChange={(event) => onNote(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onEnter()}
        />
      )}
    </Field>
  );
}
