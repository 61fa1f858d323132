/** What a request asks for: its path with query, and the host it was asked under. */
export interface RequestTarget {
  /** Begins with a slash. */
  path: string;
  /** The host and port of an absolute target, which stands for the `Host` header (RFC 9112, 3.2.2); null for a plain path. */
  authority: string | null;
}

/** Reads the target of a request: `/path?query`, or the absolute form that proxies are sent. Null for every other form. */
export function readRequestTarget(url: string): RequestTarget | null {
  if (url.startsWith("/")) return { path: url, authority: null };
  const absolute = /^https?:\/\/([^/?#]+)([/?][^#]*)?$/i.exec(url);
  if (!absolute) return null;
  const [, authority = "", path = "/"] = absolute;
  return { path: path.startsWith("/") ? path : `/${path}`, authority };
}

/** Whether the path of a page can be read: its escapes are UTF-8, and it holds none that means the end of a text. */
export function isReadablePath(path: string): boolean {
  try {
    return !decodeURIComponent(path.split("?")[0] ?? "").includes("\0");
  } catch {
    return false;
  }
}
