import { hashPassword } from "better-auth/crypto";
import type { AuditAction } from "../contract/activity.ts";
import type { Actor } from "./actor.ts";
import { toAuditEntry } from "./audit.ts";
import { nowIso, type Context } from "./context.ts";

export interface NewAdmin {
  name: string;
  email: string;
  /** In clear; hashed here, stored nowhere else. */
  password: string;
}

/** True until the first person exists, and never again. */
export async function isSetupOpen(context: Context): Promise<boolean> {
  return (await context.data.users.count()) === 0;
}

/**
 * Creates the first admin, or returns null when someone exists already: of two racing setups one wins.
 * Used by setup and, with the credentials of the environment, at start.
 */
export async function createFirstAdmin(
  context: Context,
  { name, email, password }: NewAdmin,
  requestId: string | null = null,
): Promise<{ id: string } | null> {
  if (!(await isSetupOpen(context))) return null;
  const passwordHash = await hashPassword(password);
  return context.data.transaction(async (repositories) => {
    if ((await repositories.users.count()) > 0) return null;
    const at = nowIso(context.clock);
    const user = await repositories.users.create({ name, email, role: "admin", passwordHash, at });
    const actor: Actor = { id: user.id, name, requestId };
    await repositories.audit.append(toAuditEntry(context, actor, { action: "setup.completed" }));
    return user;
  });
}

/** Writes down who signed in or out, or tried to. `actor` is the person, or the attempted e-mail with a null id after a failure. */
export async function recordSession(
  context: Context,
  actor: Actor,
  action: Extract<AuditAction, `session.${string}`>,
): Promise<void> {
  await context.data.audit.append(toAuditEntry(context, actor, { action }));
}
