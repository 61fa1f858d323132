import { z } from "zod";
import { Email, Me, SetupRequest, SetupState } from "../../contract/account.ts";
import { AppError, isAppError } from "../../contract/error.ts";
import { createFirstAdmin, isSetupOpen, recordSession } from "../../operations/accounts.ts";
import type { ApiContext, Visit } from "../context.ts";
import { route } from "../route.ts";
import type { Session } from "../session.ts";

const Credentials = z.object({
  email: Email,
  password: z.string().min(1, "The password is missing").max(128, "At most 128 characters"),
});
type Credentials = z.infer<typeof Credentials>;

const SignedIn = z.object({ user: Me });
const Empty = z.object({});

export const accountRoutes = [
  route("GET", "/api/setup", {
    permission: "public",
    summary: "Whether the first admin can be created; 404 for ever after",
    response: SetupState,
    guard: requireSetupOpen,
    handle: async () => ({ open: true }),
  }),

  route("POST", "/api/setup/token", {
    permission: "public",
    summary: "Whether this is the one-time token; asking does not use it up",
    body: SetupRequest.pick({ token: true }),
    example: { token: "…" },
    response: Empty,
    guard: requireSetupOpen,
    async handle({ context, visit, body }) {
      await requireSetupToken(context, visit, body.token);
      return {};
    },
  }),

  route("POST", "/api/setup", {
    permission: "public",
    summary: "Create the first admin with the one-time token and sign them in",
    body: SetupRequest,
    example: { token: "…", name: "Ada", email: "ada@example.com", password: "12 characters or more" },
    response: Empty,
    guard: requireSetupOpen,
    async handle({ context, visit, body }) {
      await requireSetupToken(context, visit, body.token);
      if (!(await createFirstAdmin(context, body, visit.requestId))) throw setupClosed();
      context.setupToken.consume();
      await signIn(context, visit, body);
      return {};
    },
  }),

  route("POST", "/api/auth/sign-in/email", {
    permission: "public",
    summary: "Sign in; the answer sets the session cookie",
    body: Credentials,
    example: { email: "ada@example.com", password: "…" },
    response: SignedIn,
    async handle({ context, visit, body }) {
      await context.attempts.countSignIn(visit.address, body.email);
      const { person } = await signIn(context, visit, body);
      await context.attempts.forgetSignIn(visit.address, body.email);
      return { user: person };
    },
  }),

  route("POST", "/api/auth/sign-out", {
    permission: "public",
    summary: "End the session",
    response: Empty,
    async handle({ context, visit }) {
      const session = await context.sessions.find(visit.headers);
      visit.cookies.push(...(await context.sessions.signOut(visit.headers)));
      if (session) {
        const { id, name } = session.person;
        await recordSession(context, { id, name, requestId: visit.requestId }, "session.signed_out");
      }
      return {};
    },
  }),

  route("GET", "/api/me", {
    permission: "session",
    summary: "Who am I, and what may I do",
    response: Me,
    handle: async ({ actor }) => actor,
  }),
];

async function signIn(context: ApiContext, visit: Visit, { email, password }: Credentials): Promise<Session> {
  const { requestId } = visit;
  try {
    const session = await context.sessions.signIn({ email, password }, visit.headers.get("user-agent"));
    const { id, name } = session.person;
    await recordSession(context, { id, name, requestId }, "session.signed_in");
    visit.cookies.push(...session.cookies);
    return session;
  } catch (error) {
    if (isAppError(error) && error.code === "invalid_credentials") {
      await recordSession(context, { id: null, name: email, requestId }, "session.failed");
    }
    throw error;
  }
}

async function requireSetupOpen(context: ApiContext): Promise<void> {
  if (!(await isSetupOpen(context))) throw setupClosed();
}

/** Throws `invalid_setup_token`; a guess too many is `rate_limited`. */
async function requireSetupToken({ attempts, setupToken }: ApiContext, { address }: Visit, token: string) {
  await attempts.countSetup(address);
  if (setupToken.check(token)) return attempts.forgetSetup(address);
  throw new AppError("invalid_setup_token", "This is not the setup token.", {
    field: "token",
    hint: "Copy the newest one from the console's start log. It changes with every start.",
  });
}

function setupClosed(): AppError {
  return new AppError("not_found", "Setup is complete: this console has an admin.", {
    hint: "Sign in instead.",
  });
}
