import { betterAuth } from "better-auth";
import { hashPassword } from "better-auth/crypto";
import { getAuthTables } from "better-auth/db";
import { admin } from "better-auth/plugins/admin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import type { AuditEntry } from "../contract/activity.ts";
import { Prisma } from "./generated/client.ts";

let test: TestData;
beforeEach(async () => {
  test = await createTestData();
});
afterEach(() => test.close());

const AT = "2026-01-01T00:00:00.000Z";

describe("the audit trail", () => {
  function entry(targetId: string | null, changes: AuditEntry["changes"] = []): Omit<AuditEntry, "id"> {
    return {
      at: AT,
      actorId: "u1",
      actorName: "Ann",
      action: "plugin.changed",
      targetId,
      targetName: "Acme",
      changes,
      requestId: "r1",
    };
  }

  it("keeps entries as they were written", async () => {
    const written = entry("p1", [
      { field: "name", before: "a", after: null },
      { field: "api_key", secret: "changed" },
    ]);
    await test.data.audit.append(written);
    expect(await test.data.audit.list({ limit: 10 })).toEqual([{ ...written, id: expect.any(String) }]);
  });

  it("is read newest first, page by page, also for one plugin", async () => {
    for (const target of ["p1", "p2", "p1", "p1", null]) await test.data.audit.append(entry(target));
    const first = await test.data.audit.list({ limit: 2, targetId: "p1" });
    const cursor = first.at(-1)?.id ?? "";
    const second = await test.data.audit.list({ limit: 2, targetId: "p1", cursor });
    const ids = [...first, ...second].map(({ id }) => Number(id));
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(await test.data.audit.list({ limit: 10 })).toHaveLength(5);
  });

  it.each(["999", "0", "-1", "abc", "../", "1e3", "99999999999999999999", ""])(
    "answers the unknown cursor %j with an empty page",
    async (cursor) => {
      await test.data.audit.append(entry("p1"));
      expect(await test.data.audit.list({ limit: 10, cursor })).toEqual([]);
    },
  );

  it("keeps the order of writing when the clock jumps back", async () => {
    await test.data.audit.append({ ...entry("p1"), at: "2026-01-02T00:00:00.000Z" });
    await test.data.audit.append({ ...entry("p2"), at: AT });
    expect((await test.data.audit.list({ limit: 10 })).map(({ targetId }) => targetId)).toEqual(["p2", "p1"]);
  });
});

describe("approvals", () => {
  it("are kept per host and port, the first consent counting", async () => {
    const approval = { host: "127.0.0.1", port: 8090, approvedBy: "Ann", approvedAt: AT };
    await test.data.approvals.add(approval);
    await test.data.approvals.add({ ...approval, approvedBy: "Bob" });
    await test.data.approvals.add({ ...approval, port: 8091 });
    expect(await test.data.approvals.list()).toEqual([approval, { ...approval, port: 8091 }]);
  });
});

describe("people", () => {
  const ann = { name: "Ann", email: "Ann@Example.com", role: "admin", passwordHash: "hash", at: AT };

  it("are counted, and have unique e-mail addresses whatever their case", async () => {
    expect(await test.data.users.count()).toBe(0);
    await test.data.users.create(ann);
    await expect(test.data.users.create({ ...ann, email: "ANN@example.com" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await test.data.users.count()).toBe(1);
  });

  it("change their role, if they exist", async () => {
    const { id } = await test.data.users.create(ann);
    await test.data.users.setRole(id, "viewer");
    await expect(test.data.users.setRole("nobody", "admin")).rejects.toMatchObject({ code: "not_found" });
  });

  it("sign in and out through better-auth", async () => {
    const auth = betterAuth({
      database: test.data.authDatabase,
      secret: test.data.sessionSecret,
      baseURL: "http://127.0.0.1",
      emailAndPassword: { enabled: true },
      telemetry: { enabled: false },
    });
    const { id } = await test.data.users.create({
      ...ann,
      passwordHash: await hashPassword("a long password"),
    });
    const signedIn = await auth.api.signInEmail({
      body: { email: "ann@example.com", password: "a long password" },
      asResponse: true,
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const headers = new Headers({ cookie });
    expect(await auth.api.getSession({ headers })).toMatchObject({ user: { id, name: "Ann" } });
    await auth.api.signOut({ headers });
    expect(await auth.api.getSession({ headers })).toBeNull();
  });

  it("have a table with every field that better-auth and its admin plugin write", () => {
    const tables = getAuthTables({ plugins: [admin()], rateLimit: { storage: "database" } });
    const models: Record<string, object> = {
      user: Prisma.UserScalarFieldEnum,
      session: Prisma.SessionScalarFieldEnum,
      account: Prisma.AccountScalarFieldEnum,
      verification: Prisma.VerificationScalarFieldEnum,
      rateLimit: Prisma.RateLimitScalarFieldEnum,
    };
    for (const { modelName, fields } of Object.values(tables)) {
      expect(Object.keys(models[modelName] ?? {})).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
    expect(Object.keys(tables)).toHaveLength(5);
  });
});
