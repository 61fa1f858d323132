/** Shorter words are too much like one another. */
const MIN_LENGTH = 3;
/** Up to this length one slip is allowed, above it two. */
const SHORT = 4;

/** The known name that was probably meant by `written`: the one that is a slip or two away, case ignored; null when there is none. */
export function findMeant(written: string, known: readonly string[]): string | null {
  const word = written.toLowerCase();
  if (word.length < MIN_LENGTH) return null;
  const near = known
    .filter((name) => Math.abs(name.length - word.length) <= 2)
    .map((name) => ({ name, slips: countSlips(word, name.toLowerCase()) }))
    .filter(({ name, slips }) => slips <= (Math.min(word.length, name.length) <= SHORT ? 1 : 2));
  return near.toSorted((a, b) => a.slips - b.slips)[0]?.name ?? null;
}

/** Letters left out, put in, replaced or exchanged with their neighbour (optimal string alignment). */
function countSlips(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = cell(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchange ? cell(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, replaced, exchanged));
    }
    [beforeLast, last] = [last, row];
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
