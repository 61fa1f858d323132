import type { Finding } from "../contract/manifest.ts";
import type { Position } from "./tree.ts";

/** What is noticed about one document, in the order it stands there. */
export interface Findings {
  /** How Loom's own loader would read the document: its JSON and YAML readers know different names. */
  readonly dialect: Dialect;
  error(code: string, path: string, message: string, fix: string): void;
  warning(code: string, path: string, message: string, fix: string, consequence?: Consequence): void;
  /** A name nobody knows at `path` that was probably meant for `meant`: a warning, and the error itself once `meant` turns out missing. */
  misspelt(path: string, meant: string, message: string, fix: string): void;
  /** Tells where a path stands in the text, so that later findings about it or what lies below have a position. */
  locate(path: string, offset: number | undefined): void;
  /** Where a path, or the nearest thing around it, stands in the text; undefined without text. */
  positionOf(path: string): Position | undefined;
  /** In the order of the text; without text, in the order they were found. */
  list(): Finding[];
  hasErrors(): boolean;
  /** True when an error about exactly this path is there already. */
  hasErrorAt(path: string): boolean;
}

export type Dialect = "yaml" | "json";

/** True when the console gets along but Loom itself would refuse or misread the manifest; false unless given. */
interface Consequence {
  refusedByLoom?: boolean;
}

/** More would not help anyone; hostile text could make thousands. */
const MAX_FINDINGS = 200;
/** Messages quote what was written, and a hostile value is as long as the file. */
const MAX_MESSAGE = 400;

const MISSPELT = "misspelt_field";

type Placed = Finding & { offset: number | undefined };

/** `locate` turns offsets into positions; without it there is no text and findings have no position. */
export function createFindings(dialect: Dialect, locate?: (offset: number) => Position): Findings {
  const kept: Record<Finding["severity"], Placed[]> = { error: [], warning: [] };
  const count = { error: 0, warning: 0 };
  const places = new Map<string, number>();
  const broken = new Set<string>();
  const slips = new Map<string, string>();

  function add(finding: Finding): void {
    count[finding.severity] += 1;
    if (kept[finding.severity].length >= MAX_FINDINGS) return;
    const message = finding.message.slice(0, MAX_MESSAGE);
    kept[finding.severity].push({ ...finding, message, offset: placeOf(finding.path, places) });
  }

  /** Makes one error of a missing field and the misspelt name it stands under. False when there is no such name. */
  function blameSpelling(missing: string): boolean {
    const path = slips.get(missing);
    const index = kept.warning.findIndex((finding) => finding.code === MISSPELT && finding.path === path);
    const [slip] = index === -1 ? [] : kept.warning.splice(index, 1);
    if (!slip) return false;
    count.warning -= 1;
    count.error += 1;
    kept.error.push({ ...slip, severity: "error" });
    return true;
  }

  /** Errors go first when not all can be shown: they are what stops a registration. */
  function choose(): Placed[] {
    const total = count.error + count.warning;
    const all = [...kept.error, ...kept.warning];
    if (total <= MAX_FINDINGS) return all;
    const shown = all.slice(0, MAX_FINDINGS - 1);
    return [...shown, { ...toRemainder(total - shown.length), offset: places.get("") }];
  }

  return {
    dialect,
    error(code, path, message, fix) {
      broken.add(path);
      if (code === "missing_field" && blameSpelling(path)) return;
      add({ severity: "error", code, path, message, fix });
    },
    warning: (code, path, message, fix, { refusedByLoom = false }: Consequence = {}) =>
      add({ severity: "warning", code, path, message, fix, ...(refusedByLoom ? { refusedByLoom } : {}) }),
    misspelt(path, meant, message, fix) {
      if (!slips.has(meant)) slips.set(meant, path);
      add({ severity: "warning", code: MISSPELT, path, message, fix });
    },
    locate(path, offset) {
      if (offset !== undefined) places.set(path, offset);
    },
    positionOf(path) {
      const offset = placeOf(path, places);
      return offset === undefined ? undefined : locate?.(offset);
    },
    list: () =>
      choose()
        .toSorted((a, b) => (a.offset ?? 0) - (b.offset ?? 0))
        .map(({ offset, ...finding }) =>
          offset === undefined || !locate ? finding : { ...finding, ...locate(offset) },
        ),
    hasErrors: () => count.error > 0,
    hasErrorAt: (path) => broken.has(path),
  };
}

function toRemainder(rest: number): Finding {
  return {
    severity: "warning",
    code: "more_findings",
    path: "",
    message: `There are ${rest} more findings than can be listed here.`,
    fix: "Mend those that are listed, errors first, and look again.",
  };
}

/** The place of a path, or of the nearest thing around it: a missing field is shown where its object begins. */
function placeOf(path: string, places: ReadonlyMap<string, number>): number | undefined {
  for (let at = path; at !== ""; at = parentOf(at)) {
    const place = places.get(at);
    if (place !== undefined) return place;
  }
  return places.get("");
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
