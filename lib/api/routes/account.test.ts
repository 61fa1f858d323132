import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, PASSWORD, type Answer, type TestConsole } from "../../../test/api-console.ts";
import { createAttempts } from "../attempts.ts";

const ADA = { name: "Ada", email: "ada@example.test", password: PASSWORD };
const cookieFrom = ({ headers }: Answer) => ({ cookie: headers.get("set-cookie")?.split(";")[0] ?? "" });
const errorOf = (code: string) => ({ error: expect.objectContaining({ code }) });

async function actions(loom: TestConsole): Promise<Array<[string, string]>> {
  const entries = await loom.data.audit.list({ limit: 100 });
  return entries.map(({ action, actorName }) => [action, actorName]);
}

describe("setup", () => {
  let loom: TestConsole;
  const token = () => loom.setupToken.value ?? "";
  const setup = (more: object = {}) =>
    loom.call("POST", "/api/setup", { body: { ...ADA, token: token(), ...more } });

  beforeEach(async () => {
    loom = await createTestConsole({
      attempts: createAttempts({
        person: { points: 100, duration: 60 },
        address: { points: 100, duration: 60 },
        setup: { points: 5, duration: 60 },
      }),
    });
  });
  afterEach(() => loom.close());

  it("creates the admin, signs them in, and is gone for ever after", async () => {
    expect((await loom.call("GET", "/api/setup")).body).toEqual({ open: true });
    const used = token();
    const answer = await setup();
    expect([answer.status, answer.body]).toEqual([200, {}]);
    const me = await loom.call("GET", "/api/me", { as: cookieFrom(answer) });
    expect(me.body).toMatchObject({ name: "Ada", email: "ada@example.test", role: "admin" });
    expect(await actions(loom)).toEqual([
      ["session.signed_in", "Ada"],
      ["setup.completed", "Ada"],
    ]);
    expect((await loom.call("GET", "/api/setup")).status).toBe(404);
    expect((await loom.call("POST", "/api/setup", { raw: "not even JSON" })).status).toBe(404);
    const again = await loom.call("POST", "/api/setup", {
      body: { ...ADA, email: "eve@example.test", token: used },
    });
    expect(again.status).toBe(404);
    expect(await loom.data.users.count()).toBe(1);
  });

  it("refuses a wrong token and stores nothing", async () => {
    const answer = await setup({ token: "wrong" });
    expect([answer.status, answer.body]).toEqual([403, errorOf("invalid_setup_token")]);
    expect(await loom.data.users.count()).toBe(0);
    expect((await loom.call("GET", "/api/setup")).status).toBe(200);
  });

  it("stops guessing, also with the right token", async () => {
    for (let guess = 0; guess < 5; guess++) await setup({ token: `guess ${guess}` });
    const answer = await setup();
    expect([answer.status, answer.body]).toEqual([429, errorOf("rate_limited")]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("makes one admin of two racing requests", async () => {
    const value = token();
    const race = await Promise.all(
      ["ada", "eve", "bob"].map((name) =>
        loom.call("POST", "/api/setup", {
          body: { name, email: `${name}@example.test`, password: PASSWORD, token: value },
        }),
      ),
    );
    expect(race.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
    expect(await loom.data.users.count()).toBe(1);
    expect((await actions(loom)).filter(([action]) => action === "setup.completed")).toHaveLength(1);
  });

  it.each([
    ["a short password", { password: "short" }, "password"],
    ["no e-mail", { email: "ada" }, "email"],
    ["an empty name", { name: "  " }, "name"],
  ])("refuses %s and names the field", async (_name, wrong, field) => {
    const answer = await setup(wrong);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: { code: "validation_failed", field } });
  });
});

describe("sessions", () => {
  let loom: TestConsole;
  beforeAll(async () => {
    loom = await createTestConsole({
      attempts: createAttempts({
        person: { points: 3, duration: 60 },
        address: { points: 100, duration: 60 },
        setup: { points: 5, duration: 60 },
      }),
    });
    await loom.call("POST", "/api/setup", { body: { ...ADA, token: loom.setupToken.value } });
  });
  afterAll(() => loom.close());
  const signIn = (password = PASSWORD, email = ADA.email) =>
    loom.call("POST", "/api/auth/sign-in/email", { body: { email, password } });

  it("begin with signing in and end with signing out; the old cookie is worth nothing then", async () => {
    const as = cookieFrom(await signIn());
    expect((await loom.call("GET", "/api/me", { as })).status).toBe(200);
    const out = await loom.call("POST", "/api/auth/sign-out", { as, body: {} });
    expect(out.status).toBe(200);
    expect(
      out.headers.getSetCookie().some((cookie) => /^loom\.session_token=;.*Max-Age=0/.test(cookie)),
    ).toBe(true);
    const replay = await loom.call("GET", "/api/me", { as });
    expect([replay.status, replay.body]).toEqual([401, errorOf("unauthenticated")]);
    expect((await actions(loom)).slice(0, 2)).toEqual([
      ["session.signed_out", "Ada"],
      ["session.signed_in", "Ada"],
    ]);
  });

  it("can be ended twice, and by nobody", async () => {
    expect((await loom.call("POST", "/api/auth/sign-out", { body: {} })).status).toBe(200);
  });

  it("ignore a cookie that the visitor brought along: no fixation", async () => {
    const brought = { cookie: "loom.session_token=chosen.by-attacker" };
    const answer = await loom.call("POST", "/api/auth/sign-in/email", {
      as: brought,
      body: { email: ADA.email, password: PASSWORD },
    });
    expect(cookieFrom(answer).cookie).not.toContain("chosen");
    expect((await loom.call("GET", "/api/me", { as: brought })).status).toBe(401);
  });

  it("lose their rights the moment the role changes", async () => {
    const operator = await loom.cookieOf("operator");
    const me = (await loom.call("GET", "/api/me", { as: { cookie: operator } })).body as { id: string };
    await loom.data.users.setRole(me.id, "viewer");
    const answer = await loom.call("POST", "/api/plugins", {
      as: { cookie: operator },
      body: { builtin: "eliza" },
    });
    expect([answer.status, answer.body]).toEqual([403, errorOf("forbidden")]);
  });

  it("never tell whether the person exists", async () => {
    const [known, unknown] = [await signIn("wrong"), await signIn("wrong", "nobody@example.test")];
    const withoutId = ({ body }: Answer) => ({ ...(body as { error: object }).error, requestId: "" });
    expect(known.status).toBe(401);
    expect(withoutId(known)).toEqual(withoutId(unknown));
  });

  it("note a failed sign-in with the e-mail that was tried, and stop noting when the limit is reached", async () => {
    const email = "guess@example.test";
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) statuses.push((await signIn("wrong", email)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
    const noted = (await loom.data.audit.list({ limit: 100 })).filter(({ actorName }) => actorName === email);
    expect(noted).toHaveLength(3);
    expect(noted[0]).toMatchObject({ action: "session.failed", actorId: null });
  });

  it("refuse a limit that was reached before hashing: the right password does not help", async () => {
    for (let attempt = 0; attempt < 3; attempt++) await signIn("wrong", "ADA@example.test");
    expect((await signIn()).status).toBe(429);
  });
});
