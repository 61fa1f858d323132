import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { createFakeClock, type FakeClock } from "../../test/fake-clock.ts";
import { pluginContent } from "../../test/plugin-content.ts";
import type { SecretWrite } from "../contract/config.ts";

/** Of the endpoint in `pluginContent`. */
const ORIGIN = "http://127.0.0.1:9";

let clock: FakeClock;
let test: TestData;
let id: string;
beforeEach(async () => {
  clock = createFakeClock();
  test = await createTestData(clock);
  ({ id } = await test.data.plugins.create(pluginContent("Acme")));
});
afterEach(() => test.close());

function save(version: number, secrets: Record<string, SecretWrite> = {}, values = {}): Promise<number> {
  return test.data.configs.save(id, { version, values, secrets, changedBy: "Ann" });
}

/** Changes rows behind the console's back, as someone with the file in their hands would. */
function tamper(sql: string): void {
  const database = new Database(join(test.directory, "loom.db"));
  database.exec(sql);
  database.close();
}

describe("a configuration", () => {
  it("is empty at version 0 for a new plugin", async () => {
    expect(await test.data.configs.get(id)).toEqual({ values: {}, version: 0 });
    expect(await test.data.configs.secretStates(id, ORIGIN)).toEqual({});
  });

  it("replaces all values and counts its versions", async () => {
    expect(await save(0, {}, { a: 1, b: [true, null], c: { d: "é" } })).toBe(1);
    expect(await save(1, {}, { a: 2.5 })).toBe(2);
    expect(await test.data.configs.get(id)).toEqual({ values: { a: 2.5 }, version: 2 });
  });

  it("remembers the newest hundred saves, and fewer when they are large", async () => {
    for (let version = 0; version < 102; version++) await save(version, {}, { a: version });
    const numbers = async () => (await test.data.configs.revisions(id)).map(({ revision }) => revision);
    expect(await numbers()).toHaveLength(100);
    for (let version = 102; version < 112; version++) await save(version, {}, { a: "x".repeat(1_000_000) });
    expect(await numbers()).toEqual([112, 111, 110, 109]);
    await save(112, {}, { a: "x".repeat(9_000_000) });
    expect(await numbers()).toEqual([113, 112]);
  });

  it("belongs to a plugin that exists", async () => {
    await expect(test.data.configs.get("gone")).rejects.toMatchObject({ code: "not_found" });
    const write = { version: 0, values: {}, secrets: {}, changedBy: "Ann" };
    await expect(test.data.configs.save("gone", write)).rejects.toMatchObject({ code: "not_found" });
  });

  it("refuses a write that started from an older version, and keeps nothing of it", async () => {
    await save(0, { key: { set: "first" } }, { a: 1 });
    await expect(save(0, { key: { set: "second" }, other: { set: "x" } }, { a: 2 })).rejects.toMatchObject({
      code: "version_conflict",
      extras: { details: { version: 1 } },
    });
    expect(await test.data.configs.get(id)).toEqual({ values: { a: 1 }, version: 1 });
    expect((await test.data.configs.openSecrets(id, ORIGIN)).values).toEqual({ key: "first" });
  });

  it("lets exactly one of two simultaneous writers win", async () => {
    const results = await Promise.allSettled([save(0, {}, { by: "one" }), save(0, {}, { by: "two" })]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await test.data.configs.get(id)).version).toBe(1);
  });
});

describe("secrets", () => {
  it("are kept when not named, replaced when set and forgotten when cleared", async () => {
    await save(0, { key: { set: "k1" }, token: { set: "t1" }, pin: { set: "p1" } });
    await save(1, { key: { set: "k2" }, pin: { clear: true } });
    expect((await test.data.configs.openSecrets(id, ORIGIN)).values).toEqual({ key: "k2", token: "t1" });
  });

  it("say who changed them and when, and nothing else", async () => {
    await save(0, { key: { set: "k1" } });
    await clock.advance(60_000);
    await save(1, { token: { set: "t1" } });
    expect(await test.data.configs.secretStates(id, ORIGIN)).toMatchObject({
      key: { configured: true, changedAt: "2026-01-01T00:00:00.000Z", changedBy: "Ann" },
      token: { configured: true, changedAt: "2026-01-01T00:01:00.000Z", changedBy: "Ann" },
    });
  });

  it("of an older database that were bound to nothing are bound once, and the others are left alone", async () => {
    await save(0, { key: { set: "k1" }, token: { set: "t1" } });
    tamper(`UPDATE Secret SET origin = NULL WHERE field = 'key'`);
    expect(await test.data.configs.bindUnbound(id, "https://api.example.com")).toBe(1);
    expect(await test.data.configs.bindUnbound(id, "https://evil.test")).toBe(0);
    expect(await test.data.configs.secretStates(id, ORIGIN)).toMatchObject({
      key: { origin: "https://api.example.com" },
      token: { origin: ORIGIN, problem: null },
    });
  });

  it("are in no file of the data directory in the clear", async () => {
    const canary = "canary-3f9b17c0-sk-live";
    await save(0, { key: { set: canary } }, { url: "findable-value" });
    const read = () =>
      readdirSync(test.directory, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(test.directory, entry.name), "latin1"))
        .join("");
    expect(read()).not.toContain(canary);
    await test.data.close();
    expect(read()).not.toContain(canary);
    expect(read()).toContain("findable-value");
  });

  it("are refused when their stored form was changed", async () => {
    await save(0, { key: { set: "k1" } });
    tamper(`UPDATE Secret SET sealed = substr(sealed, 1, length(sealed) - 2) || 'AA'`);
    await expect(test.data.configs.openSecrets(id, ORIGIN)).rejects.toMatchObject({
      code: "storage_unavailable",
      extras: { field: "key" },
    });
  });

  it("are refused when copied to another plugin or another field", async () => {
    const { id: otherId } = await test.data.plugins.create(pluginContent("Other"));
    await save(0, { key: { set: "k1" } });
    tamper(
      `INSERT INTO Secret SELECT '${otherId}', field, sealed, reference, origin, since, changedAt, changedBy FROM Secret`,
    );
    await expect(test.data.configs.openSecrets(otherId, ORIGIN)).rejects.toMatchObject({
      code: "storage_unavailable",
    });
    expect((await test.data.configs.openSecrets(id, ORIGIN)).values).toEqual({ key: "k1" });
    tamper(`UPDATE Secret SET field = 'url' WHERE pluginId = '${id}'`);
    await expect(test.data.configs.openSecrets(id, ORIGIN)).rejects.toMatchObject({
      code: "storage_unavailable",
    });
  });
});
