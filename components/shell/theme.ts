import { useLayoutEffect, useSyncExternalStore } from "react";
import { DARK_QUERY, THEME_KEY } from "./theme-script.ts";

export type Theme = "system" | "light" | "dark";

const listeners = new Set<() => void>();

function readTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function applyTheme() {
  const theme = readTheme();
  const dark = theme === "dark" || (theme === "system" && matchMedia(DARK_QUERY).matches);
  document.documentElement.classList.toggle("dark", dark);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  const system = matchMedia(DARK_QUERY);
  listeners.add(listener);
  system.addEventListener("change", applyTheme);
  // Another tab chose.
  window.addEventListener("storage", applyTheme);
  return () => {
    listeners.delete(listener);
    system.removeEventListener("change", applyTheme);
    window.removeEventListener("storage", applyTheme);
  };
}

function setTheme(theme: Theme) {
  if (theme === "system") localStorage.removeItem(THEME_KEY);
  else localStorage.setItem(THEME_KEY, theme);
  applyTheme();
}

/** Follows the reader's choice and the system's from the root of the page, also where the browser had to draw it anew. */
export function useThemeClass(): void {
  useLayoutEffect(() => {
    applyTheme();
    return subscribe(() => undefined);
  }, []);
}

/** The reader's choice, kept in this browser, and its setter. "system" until hydration. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore<Theme>(subscribe, readTheme, () => "system");
  return [theme, setTheme];
}
