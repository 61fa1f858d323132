"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { Menu, MenuChoice, MenuItem, MenuLabel } from "@/components/ui/menu.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import { api } from "@/lib/client/browser.ts";
import { clearDrafts } from "@/lib/client/draft.ts";
import { queries } from "@/lib/client/queries.ts";
import { useTheme, type Theme } from "./theme.ts";

const THEMES = [
  { value: "system", label: "System", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const satisfies ReadonlyArray<{ value: Theme; label: string; icon: unknown }>;

/** Ends the session and starts from a clean page, so that nothing of this reader stays in memory. */
export async function signOut(): Promise<void> {
  await api.signOut();
  clearDrafts();
  window.location.assign("/sign-in");
}

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu({ side, compact = false }: { side: "top" | "bottom"; compact?: boolean }) {
  const { data: me } = useQuery(queries(api).me);
  const [theme, setTheme] = useTheme();
  const toast = useToast();
  const name = me?.name ?? "Account";

  async function leave() {
    try {
      await signOut();
    } catch (error) {
      const { message, hint } = toErrorInfo(error);
      toast({ title: "You are still signed in", body: `${message} ${hint ?? ""}`, tone: "bad" });
    }
  }

  return (
    <Menu
      label={`Account and theme: ${name}`}
      side={side}
      align={compact ? "end" : "start"}
      triggerClassName={
        compact
          ? "inline-flex size-8 items-center justify-center rounded-md hover:bg-sunken"
          : "flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-sunken"
      }
      trigger={
        <>
          {/* Drawn, not written: as text it would be part of the button's visible label. */}
          <span
            aria-hidden
            data-initial={[...name][0]}
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase before:content-[attr(data-initial)]"
          />
          {compact ? null : (
            <>
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
            </>
          )}
        </>
      }
    >
      <MenuLabel>
        <span className="block max-w-56 truncate">{me ? `${me.email} · ${me.role}` : "Loading"}</span>
      </MenuLabel>
      <MenuLabel>Theme</MenuLabel>
      {THEMES.map(({ value, label, icon: Icon }) => (
        <MenuChoice
          key={value}
          icon={<Icon aria-hidden />}
          checked={theme === value}
          onSelect={() => setTheme(value)}
        >
          {label}
        </MenuChoice>
      ))}
      <MenuLabel>Session</MenuLabel>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
