/** The mark: two threads over two, woven. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg viewBox="0 0 20 20" aria-hidden className="size-5 shrink-0">
        <g fill="none" strokeWidth="2.5" strokeLinecap="round">
          <path d="M2 6.5h4m6 0h6M2 13.5h9m6.5 0h.5" className="stroke-accent" />
          <path d="M6.5 2v9m0 6v1M13.5 2v.5m0 6.5v9" className="stroke-ink/60" />
        </g>
      </svg>
      Loom Console
    </span>
  );
}
