import { toControlId } from "./config-field.tsx";

/** The part of an address that leads to one field of the form. Encoded once more: ids hold percent signs. */
export function toFieldHash(name: string): string {
  return `#${encodeURIComponent(toControlId(name))}`;
}
