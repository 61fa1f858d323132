import { Permission } from "../contract/account.ts";
import type { Role } from "../contract/account.ts";

/** Who may do what. An operator runs everything; changing people belongs to the admin alone, and has no permission yet. */
const PERMISSIONS: Record<Role, readonly Permission[]> = {
  admin: Permission.options,
  operator: Permission.options,
  viewer: ["public", "session", "plugins:read", "config:read", "activity:read"],
};

export function permissionsOf(role: Role): Permission[] {
  return [...PERMISSIONS[role]];
}
