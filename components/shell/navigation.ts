import { Activity, Blocks, House, MessagesSquare, Settings, type LucideIcon } from "lucide-react";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Only the address itself is current, not what lies below it. */
  exact?: boolean;
}

/** The rooms of the console, in the order of the sidebar. */
export const PLACES: readonly Place[] = [
  { href: "/", label: "Overview", icon: House, exact: true },
  { href: "/plugins", label: "Plugins", icon: Blocks },
  { href: "/playground", label: "Playground", icon: MessagesSquare },
  { href: "/activity", label: "Activity", icon: Activity },
  { href: "/settings", label: "Settings", icon: Settings },
];

/** Whether `path` lies in a place. */
export function isCurrent({ href, exact }: Place, path: string): boolean {
  return path === href || (!exact && path.startsWith(`${href}/`));
}
