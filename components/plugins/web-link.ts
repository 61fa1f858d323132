/** The address a plugin gives as its homepage, or null unless it is a plain web address: authors can write anything there. */
export function toWebLink(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && (url.protocol === "https:" || url.protocol === "http:") && !url.username && !url.password
    ? url.href
    : null;
}
