import { hashPassword } from "better-auth/crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { createLog } from "../log.ts";
import { createSessions, type Sessions } from "./session.ts";

const PASSWORD = "correct horse battery";
const credentials = { email: "ada@example.test", password: PASSWORD };
const passwordHash = await hashPassword(PASSWORD);
const log = createLog({ level: "silent", pretty: false });

let database: TestData;
let sessions: Sessions;
let userId = "";
/** Of a session that stays. */
let kept = "";

beforeAll(async () => {
  database = await createTestData();
  const { data } = database;
  sessions = createSessions({ database: data.authDatabase, secret: data.sessionSecret, basePath: "", log });
  const at = "2026-01-01T00:00:00.000Z";
  userId = (
    await data.users.create({ name: "Ada", email: credentials.email, role: "operator", passwordHash, at })
  ).id;
  kept = await signIn();
});
afterAll(() => database.close());
beforeEach(() => database.data.users.setRole(userId, "operator"));

const withCookie = (cookie: string) => new Headers({ cookie: cookie.split(";")[0] ?? "" });
async function signIn(): Promise<string> {
  const { cookies } = await sessions.signIn(credentials, "test");
  return cookies[0] ?? "";
}

describe("signing in", () => {
  it("knows the person, the role and what it may do, from the cookie alone", async () => {
    const session = await sessions.find(withCookie(kept));
    expect(session?.person).toMatchObject({
      id: userId,
      name: "Ada",
      email: "ada@example.test",
      role: "operator",
    });
    expect(session?.person.permissions).toContain("plugins:operate");
  });

  it("sets a cookie that scripts cannot read and that works over plain http", async () => {
    const cookie = kept;
    expect(cookie).toMatch(/^loom\.session_token=/);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(cookie).not.toMatch(/; Secure/);
  });

  it("takes the e-mail in any case", async () => {
    await expect(sessions.signIn({ ...credentials, email: "ADA@Example.Test" }, null)).resolves.toBeDefined();
  });

  it.each([
    ["a wrong password", { ...credentials, password: "wrong" }],
    ["an unknown person", { ...credentials, email: "eve@example.test" }],
    ["a password with a space more", { ...credentials, password: `${PASSWORD} ` }],
  ])("refuses %s with the same words", async (_name, wrong) => {
    await expect(sessions.signIn(wrong, null)).rejects.toMatchObject({
      code: "invalid_credentials",
      message: "E-mail and password do not match.",
    });
  });

  it("gives a new session each time, whatever cookie was there before", async () => {
    expect(await signIn()).not.toBe(kept);
  });
});

describe("a session", () => {
  it("ends with signing out: its cookie is refused from then on", async () => {
    const cookie = await signIn();
    await sessions.signOut(withCookie(cookie));
    expect(await sessions.find(withCookie(cookie))).toBeNull();
  });

  it("of one browser survives signing out in another", async () => {
    const [here, there] = [await signIn(), kept];
    await sessions.signOut(withCookie(here));
    expect(await sessions.find(withCookie(there))).not.toBeNull();
  });

  it("sees a change of role at once", async () => {
    const cookie = kept;
    await database.data.users.setRole(userId, "viewer");
    expect((await sessions.find(withCookie(cookie)))?.person.role).toBe("viewer");
  });

  it("gives the least of roles when the stored one is unknown", async () => {
    await database.data.users.setRole(userId, "emperor");
    expect((await sessions.find(withCookie(kept)))?.person.role).toBe("viewer");
  });

  it("survives a restart of the console", async () => {
    const cookie = kept;
    const { data } = database;
    const again = createSessions({
      database: data.authDatabase,
      secret: data.sessionSecret,
      basePath: "",
      log,
    });
    expect(await again.find(withCookie(cookie))).not.toBeNull();
  });

  it.each([
    ["no cookie", ""],
    ["a made-up one", "loom.session_token=abc"],
    ["a made-up signature", "loom.session_token=abc.def"],
    ["garbage", "loom.session_token=%00%ff%; =; ;;"],
  ])("is not found by %s", async (_name, cookie) => {
    expect(await sessions.find(new Headers({ cookie }))).toBeNull();
  });

  it("is not found when one character of the signature changed", async () => {
    const value = kept.split(";")[0] ?? "";
    const forged = value.replace(/\.(.)/, (_all, first: string) => `.${first === "A" ? "B" : "A"}`);
    expect(await sessions.find(new Headers({ cookie: forged }))).toBeNull();
  });

  it("is not found when signed with another secret", async () => {
    const other = createSessions({
      basePath: "",
      database: database.data.authDatabase,
      secret: "another secret of a good length, 1234567890",
      log,
    });
    const { cookies } = await other.signIn(credentials, null);
    expect(await sessions.find(withCookie(cookies[0] ?? ""))).toBeNull();
  });
});
