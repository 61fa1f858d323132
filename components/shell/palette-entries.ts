import type { PluginSummary } from "@/lib/contract/plugin.ts";

/** One line of the palette. */
export interface PaletteEntry {
  id: string;
  group: "Plugins" | "Pages" | "Actions";
  label: string;
  /** Shown faintly at the right and searched too. */
  detail?: string;
  action: { kind: "go"; href: string } | { kind: "run"; command: "toggle-theme" | "sign-out" };
}

const PAGES: readonly PaletteEntry[] = [
  { id: "overview", group: "Pages", label: "Overview", action: { kind: "go", href: "/" } },
  { id: "plugins", group: "Pages", label: "Plugins", action: { kind: "go", href: "/plugins" } },
  { id: "playground", group: "Pages", label: "Playground", action: { kind: "go", href: "/playground" } },
  { id: "activity", group: "Pages", label: "Activity", action: { kind: "go", href: "/activity" } },
  {
    id: "addresses",
    group: "Pages",
    label: "Settings",
    detail: "Allowed addresses",
    action: { kind: "go", href: "/settings/addresses" },
  },
];

const ACTIONS: readonly PaletteEntry[] = [
  { id: "add", group: "Actions", label: "Add plugin", action: { kind: "go", href: "/plugins/new" } },
  {
    id: "theme",
    group: "Actions",
    label: "Switch between light and dark",
    action: { kind: "run", command: "toggle-theme" },
  },
  { id: "sign-out", group: "Actions", label: "Sign out", action: { kind: "run", command: "sign-out" } },
];

function toEntries(plugin: PluginSummary): PaletteEntry[] {
  const path = `/plugins/${encodeURIComponent(plugin.id)}`;
  const part = (name: string, href: string): PaletteEntry => ({
    id: `${plugin.id}${name}`,
    group: "Plugins",
    label: name ? `${plugin.name}: ${name}` : plugin.name,
    detail: plugin.providerType,
    action: { kind: "go", href },
  });
  return [
    part("", path),
    part("Configuration", `${path}/configuration`),
    part("Health", `${path}/health`),
    part("Models", `${path}/models`),
    ...(plugin.hasCommand ? [part("Logs", `${path}/logs`)] : []),
    part("Activity", `${path}/activity`),
    part("Chat", `/playground?plugin=${encodeURIComponent(plugin.id)}`),
  ];
}

/** Lines shown at once. */
const MOST = 40;

/**
 * What the palette offers for a query: every word must occur. Without a query, the plugins themselves, pages and actions;
 * what starts with the query comes first, then what comes first in the list.
 */
export function findEntries(plugins: readonly PluginSummary[], query: string): PaletteEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const perPlugin = plugins.map(toEntries);
  if (words.length === 0) {
    const first = perPlugin.flatMap((entries) => entries.slice(0, 1)).slice(0, MOST / 2);
    return [...PAGES, ...ACTIONS, ...first];
  }
  const matches = [...perPlugin.flat(), ...PAGES, ...ACTIONS].filter(({ label, detail = "" }) => {
    const text = `${label} ${detail}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ label }: PaletteEntry) => (label.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1);
  return matches.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST);
}
