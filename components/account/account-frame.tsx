import type { ReactNode } from "react";
import { Logo } from "@/components/shell/logo.tsx";

/** The frame of the pages before a session: nothing but the mark, a heading and one thing to do. */
export function AccountFrame({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-10 sm:justify-center">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <Logo />
        <div className="flex flex-col gap-1">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {description ? <div className="text-base text-muted">{description}</div> : null}
        </div>
        {children}
      </div>
    </main>
  );
}
