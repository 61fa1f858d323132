import { findBlockPlace, type ManifestPlace } from "./block-place.ts";
import { findOpenBrackets, toFlowPath } from "./flow-place.ts";

/** Reads the place of an offset. Linear in the text; null inside a comment. */
export function findPlace(text: string, offset: number): ManifestPlace | null {
  const before = text.slice(0, offset);
  const from = offset - (/["']?[\w.-]*$/.exec(before)?.[0].length ?? 0);
  const open = findOpenBrackets(before);
  if (open === null) return null;
  const top = open.at(-1);
  if (!top) return findBlockPlace(text, offset, from);
  const isObject = top.sign === "{";
  return {
    path: toFlowPath(before, open),
    key: isObject ? top.key : null,
    siblings: top.keys,
    from,
    flow: true,
    inItem: isObject,
  };
}
