/** Where the caret stands in a manifest that is being written, and so usually not valid yet. */
export interface ManifestPlace {
  /** The object or list around it: ``, `metadata`, `metadata.config_schema[]`; a list itself ends without `[]`. */
  path: string;
  /** The key whose value is being written; null while a key is. */
  key: string | null;
  /** Keys the object has already. */
  siblings: string[];
  /** Where the word before the caret begins. */
  from: number;
  /** Inside braces or brackets: JSON, or YAML written like it. */
  flow: boolean;
  /** In a list, whether the item's dash or bracket is there already. */
  inItem: boolean;
}

export const joinKey = (path: string, key: string) => (path === "" ? key : `${path}.${key}`);

interface Line {
  /** Column of the first dash; equal to `keyAt` without one. */
  dashAt: number;
  /** Column of the first thing that is no dash. */
  keyAt: number;
  dashes: number;
  /** Null when the line is not `key:`. */
  key: string | null;
  start: number;
}

const LINE = /^( *)((?:- +|-$)*)(?:(["']?)([\w.-]+)\3 *:(?: |$))?/;

function readLine(line: string, start: number): Line {
  const [, indent = "", dashes = "", , key] = LINE.exec(line) ?? [];
  const count = dashes.split("-").length - 1;
  // A dash alone stands for an item two columns further in.
  const width = dashes.endsWith("-") ? dashes.length + 1 : dashes.length;
  return { dashAt: indent.length, keyAt: indent.length + width, dashes: count, key: key ?? null, start };
}

function isBlank(line: string): boolean {
  return /^\s*(#.*)?$/.test(line);
}

/** The place of an offset outside of braces and brackets; null where nothing fits. `from` is where the word before it begins. */
export function findBlockPlace(text: string, offset: number, from: number): ManifestPlace | null {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const written = text.slice(start, offset);
  const here = readLine(written, start);
  const value = here.key !== null && start + here.keyAt < from;
  if (!value && /\S/.test(text.slice(start + here.keyAt, from))) return null;
  const above = linesAbove(text, start);
  const around = findAround(above, { ...here, dashAt: here.dashes > 0 ? here.dashAt : here.keyAt });
  if (around === null) return null;
  const inList = here.dashes > 0 || around.item;
  const path = inList ? `${around.path}[]` : around.path;
  return {
    path,
    key: value ? here.key : null,
    siblings: findSiblings(text, here, start).filter((key) => !value || key !== here.key),
    from,
    flow: false,
    inItem: inList,
  };
}

function linesAbove(text: string, end: number): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < end) {
    const stop = text.indexOf("\n", start);
    const line = text.slice(start, stop === -1 ? text.length : stop);
    if (!isBlank(line)) lines.push(readLine(line, start));
    start = stop === -1 ? end : stop + 1;
  }
  return lines;
}

/** Path of what a line at some column belongs to. `item`: it goes on an item of a list that a line above began with its dash. */
function findAround(above: readonly Line[], here: Line): { path: string; item: boolean } | null {
  let column = here.dashes > 0 ? here.dashAt : here.keyAt;
  let isDash = here.dashes > 0;
  let item = false;
  const parts: string[] = [];
  for (let at = above.length - 1; at >= 0; at--) {
    const line = above[at];
    if (!line) continue;
    if (line.dashes > 0 && line.keyAt === column && !isDash) {
      // The dash of the item this belongs to.
      if (parts.length === 0) item = true;
      else parts[0] = `[].${parts[0] ?? ""}`;
      column = line.dashAt;
      isDash = true;
    } else if (line.keyAt < column || (isDash && line.dashes === 0 && line.keyAt === column)) {
      if (line.key === null) {
        if (line.dashAt >= column) continue;
        return null;
      }
      parts.unshift(line.key);
      column = line.keyAt;
      isDash = false;
      if (line.dashes > 0) {
        parts[0] = `[].${line.key}`;
        column = line.dashAt;
        isDash = true;
      }
    }
  }
  return { path: parts.join(".").replaceAll(".[]", "[]"), item };
}

/** The keys that stand beside this line's in the same object. */
function findSiblings(text: string, here: Line, start: number): string[] {
  const keys: string[] = [];
  const collect = (lines: Line[], stopsAtDash: boolean) => {
    for (const line of lines) {
      if (line.dashes > 0 && !stopsAtDash && line.dashAt < here.keyAt) return;
      if (line.keyAt < here.keyAt) return;
      if (line.keyAt === here.keyAt && line.key !== null) keys.push(line.key);
      if (line.dashes > 0 && line.keyAt <= here.keyAt) return;
    }
  };
  if (here.dashes === 0) collect(linesAbove(text, start).reverse(), true);
  const rest = text.indexOf("\n", start);
  if (rest !== -1) collect(linesAbove(text.slice(rest + 1), text.length - rest), false);
  return keys;
}

/** Path of the key or item of a block at whose value a bracket opens. */
export function toBlockPath(text: string, at: number): string {
  const place = findBlockPlace(text.slice(0, at), at, at);
  if (place === null) return "";
  return place.key === null ? place.path : joinKey(place.path, place.key);
}
