import { useId, type ReactNode, type Ref } from "react";
import { cn } from "./class-names.ts";

/**
 * The one card-like container. Never put one inside another. `padded={false}` for tables and lists that reach the edge; with an `id`, a
 * button can bring the keyboard here.
 */
export function Panel({
  id,
  title,
  actions,
  description,
  children,
  padded = true,
  className,
  headingRef,
}: {
  id?: string;
  title?: ReactNode;
  actions?: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  padded?: boolean;
  className?: string;
  /** Makes the title focusable by script, for panels that people are led to. */
  headingRef?: Ref<HTMLHeadingElement>;
}) {
  const heading = useId();
  return (
    <section
      id={id}
      tabIndex={id === undefined ? undefined : -1}
      aria-labelledby={title ? heading : undefined}
      className={cn("min-w-0 scroll-mt-16 rounded-lg border border-line bg-surface", className)}
    >
      {title || actions ? (
        <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2.5">
          <div className="min-w-0">
            {title ? (
              <h2
                id={heading}
                ref={headingRef}
                tabIndex={headingRef ? -1 : undefined}
                className="scroll-mt-16 text-base font-semibold"
              >
                {title}
              </h2>
            ) : null}
            {description ? <p className="text-sm text-muted">{description}</p> : null}
          </div>
          {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className={padded ? "p-4" : undefined}>{children}</div>
    </section>
  );
}
