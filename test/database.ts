import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../lib/core/clock.ts";
import type { Data } from "../lib/data/data.ts";
import { readMigrations } from "../lib/data/migrations.ts";
import { createData, type DataOptions } from "../lib/data/open.ts";
import { createLog } from "../lib/log.ts";
import { createFakeClock } from "./fake-clock.ts";

export const migrationsDirectory = join(import.meta.dirname, "../prisma/migrations");

/** A real database of its own. `close()` closes it and removes its directory; safe to call twice. */
export interface TestData {
  data: Data;
  directory: string;
  /** What it was opened with: for opening it a second time. */
  options: DataOptions;
  close(): Promise<void>;
}

function optionsFor(directory: string, clock: Clock): DataOptions {
  return { directory, migrationsDirectory, clock, log: createLog({ level: "silent", pretty: false }) };
}

function makeDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "loom-console-test-"));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What a template depends on: the migrations, and how the key and its canary are written. */
async function describeTemplate(): Promise<string> {
  const hash = createHash("sha256");
  for (const { name, checksum } of readMigrations(migrationsDirectory)) hash.update(`${name} ${checksum}`);
  for (const module of ["secret-box.ts", "secret-key.ts"]) {
    hash.update(await readFile(join(import.meta.dirname, "../lib/data", module)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** A migrated, empty data directory, made once and kept between runs. */
async function provideTemplate(): Promise<string> {
  const template = join(tmpdir(), `loom-console-template-${await describeTemplate()}`);
  if (await exists(template)) return template;
  const draft = await makeDirectory();
  await (await createData(optionsFor(draft, createFakeClock()))).close();
  // Another worker may have been faster: its template is as good.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  return template;
}

let template: Promise<string> | undefined;

/** Opens a fresh database: a copy of a migrated one, with its own secret key file. */
export async function createTestData(clock: Clock = createFakeClock()): Promise<TestData> {
  template ??= provideTemplate();
  const directory = await makeDirectory();
  await cp(await template, directory, { recursive: true });
  const options = optionsFor(directory, clock);
  const data = await createData(options);
  return {
    data,
    directory,
    options,
    async close() {
      await data.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
