import type { LeftBehind } from "../draft-origin.ts";
import { focusFirst } from "../fields/field-link.ts";
import { Notice } from "../notice.tsx";

/** Says which stored secrets the address in the form leaves behind, and leads to them. Nothing while there are none. */
export function LeftBehindNotice({ left, onFix }: { left: LeftBehind | null; onFix?: () => void }) {
  if (left === null) return null;
  const { names, from, to } = left;
  const [isOne, fix] = [names.length === 1, onFix ?? (() => focusFirst(names))];
  return (
    <Notice
      tone="warn"
      action={
        <button
          type="button"
          className="min-h-6 text-sm font-medium text-accent hover:underline"
          onClick={fix}
        >
          {isOne ? "Enter it again" : "Enter them again"}
        </button>
      }
    >
      <p>
        {names.map((name, index) => (
          <span key={name}>
            {index > 0 ? ", " : ""}
            <code>{name}</code>
          </span>
        ))}{" "}
        {isOne ? "belongs" : "belong"} to <code>{from}</code>.
      </p>
      <p className="text-sm text-muted">
        {isOne ? "It is" : "They are"} not sent to <code>{to}</code>: before you save, enter{" "}
        {isOne ? "it" : "them"} again for that address, or clear {isOne ? "it" : "them"}.
      </p>
    </Notice>
  );
}
