import { Plus } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { ConnectionNotice } from "./connection-notice.tsx";
import { Logo } from "./logo.tsx";
import { MobileBar } from "./mobile-bar.tsx";
import { NavLinks } from "./nav-links.tsx";
import { PaletteButton } from "./palette-button.tsx";
import { SessionGuard } from "./session-guard.tsx";
import { TitleState } from "./title-state.tsx";

/** The frame around every page of a signed-in reader: a sidebar where there is room, a bar with a menu where there is not. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col shell:grid shell:grid-cols-[14rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-ink px-3 py-2 text-canvas focus:translate-y-0"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col gap-4 border-r border-line bg-surface px-3 py-4 shell:flex">
        <Link href="/" className="rounded-md px-2 py-1">
          <Logo />
        </Link>
        <PaletteButton />
        <nav aria-label="Main">
          <NavLinks />
        </nav>
        <ButtonLink href="/plugins/new" icon={<Plus aria-hidden />} className="w-full">
          Add plugin
        </ButtonLink>
        <div className="mt-auto">
          <AccountMenu side="top" />
        </div>
      </aside>
      <MobileBar />
      <div className="flex min-w-0 flex-1 flex-col">
        <ConnectionNotice />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto flex w-full max-w-[96rem] min-w-0 flex-1 flex-col gap-5 px-4 py-5 outline-none shell:px-8 shell:py-7"
        >
          {children}
        </main>
      </div>
      <SessionGuard />
      <TitleState />
    </div>
  );
}
