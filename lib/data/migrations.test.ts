import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../test/fake-clock.ts";
import { findNewestGoodCopy, makeDailyCopy } from "./backups.ts";
import { migrate } from "./migrations.ts";

let directory: string;
let clock: FakeClock;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loom-console-migrations-"));
  clock = createFakeClock();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const path = (name: string): string => join(directory, name);

function write(name: string, sql: string): void {
  mkdirSync(join(directory, "migrations", name), { recursive: true });
  writeFileSync(join(directory, "migrations", name, "migration.sql"), sql);
}

function run(): ReturnType<typeof migrate> {
  return migrate({
    file: path("loom.db"),
    migrationsDirectory: path("migrations"),
    backupsDirectory: path("backups"),
    clock,
  });
}

function query(sql: string, file = path("loom.db")): unknown[] {
  const database = new Database(file);
  const statement = database.prepare(sql);
  const rows = statement.reader ? statement.all() : [statement.run()];
  database.close();
  return rows;
}

const backups = (): string[] => readdirSync(path("backups")).sort();

/** Two tables, the second referring to the first, with a row each. */
function startWithRows(): void {
  write(
    "0001_start",
    `CREATE TABLE Parent (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE Child (id INTEGER PRIMARY KEY, parentId INTEGER REFERENCES Parent (id) ON DELETE CASCADE);`,
  );
  run();
  query("INSERT INTO Parent VALUES (1, 'one')");
  query("INSERT INTO Child VALUES (1, 1)");
}

