import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  errorOf,
  createTestConsole,
  PASSWORD,
  type Answer,
  type TestConsole,
} from "../../../test/api-console.ts";
import { SetupRequest } from "../../contract/account.ts";
import { createAttempts } from "../attempts.ts";

const ADA = { name: "Ada", email: "ada@example.test", password: PASSWORD };
const cookieFrom = ({ headers }: Answer) => ({ cookie: headers.get("set-cookie")?.split(";")[0] ?? "" });

async function actions(loom: TestConsole): Promise<Array<[string, string]>> {
  const entries = await loom.data.audit.list({ limit: 100 });
  return entries.map(({ action, actorName }) => [action, actorName]);
}

/** Limits that no test reaches by accident. */
const generous = () =>
  createAttempts({
    person: { points: 1000, duration: 60 },
    address: { points: 1000, duration: 60 },
    setup: { points: 20, duration: 60 },
  });

function setup(loom: TestConsole, more: object = {}): Promise<Answer> {
  return loom.call("POST", "/api/setup", { body: { ...ADA, token: loom.setupToken.value, ...more } });
}

describe("setup", () => {
  let loom: TestConsole;
  beforeEach(async () => {
    loom = await createTestConsole({ attempts: generous() });
  });
  afterEach(() => loom.close());

  it("creates the admin, signs them in, and is gone for ever after", async () => {
    expect((await loom.call("GET", "/api/setup")).body).toEqual({ open: true });
    const token = loom.setupToken.value;
    const answer = await setup(loom);
    expect([answer.status, answer.body]).toEqual([200, {}]);
    const me = await loom.call("GET", "/api/me", { as: cookieFrom(answer) });
    expect(me.body).toMatchObject({ name: "Ada", email: "ada@example.test", role: "admin" });
    expect(await actions(loom)).toEqual([
      ["session.signed_in", "Ada"],
      ["setup.completed", "Ada"],
    ]);
    expect((await loom.call("GET", "/api/setup")).status).toBe(404);
    expect((await loom.call("POST", "/api/setup", { raw: "not even JSON" })).status).toBe(404);
    expect((await setup(loom, { email: "eve@example.test", token })).status).toBe(404);
    expect(await loom.data.users.count()).toBe(1);
  });

  it("distinguishes the token from a wrong one without using it up", async () => {
    const check = (token: string | null) => loom.call("POST", "/api/setup/token", { body: { token } });
    expect((await check(loom.setupToken.value)).status).toBe(200);
    expect((await check(loom.setupToken.value)).status).toBe(200);
    const wrong = await check("wrong");
    expect([wrong.status, wrong.body]).toEqual([403, errorOf("invalid_setup_token")]);
    const token = loom.setupToken.value;
    expect((await setup(loom)).status).toBe(200);
    expect((await check(token)).status).toBe(404);
  });

  it("makes one admin of two racing requests", async () => {
    const race = await Promise.all(
      ["ada", "eve"].map((name) => setup(loom, { name, email: `${name}@example.test` })),
    );
    expect(race.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(await loom.data.users.count()).toBe(1);
    expect((await actions(loom)).filter(([action]) => action === "setup.completed")).toHaveLength(1);
  });
});

describe("setup refuses", () => {
  let loom: TestConsole;
  beforeAll(async () => {
    loom = await createTestConsole({ attempts: generous() });
  });
  afterAll(() => loom.close());

  it("a wrong token, and stores nothing", async () => {
    const answer = await setup(loom, { token: "wrong" });
    expect([answer.status, answer.body]).toEqual([403, errorOf("invalid_setup_token")]);
    expect(await loom.data.users.count()).toBe(0);
    expect((await loom.call("GET", "/api/setup")).status).toBe(200);
  });

  it("an e-mail address of any length with a reason, not with a failure of our own", () => {
    const request = { token: "x", name: "Ada", password: PASSWORD, email: "a.".repeat(4_000_000) };
    expect(SetupRequest.safeParse(request).error?.issues).toMatchObject([
      { path: ["email"], message: "At most 254 characters" },
    ]);
  });

  it.each([20_000, 9_000_000])("a body of %s bytes, since nobody is known yet", async (length) => {
    expect((await setup(loom, { name: "x".repeat(length) })).status).toBe(413);
  });

  it.each([
    ["a short password", { password: "short" }, "password"],
    ["no e-mail", { email: "ada" }, "email"],
    ["an empty name", { name: "  " }, "name"],
  ])("%s and names the field", async (_name, wrong, field) => {
    const answer = await setup(loom, wrong);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: { code: "validation_failed", field } });
  });

  it("more guesses than the limit, also with the right token", async () => {
    for (let guess = 0; guess < 20; guess++) await setup(loom, { token: `guess ${guess}` });
    const answer = await setup(loom);
    expect([answer.status, answer.body]).toEqual([429, errorOf("rate_limited")]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await loom.data.users.count()).toBe(0);
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
