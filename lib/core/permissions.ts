import { Permission } from "../contract/account.ts";
import type { Role } from "../contract/account.ts";

/** Who may do what. An operator runs everything; what concerns the console itself belongs to the admin alone. */
const PERMISSIONS: Record<Role, readonly Permission[]> = {
  admin: Permission.options,
  operator: Permission.options.filter((permission) => permission !== "settings:write"),
  viewer: ["public", "session", "plugins:read", "config:read", "activity:read", "settings:read"],
};

export function permissionsOf(role: Role): Permission[] {
  return [...PERMISSIONS[role]];
}
