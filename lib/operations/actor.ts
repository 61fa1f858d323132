import type { Permission, Role } from "../contract/account.ts";
import { AppError } from "../contract/error.ts";

/** Whom the audit trail names. Says nothing about what they may do. */
export interface Actor {
  /** Null for the console itself, and for somebody who failed to sign in. */
  id: string | null;
  name: string;
  /** Of the request this happens in; null at start and while a folder is read. */
  requestId: string | null;
}

/**
 * The console itself: at its start, and when a watched folder has changed. Nobody asked for it, so nobody's permission is needed: an
 * operation that takes a `SystemActor`, or no actor at all, may be run without one.
 */
export interface SystemActor extends Actor {
  id: null;
  name: "system";
  requestId: null;
}

export const SYSTEM: SystemActor = { id: null, name: "system", requestId: null };

/** Somebody who is signed in. */
export interface Person extends Actor {
  id: string;
  role: Role;
  permissions: readonly Permission[];
}

declare const GRANTED: unique symbol;

/**
 * A person whose permission `P` was checked. Only `authorize` makes one, so an operation that takes it cannot be reached without the
 * check, and checks nothing itself. `Authorized<"a" | "b">` has one of the two, and passes only where either is enough.
 */
export type Authorized<P extends Permission> = Person & { readonly [GRANTED]: P };

/**
 * The one check of a permission. `lib/api/admission.ts` makes it for every route, `requireApprover` in `address/address-consent.ts` for what
 * only the content of a request shows. Throws `refusal`, or `forbidden` with the name of the permission.
 */
export function authorize<A extends Person, P extends Permission>(
  person: A,
  permission: P,
  refusal?: AppError,
): A & Authorized<P> {
  if (person.permissions.includes(permission)) return person as A & Authorized<P>;
  throw refusal ?? lacksPermission(person, permission);
}

function lacksPermission({ role }: Person, permission: Permission): AppError {
  return new AppError("forbidden", `Your role (${role}) does not include ${permission}.`, {
    hint: "Ask an admin to do this, or to change your role.",
  });
}
