/** What single parts of an expression match, in words. */
const CLASSES: ReadonlyArray<[part: string, words: string]> = [
  ["\\w", "letters, digits and _"],
  ["\\d", "digits"],
  ["[0-9]", "digits"],
  ["[a-z]", "small letters"],
  ["[A-Z]", "capital letters"],
  ["[a-zA-Z]", "letters"],
  ["[A-Za-z]", "letters"],
  ["[a-zA-Z0-9]", "letters and digits"],
  ["[A-Za-z0-9]", "letters and digits"],
  ["[a-z0-9]", "small letters and digits"],
  ["[A-Z0-9]", "capital letters and digits"],
  ["[a-f0-9]", "hexadecimal digits"],
  ["[0-9a-f]", "hexadecimal digits"],
  ["[0-9a-fA-F]", "hexadecimal digits"],
  ["\\S", "no blanks"],
  ["[^\\s]", "no blanks"],
];

const QUANTITY = /^(?:\*|\+|\?|\{(\d+)(,(\d*))?\})/;

/**
 * A sentence's end for what an anchored expression asks for ("begins with "sk-", then 20 or more letters and digits"), or null for one
 * that has more in it than plain text and classes of characters: an expression tells most people nothing, and half of one the wrong thing.
 */
export function describePattern(pattern: string): string | null {
  const address = /^\^(?:\\s\*)?https\?:\/\/(?:\[\^\\s\]|\\S)\+(?:\\s\*)?\$$/.test(pattern);
  if (address) return "an address that begins with http:// or https:// and holds no blanks";
  if (pattern === "^\\d{4}-\\d{2}-\\d{2}$") return "a date such as 2026-12-31";
  if (!pattern.startsWith("^")) return null;
  if (!pattern.endsWith("$")) {
    const start = takeText(pattern.slice(1));
    return start?.length === pattern.length - 1 ? `text that begins with ${start.words}` : null;
  }
  const parts = splitParts(pattern.slice(1, -1));
  if (parts === null || parts.length === 0) return null;
  const [first, ...others] = parts;
  return [
    first?.isText === true && others.length > 0 ? `${first.words} at the beginning` : first?.words,
    ...others.map(({ words }) => words),
  ].join(", then ");
}

interface Part {
  words: string;
  isText: boolean;
}

function splitParts(text: string): Part[] | null {
  const parts: Part[] = [];
  for (let rest = text; rest !== "";) {
    const part = takeClass(rest) ?? takeText(rest);
    if (part === null) return null;
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}

function takeClass(text: string): (Part & { length: number }) | null {
  const set = /^\[(?!\^)((?:\\w|[\w.\-@:/+=]|a-z|A-Z|0-9)+)\]/.exec(text);
  const known = CLASSES.find(([part]) => text.startsWith(part));
  const words = known?.[1] ?? (set ? describeSet(set[1] ?? "") : null);
  if (words === null) return null;
  const part = known?.[0] ?? set?.[0] ?? "";
  const quantity = QUANTITY.exec(text.slice(part.length));
  const length = part.length + (quantity?.[0].length ?? 0);
  return { words: countOf(quantity, words), isText: false, length };
}

/** `\w.-` → "letters, digits, _ . and -". */
function describeSet(inside: string): string | null {
  const names = [
    ...(inside.includes("\\w") ? ["letters", "digits", "_"] : []),
    ...(/a-z/.test(inside)
      ? [/A-Z/.test(inside) ? "letters" : "small letters"]
      : /A-Z/.test(inside)
        ? ["capital letters"]
        : []),
    ...(/0-9/.test(inside) ? ["digits"] : []),
    ...inside.replace(/\\w|a-z|A-Z|0-9/g, ""),
  ];
  if (names.some((name) => /^[A-Za-z0-9]$/.test(name))) return null;
  return names.length < 2 ? (names[0] ?? null) : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function countOf(quantity: RegExpExecArray | null, words: string): string {
  const [all = "", least, range, most] = quantity ?? [];
  if (words === "no blanks") return "anything without blanks";
  if (all === "" || all === "{1}") return `one of: ${words}`;
  if (all === "*") return `nothing but ${words}`;
  if (all === "+") return words;
  if (all === "?") return `perhaps one of: ${words}`;
  if (range === undefined) return `${least} ${words}`;
  return most === "" ? `${least} or more ${words}` : `${least} to ${most} ${words}`;
}

function takeText(text: string): (Part & { length: number }) | null {
  const found = /^(?:[\w\-:/@ ]|\\[.\-+/])+/.exec(text)?.[0];
  if (found === undefined || QUANTITY.test(text.slice(found.length))) return null;
  return { words: `“${found.replaceAll("\\", "")}”`, isText: true, length: found.length };
}
