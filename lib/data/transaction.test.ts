import Database from "better-sqlite3";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { pluginContent } from "../../test/plugin-content.ts";
import { connect } from "./client.ts";

let test: TestData;
beforeEach(async () => {
  test = await createTestData();
});
afterEach(() => test.close());

const file = (): string => join(test.directory, "loom.db");
const names = async (): Promise<string[]> => (await test.data.plugins.list()).map(({ name }) => name);

/** A promise and its resolver, to hold a transaction open. */
function createGate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("a transaction", () => {
  it("keeps everything when it succeeds, and gives back its result", async () => {
    const result = await test.data.transaction(async ({ plugins, configs }) => {
      const { id } = await plugins.create(pluginContent("Acme"));
      return configs.save(id, { version: 0, values: { a: 1 }, secrets: {}, changedBy: "Ann" });
    });
    expect(result).toBe(1);
    expect(await names()).toEqual(["Acme"]);
  });

  it("keeps nothing when it fails, and passes the error on unchanged", async () => {
    const failure = new TypeError("a mistake of ours");
    const attempt = test.data.transaction(async ({ plugins, configs }) => {
      const { id } = await plugins.create(pluginContent("Acme"));
      await configs.save(id, { version: 0, values: {}, secrets: { k: { set: "s" } }, changedBy: "Ann" });
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await names()).toEqual([]);
  });

  it("leaves alone what is asked beside it in the same tick", async () => {
    const { id } = await test.data.plugins.create(pluginContent("Acme"));
    const beside = test.data.transaction(async ({ configs }) => {
      const inside = configs.get(id);
      return inside;
    });
    const asked = Array.from({ length: 20 }, () => test.data.configs.get(id));
    const answers = await Promise.all([beside, ...asked]);
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([0]));
  });

  it("can go on after a name was taken", async () => {
    await test.data.plugins.create(pluginContent("Acme"));
    await test.data.transaction(async ({ plugins }) => {
      await expect(plugins.create(pluginContent("Acme", { endpoint: null }))).rejects.toMatchObject({
        code: "name_taken",
      });
      await plugins.create(pluginContent("Acme 2"));
    });
    expect(await names()).toEqual(["Acme", "Acme 2"]);
  });

  it("does not take a statement for its own that others make in the same instant", async () => {
    const { id } = await test.data.plugins.create(pluginContent("Acme"));
    const gate = createGate();
    const beside = gate.opened.then(() => test.data.configs.get(id));
    await test.data.transaction(async ({ configs }) => {
      gate.open();
      await configs.get(id);
    });
    expect((await beside).version).toBe(0);
  });

  it("that fails takes nothing with it that others wrote meanwhile", async () => {
    const { id } = await test.data.plugins.create(pluginContent("Acme"));
    const gate = createGate();
    const failing = test.data.transaction(async ({ plugins }) => {
      await plugins.create(pluginContent("Never"));
      await gate.opened;
      throw new Error("changed our mind");
    });
    const sample = { at: 1, ok: true, latencyMs: 1, code: null };
    const appended = test.data.samples.append([{ ...sample, pluginId: id }]);
    const listed = names();
    gate.open();
    await expect(failing).rejects.toThrow("changed our mind");
    await appended;
    expect(await test.data.samples.range(id, 0, 10)).toEqual([sample]);
    expect(await listed).toEqual(["Acme"]);
  });

  it("refuses at once what would wait for its own end", async () => {
    const attempt = test.data.transaction(async () => test.data.plugins.list());
    await expect(attempt).rejects.toMatchObject({ code: "internal_error" });
    const nested = test.data.transaction(() => test.data.transaction(() => Promise.resolve(1)));
    await expect(nested).rejects.toMatchObject({ code: "internal_error" });
    expect(await names()).toEqual([]);
  });

  it("lets what it started go on by itself after its end", async () => {
    const gate = createGate();
    const later = await test.data.transaction(() =>
      Promise.resolve({ names: gate.opened.then(() => test.data.plugins.list()) }),
    );
    gate.open();
    expect(await later.names).toEqual([]);
  });

  it("that cannot be committed is undone and leaves the database usable", async () => {
    const { client, atomically, close } = await connect(file());
    const attempt = atomically(async (transaction) => {
      await transaction.$executeRaw`PRAGMA defer_foreign_keys = ON`;
      await transaction.pluginConfig.create({ data: { pluginId: "nobody" } });
    });
    await expect(attempt).rejects.toMatchObject({ code: "storage_unavailable" });
    expect(await client.pluginConfig.count()).toBe(0);
    await atomically((transaction) => transaction.rateLimit.count());
    await close();
  });
});

describe("when the storage fails", () => {
  it("a full disk is storage_full, and the next smaller write works", async () => {
    const { client, atomically, close } = await connect(file());
    await client.$queryRaw`PRAGMA max_page_count = 80`;
    const row = (text: string) => ({
      data: { host: text, port: 1, approvedBy: "Ann", approvedAt: new Date(0) },
    });
    const big = "x".repeat(2_000_000);
    await expect(client.approval.create(row(big))).rejects.toMatchObject({ code: "storage_full" });
    const attempt = atomically(async (transaction) => {
      await transaction.approval.create(row("small"));
      await transaction.approval.create(row(big));
    });
    await expect(attempt).rejects.toMatchObject({ code: "storage_full" });
    await client.approval.create(row("other"));
    expect((await client.approval.findMany()).map(({ host }) => host)).toEqual(["other"]);
    await close();
  });

  it("a lock of another program is storage_unavailable, says so, and passes", async () => {
    const other = new Database(file());
    other.exec("BEGIN IMMEDIATE");
    const busy = { code: "storage_unavailable", message: expect.stringContaining("Another program") };
    await expect(test.data.plugins.create(pluginContent("Acme"))).rejects.toMatchObject(busy);
    await expect(
      test.data.transaction(({ plugins }) => plugins.create(pluginContent("Acme"))),
    ).rejects.toMatchObject(busy);
    expect(await names()).toEqual([]);
    other.exec("ROLLBACK");
    await test.data.plugins.create(pluginContent("Acme"));
    other.close();
  });

  it("rows that someone damaged are storage_unavailable and named", async () => {
    await test.data.plugins.create(pluginContent("Acme"));
    const other = new Database(file());
    other.exec(`UPDATE Plugin SET manifest = '{"type":'`);
    other.close();
    await expect(test.data.plugins.list()).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining("the manifest of plugin Acme"),
    });
  });
});

describe("closing", () => {
  it("waits for what is under way, may be done twice, and is final", async () => {
    const gate = createGate();
    const running = test.data.transaction(async ({ plugins }) => {
      await gate.opened;
      await plugins.create(pluginContent("Acme"));
    });
    const queued = test.data.plugins.create(pluginContent("Queued"));
    // Prisma begins a query one turn after it was asked for.
    await new Promise((resolve) => setImmediate(resolve));
    const closed = test.data.close();
    gate.open();
    await Promise.all([running, queued, closed, test.data.close()]);
    await expect(test.data.ping()).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining("stopping"),
    });
    const database = new Database(file(), { readonly: true });
    expect(database.prepare("SELECT name FROM Plugin ORDER BY name").pluck().all()).toEqual([
      "Acme",
      "Queued",
    ]);
    database.close();
  });
});
