import type { ReactNode } from "react";

/** Names and values in two columns. */
export function FactList({ children }: { children: ReactNode }) {
  return (
    <dl className="figures grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 sm:grid-cols-[7.5rem_minmax(0,1fr)]">
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-sm leading-5 text-muted">{name}</dt>
      <dd className="min-w-0 text-sm leading-5 wrap-anywhere">{children}</dd>
    </>
  );
}