describe("migrations", () => {
  it("build a new database in order, without a copy, and are recorded as Prisma records them", () => {
    write("0002_more", "ALTER TABLE A ADD COLUMN b TEXT;");
    write("0001_start", "CREATE TABLE A (a TEXT);");
    expect(run()).toEqual({ applied: ["0001_start", "0002_more"], copy: null });
    expect(query("SELECT a, b FROM A")).toEqual([]);
    expect(
      query("SELECT migration_name, length(checksum) AS digits, finished_at, logs FROM _prisma_migrations"),
    ).toEqual([
      { migration_name: "0001_start", digits: 64, finished_at: clock.now(), logs: null },
      { migration_name: "0002_more", digits: 64, finished_at: clock.now(), logs: null },
    ]);
  });

  it("that are all done change nothing and copy nothing", () => {
    startWithRows();
    expect(run()).toEqual({ applied: [], copy: null });
    expect(readdirSync(directory).sort()).toEqual(["loom.db", "migrations"]);
  });

  it("copy a database before they change it, and the copy is as it was", () => {
    startWithRows();
    write("0002_more", "ALTER TABLE Parent ADD COLUMN colour TEXT; DELETE FROM Child;");
    const { applied, copy } = run();
    expect(applied).toEqual(["0002_more"]);
    expect(basename(copy ?? "")).toBe("loom-2026-01-01T00-00-00.000Z-before-0002_more.db");
    expect(query("SELECT * FROM Parent", copy ?? "")).toEqual([{ id: 1, name: "one" }]);
    expect(query("SELECT * FROM Child", copy ?? "")).toHaveLength(1);
    expect(query("SELECT * FROM Child")).toHaveLength(0);
  });

  it("keep the newest five copies", async () => {
    startWithRows();
    for (let number = 2; number <= 8; number += 1) {
      await clock.advance(1000);
      write(`000${number}_more`, `ALTER TABLE Parent ADD COLUMN c${number} TEXT;`);
      run();
    }
    expect(backups()).toHaveLength(5);
    expect(backups()[0]).toContain("before-0004_more");
    expect(backups()[4]).toContain("before-0008_more");
  });

  it("may rebuild a table that others refer to without losing their rows", () => {
    startWithRows();
    write(
      "0002_rebuild",
      `PRAGMA defer_foreign_keys=ON;
       PRAGMA foreign_keys=OFF;
       CREATE TABLE new_Parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
       INSERT INTO new_Parent SELECT id, name FROM Parent;
       DROP TABLE Parent;
       ALTER TABLE new_Parent RENAME TO Parent;
       PRAGMA foreign_keys=ON;
       PRAGMA defer_foreign_keys=OFF;`,
    );
    run();
    expect(query("SELECT * FROM Child")).toEqual([{ id: 1, parentId: 1 }]);
  });

  it("that would leave rows referring to nothing are undone", () => {
    startWithRows();
    write("0002_orphans", "DELETE FROM Parent;");
    expect(run).toThrow(/0002_orphans failed and was undone: rows of Child refer to rows that are gone/);
    expect(query("SELECT * FROM Parent")).toHaveLength(1);
  });

  it("that fail halfway leave nothing of themselves, keep the earlier ones, and name the copy", () => {
    startWithRows();
    write("0002_good", "ALTER TABLE Parent ADD COLUMN good TEXT;");
    write("0003_bad", "ALTER TABLE Parent ADD COLUMN half TEXT; ALTER TABLE Nowhere ADD COLUMN x TEXT;");
    let failure: unknown;
    try {
      run();
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({
      code: "storage_unavailable",
      message: expect.stringMatching(/0003_bad failed and was undone: no such table: Nowhere/),
      extras: { hint: expect.stringContaining(join(path("backups"), backups()[0] ?? "none")) },
    });
    expect(query("SELECT * FROM Parent")).toEqual([{ id: 1, name: "one", good: null }]);

    write("0003_bad", "ALTER TABLE Parent ADD COLUMN whole TEXT;");
    expect(run().applied).toEqual(["0003_bad"]);
  });
});

describe("a database is refused", () => {
  it("when a newer version has written it, naming the newest good copy", () => {
    startWithRows();
    write("0002_newer", "ALTER TABLE Parent ADD COLUMN newer TEXT;");
    const { copy } = run();
    rmSync(path("migrations/0002_newer"), { recursive: true });
    writeFileSync(join(path("backups"), "loom-2027-01-01T00-00-00.000Z-before-x.db"), "not a database");
    expect(run).toThrow(/newer Loom Console: it has the migration 0002_newer/);
    expect(run).toThrow(
      expect.objectContaining({ extras: { hint: expect.stringContaining(copy ?? "none") } }),
    );
  });

  it("when an applied migration was edited", () => {
    startWithRows();
    write("0001_start", "CREATE TABLE Parent (id TEXT);");
    expect(run).toThrow(/0001_start was edited after/);
  });

  it("when a migration was slipped in before one that is applied", () => {
    startWithRows();
    write("0000_before", "CREATE TABLE B (b TEXT);");
    expect(run).toThrow(/0000_before is missing in this database/);
  });

  it("when another tool began a migration and did not finish", () => {
    startWithRows();
    query("UPDATE _prisma_migrations SET finished_at = NULL");
    expect(run).toThrow(/0001_start was begun by another tool and never finished/);
  });

  it("when it is damaged, naming the newest good copy", () => {
    startWithRows();
    write("0002_more", "ALTER TABLE Parent ADD COLUMN more TEXT;");
    const { copy } = run();
    writeFileSync(path("loom.db"), "this was a database once".repeat(1000));
    expect(run).toThrow(/is damaged/);
    expect(run).toThrow(
      expect.objectContaining({ extras: { hint: expect.stringContaining(copy ?? "none") } }),
    );
  });

  it("when it is empty beside a key that something was sealed with, and leaves it so", () => {
    startWithRows();
    writeFileSync(path("secret.key"), "a key");
    for (const name of ["loom.db", "loom.db-wal", "loom.db-shm"]) rmSync(path(name), { force: true });
    writeFileSync(path("loom.db"), "");
    expect(run).toThrow(/is empty, although this console has been used before/);
    expect(run).toThrow(/is empty/);
    expect(statSync(path("loom.db")).size).toBe(0);
  });

  it("when it is gone although there is a copy, naming the copy, and again at the next start", async () => {
    startWithRows();
    const copy = await makeDailyCopy(path("loom.db"), path("backups"), new Date(clock.now()));
    rmSync(path("loom.db"));
    for (let start = 0; start < 2; start += 1) {
      expect(run).toThrow(
        expect.objectContaining({
          message: expect.stringContaining("is gone"),
          extras: { hint: expect.stringContaining(copy ?? "none") },
        }),
      );
    }
    expect(readdirSync(directory)).not.toContain("loom.db");
  });

  it("and is left exactly as it is", () => {
    startWithRows();
    const before = query("SELECT * FROM _prisma_migrations");
    write("0000_before", "CREATE TABLE B (b TEXT);");
    expect(run).toThrow();
    expect(query("SELECT * FROM _prisma_migrations")).toEqual(before);
    expect(readdirSync(directory)).not.toContain("backups");
  });
});

describe("daily copies", () => {
  it("come to an end while somebody goes on writing", async () => {
    startWithRows();
    const open = new Database(path("loom.db"));
    open.pragma("journal_mode = WAL");
    open.exec("CREATE TABLE Big (text TEXT)");
    const insert = open.prepare("INSERT INTO Big VALUES (?)");
    for (let row = 0; row < 3_000; row += 1) insert.run("x".repeat(4_000));
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        insert.run("more");
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const copy = await makeDailyCopy(path("loom.db"), path("backups"), new Date(clock.now()));
    isOver = true;
    await writing;
    open.close();
    const [{ rows = 0 } = {}] = query("SELECT count(*) AS rows FROM Big", copy ?? "none") as Array<{
      rows: number;
    }>;
    expect(rows).toBeGreaterThanOrEqual(3_000);
  });

  const DAY_MS = 86_400_000;
  const copyAt = (day: number) =>
    makeDailyCopy(path("loom.db"), path("backups"), new Date(clock.now() + day * DAY_MS));

  it("are made once a day, hold what was committed, and seven are kept", async () => {
    startWithRows();
    const open = new Database(path("loom.db"));
    open.prepare("INSERT INTO Parent VALUES (2, 'two')").run();
    const first = await copyAt(0);
    expect(query("SELECT name FROM Parent", first ?? "none")).toEqual([{ name: "one" }, { name: "two" }]);
    expect(await copyAt(0.99)).toBeNull();
    for (let day = 1; day < 9; day += 1) expect(await copyAt(day)).not.toBeNull();
    open.close();
    expect(findNewestGoodCopy(path("backups"))).toContain(backups()[6]);
    expect(backups()).toHaveLength(7);
    expect(backups()).not.toContain(basename(first ?? ""));
    expect(statSync(join(path("backups"), backups()[0] ?? "")).mode & 0o777).toBe(0o600);
  });
});
