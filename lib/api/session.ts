import type { DBAdapterInstance } from "better-auth";
import { APIError } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { z } from "zod";
import { Role, type Me } from "../contract/account.ts";
import { AppError, isAppError } from "../contract/error.ts";
import { nameFor } from "../core/base-path.mjs";
import { permissionsOf } from "../core/permissions.ts";
import type { Log } from "../log.ts";

const SESSION_SECONDS = 7 * 24 * 3600;
const REFRESH_SECONDS = 24 * 3600;

/** Who is signed in, with the cookies the answer has to carry (a refreshed session, or the end of a dead one). */
export interface Session {
  person: Me;
  cookies: string[];
}

/**
 * Sessions of people: better-auth underneath, seen through three verbs. Its own HTTP routes are not mounted: sign-up, password
 * reset and account changes cannot be reached, and our door has already checked host, origin, size and rate.
 */
export interface Sessions {
  /** Throws `invalid_credentials`, the same for an unknown e-mail and a wrong password. */
  signIn(credentials: { email: string; password: string }, userAgent: string | null): Promise<Session>;
  /** Null when the cookie is missing, forged, expired or signed out. Role and name are read anew every time. */
  find(headers: Headers): Promise<Session | null>;
  /** Ends the session of the cookie; a replay of it is refused from then on. Returns the cookies that clear it. */
  signOut(headers: Headers): Promise<string[]>;
}

export interface SessionOptions {
  /** `data.authDatabase`. */
  database: DBAdapterInstance;
  /** At least 32 characters; the same after every start, or everyone is signed out. */
  secret: string;
  /** Cookies are kept to it, and named for it: a console above it on the same host sends its own along. */
  basePath: string;
  log: Log;
}

export function createSessions(options: SessionOptions): Sessions {
  const auth = createAuth(options);
  const find: Sessions["find"] = async (headers) => {
    const cookie = headers.get("cookie");
    if (!cookie) return null;
    const { response, headers: answer } = await auth.api
      .getSession({ headers: new Headers({ cookie }), returnHeaders: true })
      .catch(toAuthError);
    return response ? { person: toPerson(response.user), cookies: answer.getSetCookie() } : null;
  };
  return {
    find,
    async signIn(credentials, userAgent) {
      const { response, headers } = await auth.api
        .signInEmail({
          body: credentials,
          headers: new Headers(userAgent ? { "user-agent": userAgent.slice(0, 300) } : {}),
          returnHeaders: true,
        })
        .catch(toAuthError);
      return { person: toPerson(response.user), cookies: headers.getSetCookie() };
    },
    async signOut(headers) {
      const own = new Headers({ cookie: headers.get("cookie") ?? "" });
      const { headers: answer } = await auth.api.signOut({ headers: own, returnHeaders: true });
      // better-auth reports success even when the database refused to delete the session.
      if (await find(own))
        throw new AppError("storage_unavailable", "Signing out could not be stored.", { hint: "Try again." });
      return answer.getSetCookie();
    },
  };
}

/** The name of the session's cookie. */
export function toSessionCookie(basePath: string): string {
  return `${toCookiePrefix(basePath)}.session_token`;
}

function toCookiePrefix(basePath: string): string {
  return nameFor("loom", basePath);
}

function createAuth({ database, secret, basePath, log }: SessionOptions) {
  return betterAuth({
    database,
    secret,
    // Only a form: no link is ever made from it, and its routes are not mounted.
    baseURL: "http://127.0.0.1",
    emailAndPassword: { enabled: true, disableSignUp: true },
    user: { additionalFields: { role: { type: "string", input: false, defaultValue: "viewer" } } },
    session: { expiresIn: SESSION_SECONDS, updateAge: REFRESH_SECONDS, cookieCache: { enabled: false } },
    // Ours counts by the peer's real address and before anything else (attempts.ts).
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: toCookiePrefix(basePath),
      defaultCookieAttributes: { path: basePath || "/" },
      useSecureCookies: false,
    },
    logger: { log: (level, message) => log[level]({ source: "better-auth" }, message) },
  });
}

/** Rows are foreign: an unknown role in the database is the least of ours. */
const UserRow = z.object({ id: z.string(), name: z.string(), email: z.string(), role: Role.catch("viewer") });

function toPerson(user: unknown): Me {
  const person = UserRow.parse(user);
  return { ...person, permissions: permissionsOf(person.role) };
}

/** better-auth's own errors end here. What it could not do for want of a database is the database's error. */
function toAuthError(error: unknown): never {
  if (!(error instanceof APIError) || error.statusCode >= 500) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (isAppError(cause)) throw cause;
    throw new AppError("storage_unavailable", "The session could not be looked up.", {
      hint: "Try again in a moment.",
      cause,
    });
  }
  throw new AppError("invalid_credentials", "E-mail and password do not match.", {
    hint: "Check both. Capital letters count in the password.",
    cause: error,
  });
}
