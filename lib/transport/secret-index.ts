/** Every spelling is at least this long, and is found by its first characters. */
export const SHORTEST_SECRET = 6;

/** Finds many texts in another at once, in a time that hardly depends on how many there are. */
export interface SecretIndex {
  has(text: string): boolean;
  /** The text with `word` in place of each; of those that begin at one place the longest. */
  replace(text: string, word: string): string;
  /** The same for a text that goes on: `held` may be, or hold, the beginning of a spelling whose rest is still to come. */
  split(text: string, word: string): { done: string; held: string };
}

/** @param spellings at least `SHORTEST_SECRET` UTF-16 units each; shorter ones are never found */
export function createSecretIndex(spellings: Iterable<string>): SecretIndex {
  const all = new Set(spellings);
  const byStart = new Map<string, string[]>();
  /** The first two units of every spelling, mixed: most places of a text are passed by without a look at the map. */
  const starts = new Uint8Array(65_536);
  /** The beginnings that are shorter than what `byStart` knows. */
  const shortStarts = new Set<string>();
  let longest = 0;
  for (const spelling of [...all].sort((a, b) => b.length - a.length)) {
    const start = spelling.slice(0, SHORTEST_SECRET);
    starts[mix(spelling, 0)] = 1;
    longest = Math.max(longest, spelling.length);
    for (let length = 1; length < SHORTEST_SECRET; length += 1) shortStarts.add(spelling.slice(0, length));
    const same = byStart.get(start);
    if (same) same.push(spelling);
    else byStart.set(start, [spelling]);
  }

  function find(text: string, at: number): string | undefined {
    return byStart
      .get(text.slice(at, at + SHORTEST_SECRET))
      ?.find((spelling) => text.startsWith(spelling, at));
  }

  function mayGoOn(text: string, at: number): boolean {
    if (text.length - at < SHORTEST_SECRET) return shortStarts.has(text.slice(at));
    if (starts[mix(text, at)] !== 1) return false;
    const rest = text.slice(at);
    return (
      byStart.get(rest.slice(0, SHORTEST_SECRET))?.some((spelling) => spelling.startsWith(rest)) ?? false
    );
  }

  /** Where the longest end of `text` begins that may go on as a spelling. */
  function findOpen(text: string): number {
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1) {
      if (mayGoOn(text, at)) return at;
    }
    return text.length;
  }

  /** Replaces what begins before `until`. */
  function replaceUntil(text: string, word: string, until: number): { done: string; held: string } {
    let kept = "";
    let from = 0;
    for (let at = 0; at < until && at <= text.length - SHORTEST_SECRET; at += 1) {
      const found = starts[mix(text, at)] === 1 ? find(text, at) : undefined;
      if (found === undefined) continue;
      kept += text.slice(from, at) + word;
      from = at + found.length;
      at = from - 1;
    }
    const end = Math.max(from, until);
    return { done: from === 0 ? text.slice(0, end) : kept + text.slice(from, end), held: text.slice(end) };
  }

  return {
    split: (text, word) => replaceUntil(text, word, findOpen(text)),
    replace: (text, word) => replaceUntil(text, word, text.length).done,
    has: (text) => all.has(text),
  };
}

function mix(text: string, at: number): number {
  return ((text.charCodeAt(at) * 251) ^ text.charCodeAt(at + 1)) & 0xffff;
}
