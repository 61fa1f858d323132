/** Longest excerpt of a body that leaves the transport, `PluginFault.excerpt`. */
const MAX_EXCERPT = 300;

/** One printable line of at most `max` characters. Web pages are reduced to their title or text. */
export function toExcerpt(text: string, max = MAX_EXCERPT): string {
  const head = text.slice(0, 4_000);
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(head)?.[1];
  const plain = title ?? (/^\s*</.test(head) ? head.replace(/<[^>]{0,200}>/g, " ") : head);
  const line = plain
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .replace(/\uFFFD+/g, "·")
    .trim();
  const characters = [...line.slice(0, (max + 1) * 2)];
  return characters.length <= max ? characters.join("") : `${characters.slice(0, max - 1).join("")}…`;
}
