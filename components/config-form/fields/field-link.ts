import { toKey } from "../form-values.ts";

/** The id of a field's control: errors and links move the focus there. */
export function toControlId(name: string): string {
  return `config-${toKey(name)}`;
}

/** The part of an address that leads to one field of the form. Encoded once more: ids hold percent signs. */
export function toFieldHash(name: string): string {
  return `#${encodeURIComponent(toControlId(name))}`;
}

/** Moves the focus to the first of some fields, in the middle of the window. */
export function focusFirst(names: readonly string[]): void {
  const control = names[0] === undefined ? null : document.getElementById(toControlId(names[0]));
  control?.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}
