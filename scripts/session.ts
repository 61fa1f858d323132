import { createApi, type Api } from "../lib/client/api.ts";
import { createSend } from "../lib/client/http.ts";
import { ADMIN, type ConsoleProcess } from "../test/console-process.ts";

/** Environment that gives a console its administrator at the first start. */
export const ADMIN_ENV = { LOOM_ADMIN_EMAIL: ADMIN.email, LOOM_ADMIN_PASSWORD: ADMIN.password };

/** A signed-in administrator: the typed API, and the header for whatever else is fetched. */
export interface Session {
  api: Api;
  cookie: string;
}

/** Creates the administrator of a console that has none, with the token it printed, and signs in. */
export async function setUp(loom: Pick<ConsoleProcess, "url" | "setupToken">): Promise<Session> {
  await createApi(createSend({ origin: loom.url })).setup({ token: loom.setupToken ?? "", ...ADMIN });
  return signIn(loom);
}

/** Signs in at a running console. Throws with the answer when that is refused. */
export async function signIn(loom: Pick<ConsoleProcess, "url">): Promise<Session> {
  const response = await fetch(`${loom.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  });
  if (!response.ok) throw new Error(`Sign-in answered ${response.status}: ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return { api: createApi(createSend({ origin: loom.url, headers: { cookie } })), cookie };
}
