import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestConsole, PASSWORD, type TestConsole } from "../../../test/api-console.ts";
import { createFirstAdmin } from "../accounts.ts";
import { ensureSample } from "./sample-plugin.ts";

let loom: TestConsole;
beforeEach(async () => {
  loom = await createTestConsole();
});
afterEach(() => loom.close());

const names = async () => (await loom.data.plugins.list()).map(({ name, desired }) => [name, desired]);

describe("ensureSample", () => {
  it("registers ELIZA, switched on, on an empty database, in the name of the system", async () => {
    await ensureSample(loom);
    expect(await names()).toEqual([["ELIZA", "enabled"]]);
    const entries = await loom.data.audit.list({ limit: 10 });
    expect(entries.map(({ action, actorName, actorId }) => [action, actorName, actorId])).toEqual([
      ["plugin.enabled", "system", null],
      ["plugin.registered", "system", null],
    ]);
  });

  it("needs no configuration: it is healthy as soon as the host starts it", async () => {
    await ensureSample(loom);
    await loom.host.start();
    const [record] = await loom.data.plugins.list();
    await expect.poll(() => loom.host.status(record?.id ?? "").badge, { timeout: 30_000 }).toBe("healthy");
  });

  it("does nothing the second time", async () => {
    await ensureSample(loom);
    await ensureSample(loom);
    expect(await names()).toHaveLength(1);
  });

  it("does not come back after somebody removed it", async () => {
    await ensureSample(loom);
    expect((await loom.call("DELETE", "/api/plugins/ELIZA", { as: "admin" })).status).toBe(204);
    await ensureSample(loom);
    expect(await names()).toEqual([]);
  });

  it("still comes when only an admin was created so far", async () => {
    await createFirstAdmin(loom, { name: "Ada", email: "ada@example.test", password: PASSWORD });
    await ensureSample(loom);
    expect(await names()).toHaveLength(1);
  });
});

describe("createFirstAdmin", () => {
  it("creates one admin, and nobody when there is one already", async () => {
    const admin = { name: "Ada", email: "Ada@Example.test", password: PASSWORD };
    expect(await createFirstAdmin(loom, admin)).toMatchObject({ id: expect.any(String) });
    expect(await createFirstAdmin(loom, { ...admin, email: "eve@example.test" })).toBeNull();
    expect(await loom.data.users.count()).toBe(1);
    const [entry] = await loom.data.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ action: "setup.completed", actorName: "Ada" });
  });
});
