import type { Permission } from "../contract/account.ts";
import { AppError } from "../contract/error.ts";
import { authorize, type Authorized } from "../operations/actor.ts";
import type { ApiContext, Visit, Visitor } from "./context.ts";

/** Whom a handler works for: nobody on a public route, else somebody who holds the permission that the route declares. */
export type Admitted<P extends Permission> = P extends "public" ? null : Visitor & Authorized<P>;

/**
 * Default deny: only `public` needs nobody, and then nobody is looked up. Throws `unauthenticated` and `forbidden`.
 * The visit gets the cookies of a session that was refreshed.
 */
export async function admit<P extends Permission>(
  { sessions }: Pick<ApiContext, "sessions">,
  permission: P,
  { headers, cookies, requestId }: Visit,
): Promise<Admitted<P>> {
  // TypeScript does not narrow `Admitted<P>` by what `permission` is; each branch says which side of it it is.
  if (permission === "public") return null as Admitted<P>;
  const session = await sessions.find(headers);
  if (!session) {
    throw new AppError("unauthenticated", "You are not signed in, or your session has ended.", {
      hint: "Sign in. A script asks POST /api/auth/sign-in/email with email and password, and sends the cookie it gets.",
    });
  }
  cookies.push(...session.cookies);
  const visitor: Visitor = { ...session.person, requestId };
  return authorize(visitor, permission) as Admitted<P>;
}
