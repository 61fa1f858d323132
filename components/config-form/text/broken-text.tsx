import { Button } from "../../ui/button.tsx";
import { Notice } from "../notice.tsx";
import { TEXT_WORDS, type TextDrafts } from "./text-drafts.ts";

type BrokenText = NonNullable<TextDrafts["broken"]>;

/** That a text on another tab cannot be read, and has to be mended or dropped. */
export function BrokenTextNotice({
  broken: { language, message },
  onShow,
  onDrop,
}: {
  broken: BrokenText;
  onShow: () => void;
  onDrop: () => void;
}) {
  return (
    <Notice
      tone="warn"
      action={
        <span className="flex gap-2">
          <Button size="sm" onClick={onShow}>
            Go to the {TEXT_WORDS[language]}
          </Button>
          <Button size="sm" variant="ghost" onClick={onDrop}>
            Drop the text
          </Button>
        </span>
      }
    >
      <p>
        The {TEXT_WORDS[language]} text must be readable first: {message}
      </p>
      <p className="text-sm text-muted">Below is the draft as it was last readable.</p>
    </Notice>
  );
}

export function describeBroken({ language, place }: BrokenText): string {
  return `The ${TEXT_WORDS[language]} text cannot be read yet${place ? ` (line ${place.line})` : ""}`;
}
