import type { Permission, Role } from "../contract/account.ts";
import { AppError } from "../contract/error.ts";

/** Who is doing something. `id` is null for the console itself. */
export interface Actor {
  id: string | null;
  name: string;
  role: Role;
  permissions: readonly Permission[];
  /** Of the request this happens in; null at boot. */
  requestId: string | null;
}

/** The console itself, at first start. It may do what its caller decided; it holds no permission of its own. */
export const SYSTEM: Actor = { id: null, name: "system", role: "admin", permissions: [], requestId: null };

/** Every operation asks this first, whoever calls it. Throws `forbidden`. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (actor.permissions.includes(permission)) return;
  throw new AppError("forbidden", `Your role (${actor.role}) does not include ${permission}.`, {
    hint: "Ask an admin to do this, or to change your role.",
  });
}
