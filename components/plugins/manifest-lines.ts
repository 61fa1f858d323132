import type { Finding } from "@/lib/contract/manifest.ts";

/** A stretch of a manifest: a numbered line with what was found in it, or lines left out. */
export type ManifestLine =
  | { kind: "line"; number: number; text: string; findings: Finding[] }
  | { kind: "gap"; after: number; skipped: number };

/** Lines shown around a finding. */
const CONTEXT = 2;

/** The lines with findings and their neighbours, numbered from 1; the rest as gaps. Empty when no finding has a position. */
export function toManifestLines(text: string, findings: Finding[]): ManifestLine[] {
  const lines = text.split(/\r\n|\r|\n/);
  const shown = new Set<number>();
  for (const { line } of findings) {
    if (line === undefined) continue;
    for (let near = Math.max(1, line - CONTEXT); near <= Math.min(lines.length, line + CONTEXT); near++)
      shown.add(near);
  }
  const numbers = [...shown].sort((a, b) => a - b);
  return numbers.flatMap((number, index): ManifestLine[] => {
    const before = numbers[index - 1] ?? 0;
    const row: ManifestLine = {
      kind: "line",
      number,
      text: lines[number - 1] ?? "",
      findings: findings.filter(({ line }) => line === number),
    };
    const skipped = number - before - 1;
    return skipped > 0 ? [{ kind: "gap", after: before, skipped }, row] : [row];
  });
}

/** Where a line and column (1-based) stand in a text, as an offset for a selection; the end when the text is shorter. */
export function toOffset(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, text.length);
}
