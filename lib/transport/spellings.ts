/** A line of a key file as long as this gives the key away. */
export const LONG_LINE = 16;

/** Base64 of a part of a secret has to be this long to be told from ordinary text. */
const LONG_CORE = 8;

/**
 * How a secret may look in what a plugin says: as it is, as JSON and addresses write it, as hexadecimal digits, and inside
 * base64, whatever stands before it ("user:key" of a Basic header). Of several lines each long one counts by itself.
 */
export function spellingsOf(secret: string): Set<string> {
  const trimmed = secret.trim();
  const lines = trimmed.split(/\r?\n/).filter((line) => line.length >= LONG_LINE);
  const texts = new Set([
    secret,
    trimmed === "" ? secret : trimmed,
    ...lines,
    ...lines.map((line) => line.trim()),
  ]);
  return new Set([...texts].flatMap((text) => [...plainSpellings(text), ...encodedSpellings(text)]));
}

function plainSpellings(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  // Lone surrogates have no address: they are sent as the replacement character.
  const wellFormed = text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD");
  const address = encodeURIComponent(wellFormed);
  return [
    text,
    // Hosts and names of headers lose their capitals on the way.
    text.toLowerCase(),
    json,
    json.replace(/[^\x20-\x7e]/g, toEscape),
    json.replaceAll("/", "\\/"),
    address,
    lowerEscapes(address),
    address.replaceAll("%20", "+"),
    encodeURI(wellFormed),
  ];
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function lowerEscapes(address: string): string {
  return address.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

function encodedSpellings(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const hex = bytes.toString("hex");
  const cores = [0, 1, 2].map((shift) => toCore(bytes, shift)).filter((core) => core.length >= LONG_CORE);
  const base64 = cores.flatMap((core) => [core, core.replaceAll("+", "-").replaceAll("/", "_")]);
  return [hex, hex.toUpperCase(), ...base64];
}

/** The digits that every base64 text shares in which the secret begins `shift` bytes into a group of three. */
function toCore(bytes: Buffer, shift: number): string {
  const digits = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const first = shift === 0 ? 0 : shift + 1;
  const whole = Math.floor(((bytes.length + shift) * 8) / 6);
  return digits.slice(first, whole);
}
