import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

/** Nothing here yet, why, and the next step. `command` is a one-liner to run in a terminal. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  command,
}: {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  command?: string;
}) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-3 px-4 py-12 text-center">
      <span aria-hidden className="text-faint [&_svg]:size-7">
        {icon}
      </span>
      <div className="flex flex-col gap-1">
        <h2 className="text-lg font-semibold">{title}</h2>
        {children ? <div className="text-base text-muted">{children}</div> : null}
      </div>
      {command ? <Command value={command} /> : null}
      {action ? <div className="flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}

/** A runnable line with its copy button. */
export function Command({ value }: { value: string }) {
  return (
    <div className="flex w-full max-w-full items-center gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3 text-left">
      <code className="min-w-0 flex-1 text-sm wrap-anywhere">{value}</code>
      <CopyButton value={value} label="Copy command" />
    </div>
  );
}
