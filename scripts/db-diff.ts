import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as schemaEngine from "@prisma/schema-engine-wasm/schema_engine_bg";
import { migrate, readMigrations } from "../lib/data/migrations.ts";
import { createClock } from "../lib/real-clock.ts";

const prismaDirectory = join(import.meta.dirname, "../prisma");
const schemaFile = join(prismaDirectory, "schema.prisma");
const migrationsDirectory = join(prismaDirectory, "migrations");

/** Node does not import `.wasm` files: the engine's bindings and its code are joined by hand. */
async function loadSchemaEngine(): Promise<typeof schemaEngine.SchemaEngine> {
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
  const code = await readFile(join(folder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(code, { "./schema_engine_bg.js": { ...schemaEngine } });
  schemaEngine.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
  return schemaEngine.SchemaEngine;
}

// Its bindings keep one engine for the whole process: loading a second one breaks the first.
let loading: ReturnType<typeof loadSchemaEngine> | undefined;

/** The difference between a database and a Prisma schema, as SQL; null when there is none. */
async function diffDatabase(file: string, schema: string): Promise<string | null> {
  const files = [{ path: schemaFile, content: schema }];
  const SchemaEngine = await (loading ??= loadSchemaEngine());
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaBetterSqlite3({ url: `file:${file}` }));
  const engine = await SchemaEngine.new({ datamodels: [[schemaFile, schema]] }, () => undefined, adapter);
  try {
    const { stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files, configDir: prismaDirectory },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: false,
      filters: { externalTables: [], externalEnums: [] },
    });
    const sql = stdout?.replace("-- This is an empty migration.", "").trim() ?? "";
    return sql === "" ? null : `${sql}\n`;
  } finally {
    engine.free();
  }
}

export function readSchema(): Promise<string> {
  return readFile(schemaFile, "utf8");
}

/**
 * SQL that leads from what our runner makes of the migrations to what `schema` says; null when they agree.
 * Uses Prisma's schema engine as WebAssembly on a database that is thrown away: nothing is downloaded.
 */
export async function diffSchema(schema: string): Promise<string | null> {
  const directory = await mkdtemp(join(tmpdir(), "loom-console-diff-"));
  try {
    const file = join(directory, "loom.db");
    migrate({
      file,
      migrationsDirectory,
      backupsDirectory: join(directory, "backups"),
      clock: createClock(),
    });
    return await diffDatabase(file, schema);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function main(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name)) {
    throw new Error("Give the migration a name in snake_case: npm run db:diff -- add_budgets");
  }
  const sql = await diffSchema(await readSchema());
  if (sql === null) {
    console.log("The migrations already build what prisma/schema.prisma says. Nothing to write.");
    return;
  }
  const last = readMigrations(migrationsDirectory).at(-1)?.name ?? "0";
  const number = String(Number.parseInt(last, 10) + 1).padStart(4, "0");
  const directory = join(migrationsDirectory, `${number}_${name}`);
  await mkdir(directory);
  await writeFile(join(directory, "migration.sql"), sql);
  console.log(`Wrote ${directory}/migration.sql. Read it before you commit it.`);
}

if (process.argv[1] === import.meta.filename) {
  await main(process.argv[2]).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
