"use client";

import { Menu as MenuIcon, Plus, X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ButtonLink, IconButton } from "@/components/ui/button.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Logo } from "./logo.tsx";
import { NavLinks } from "./nav-links.tsx";
import { PaletteButton } from "./palette-button.tsx";

/** The bar of narrow screens. Its menu pushes the page down rather than covering it. */
export function MobileBar() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <header
      className="sticky top-0 z-30 border-b border-line bg-surface shell:hidden"
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <div className="flex h-12 items-center gap-1 px-3">
        <Link href="/" className="mr-auto rounded-md" onClick={close}>
          <Logo />
        </Link>
        <PaletteButton compact />
        <AccountMenu side="bottom" compact />
        <IconButton
          label={open ? "Close menu" : "Open menu"}
          aria-expanded={open}
          aria-controls="mobile-menu"
          onClick={() => setOpen(!open)}
        >
          {open ? <X aria-hidden /> : <MenuIcon aria-hidden />}
        </IconButton>
      </div>
      <nav id="mobile-menu" aria-label="Main" hidden={!open} className="border-t border-line p-3">
        <NavLinks onFollow={close} />
        <ButtonLink href="/plugins/new" icon={<Plus aria-hidden />} className="mt-3 w-full" onClick={close}>
          Add plugin
        </ButtonLink>
      </nav>
    </header>
  );
}
