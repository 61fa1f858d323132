import { createContext, useContext, type RefObject } from "react";
import type { ConfigEditing } from "@/components/config-form/config-actions.tsx";
import type { Plugin } from "@/lib/contract/plugin.ts";

/** What can be done to a plugin with one press. */
export type PluginVerb = "enable" | "disable" | "restart" | "check";

interface Screen {
  plugin: Plugin;
  act: (verb: PluginVerb) => void;
  /** The verb under way, if any. */
  running: PluginVerb | null;
  /** Forgets why the last verb failed. */
  dismiss: () => void;
  /** The configuration that is being edited, on the tab that shows one. */
  editing: RefObject<ConfigEditing | null>;
}

export const ScreenContext = createContext<Screen | null>(null);

/** The plugin of the page around, and what can be done to it. */
export function usePluginScreen(): Screen {
  const screen = useContext(ScreenContext);
  if (!screen) throw new Error("usePluginScreen needs a PluginScreen above it");
  return screen;
}
