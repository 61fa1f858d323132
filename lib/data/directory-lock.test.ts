import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lockDataDirectory } from "./directory-lock.ts";

/** The module as plain JavaScript, so that a process is there in a moment; among the packages, so that it finds them. */
const compiled = join(import.meta.dirname, `../../node_modules/.cache/directory-lock-${process.pid}.mjs`);
beforeAll(async () => {
  const source = join(import.meta.dirname, "directory-lock.ts");
  await build({
    entryPoints: [source],
    outfile: compiled,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
  });
});
afterAll(() => rm(compiled, { force: true }));

let directory: string;
let children: ChildProcessWithoutNullStreams[];
beforeEach(async () => {
  children = [];
  directory = await mkdtemp(join(tmpdir(), "loom-console-lock-"));
});
afterEach(async () => {
  await Promise.all(children.map(kill));
  await rm(directory, { recursive: true, force: true });
});

async function kill(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** A process of its own that tries to lock the directory, says how that went in one line, and holds on. */
async function spawnClaimant(
  afterwards = "",
): Promise<{ child: ChildProcessWithoutNullStreams; said: string }> {
  const script = `
    import { lockDataDirectory } from ${JSON.stringify(pathToFileURL(compiled).href)};
    try {
      lockDataDirectory(${JSON.stringify(directory)});
      ${afterwards}
      console.log("locked");
    } catch (error) {
      console.log(error.code + " " + error.message);
    }
    process.stdin.resume();`;
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "-e", script]);
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: line.toString().trim() };
}

describe("the lock of the data directory", () => {
  it("is refused to a second process, naming the first and when it started", async () => {
    const lock = lockDataDirectory(directory);
    const { said } = await spawnClaimant();
    expect(said).toMatch(/^storage_unavailable Another Loom Console is using /);
    expect(said).toMatch(new RegExp(`process ${process.pid}, started \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\.$`));
    lock.release();
  });

  it("is refused to the same process, and free again after release, which may be called twice", () => {
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(/Another Loom Console/);
    lock.release();
    lock.release();
    lockDataDirectory(directory).release();
  });

  it("ends with its holder, even after kill -9", async () => {
    const { child, said } = await spawnClaimant();
    expect(said).toBe("locked");
    expect(() => lockDataDirectory(directory)).toThrow(new RegExp(`process ${child.pid},`));
    await kill(child);
    lockDataDirectory(directory).release();
  });

  it("is held though nobody keeps what was answered, whatever the garbage collector does", async () => {
    const { said } = await spawnClaimant("gc(); await new Promise(setImmediate); gc();");
    expect(said).toBe("locked");
    expect(() => lockDataDirectory(directory)).toThrow(/Another Loom Console/);
  });

  it("goes to exactly one of several that come at once", async () => {
    const claimants = await Promise.all([spawnClaimant(), spawnClaimant(), spawnClaimant()]);
    expect(claimants.filter(({ said }) => said === "locked")).toHaveLength(1);
  });

  it("does not believe a note whose writer is gone", () => {
    // Beyond the largest pid Linux hands out (2^22).
    const lock = lockDataDirectory(directory);
    writeFileSync(
      join(directory, "console.json"),
      JSON.stringify({ pid: 4_194_305, startedAt: "2026-01-01T00:00:00.000Z" }),
    );
    expect(() => lockDataDirectory(directory)).toThrow(/a process that has only just started/);
    lock.release();
  });

  it("makes the directory when it is not there", () => {
    lockDataDirectory(join(directory, "new", "data")).release();
  });
});
