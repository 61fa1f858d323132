import type { Finding } from "../contract/manifest.ts";
import type { Position } from "./tree.ts";

/** What is noticed about one document, in the order it stands there. */
export interface Findings {
  error(code: string, path: string, message: string, fix: string): void;
  warning(code: string, path: string, message: string, fix?: string): void;
  /** Tells where a path stands in the text, so that later findings about it or what lies below have a position. */
  locate(path: string, at: Position | undefined): void;
  /** Errors first come as they stand in the text; without text, in the order they were found. */
  list(): Finding[];
  hasErrors(): boolean;
  /** True when an error about exactly this path is there already. */
  hasErrorAt(path: string): boolean;
}

/** More would not help anyone; hostile text could make thousands. */
const MAX_FINDINGS = 200;
/** Messages quote what was written, and a hostile value is as long as the file. */
const MAX_MESSAGE = 400;

export function createFindings(): Findings {
  const found: Finding[] = [];
  const places = new Map<string, Position>();
  let errors = 0;

  function add(finding: Omit<Finding, "line" | "column">): void {
    if (finding.severity === "error") errors += 1;
    if (found.length >= MAX_FINDINGS) return;
    const message = finding.message.slice(0, MAX_MESSAGE);
    found.push({ ...finding, message, ...placeOf(finding.path, places) });
  }

  return {
    error: (code, path, message, fix) => add({ severity: "error", code, path, message, fix }),
    warning: (code, path, message, fix) =>
      add({ severity: "warning", code, path, message, ...(fix === undefined ? {} : { fix }) }),
    locate(path, at) {
      if (at) places.set(path, at);
    },
    list: () => found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
    hasErrors: () => errors > 0,
    hasErrorAt: (path) => found.some((finding) => finding.severity === "error" && finding.path === path),
  };
}

/** The place of a path, or of the nearest thing around it: a missing field is shown where its object begins. */
function placeOf(path: string, places: ReadonlyMap<string, Position>): Position | undefined {
  for (let at = path; at !== ""; at = parentOf(at)) {
    const place = places.get(at);
    if (place) return place;
  }
  return places.get("");
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
