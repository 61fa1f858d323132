import { ExternalLink, Image as ImageIcon } from "lucide-react";
import type { ReactNode } from "react";

/** The host of an address somebody else wrote; null when it does not lead to a web page. */
function hostOf(href: string | undefined): string | null {
  if (!href || !URL.canParse(href)) return null;
  const { protocol, host } = new URL(href);
  return protocol === "https:" || protocol === "http:" ? host : null;
}

/** A link from somebody else's text: a new tab, no referrer, and its host in sight. */
export function OutsideLink({
  href,
  shown,
  children,
}: {
  href: string | undefined;
  shown: string;
  children: ReactNode;
}) {
  const host = hostOf(href);
  // A relative address would lead into this console, where the model has no business.
  if (host === null) return <span>{children}</span>;
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
        {children}
        <ExternalLink aria-hidden className="ml-0.5 inline size-3 align-baseline" />
        <span className="sr-only"> (opens in a new tab)</span>
      </a>
      {shown.includes(host) ? null : <span className="text-xs text-muted"> ({host})</span>}
    </>
  );
}

/** In place of an image: loading it would tell its host that, and when, this answer was read. */
export function RemoteImage({ src, alt }: { src: string | undefined; alt: string }) {
  const host = hostOf(src);
  if (host === null) return <span>{alt}</span>;
  return (
    <a
      href={src}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={src}
      className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-md border border-line-strong px-2 py-0.5 text-sm no-underline"
    >
      <ImageIcon aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 wrap-anywhere">
        {alt || "Image"} <span className="text-muted">· open at {host}</span>
      </span>
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}
