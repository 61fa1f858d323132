import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Manifest } from "../../contract/manifest.ts";
import type { PluginRecord } from "../../data/data.ts";
import { createClock } from "../../real-clock.ts";
import { createTestData, type TestData } from "../../../test/database.ts";
import { createCommandLooks } from "./command-inspector.ts";

const SEARCH_PATH = dirname(process.execPath);
const clock = createClock();
let folder: string;
let database: TestData;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-looks-"));
  await writeFile(join(folder, "plugin.js"), "serve('A')".padEnd(5_000));
  database = await createTestData(clock);
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

function record(command = "node"): Promise<PluginRecord> {
  const endpoint = "http://127.0.0.1:8090";
  const path = join(folder, "plugin.yaml");
  return database.data.plugins.create({
    ...{ name: "Acme", origin: "folder", findings: [], desired: "enabled", healthCheckIntervalSeconds: 60 },
    ...{
      endpoint,
      file: { path, folder, state: "ok", findings: [], changedAt: new Date().toISOString(), hash: "" },
    },
    manifest: Manifest.parse({
      ...{ type: "http", endpoint, command, args: ["plugin.js"] },
      metadata: { name: "Acme", version: "1.0.0", provider_type: "acme" },
    }),
  });
}

/** Many empty files, made by one program. */
function fill(directory: string, prefix: string, count: number): void {
  const script = 'cd "$0" && seq -f "$1%.0f" "$2" | xargs touch';
  execFileSync("/bin/sh", ["-c", script, directory, prefix, String(count)]);
}

const uncovered = (what: string) => ({
  code: "process_folder_uncovered",
  message: expect.stringContaining(what),
});

describe("a look for a decision", () => {
  const hasPython = spawnSync("python3", ["-c", "import mmap"]).status === 0;

  it.skipIf(!hasPython)("sees what was written through a mapping, which leaves no trace", async () => {
    const script = [
      ...["import mmap, sys", "f = open(sys.argv[1], 'r+b')", "m = mmap.mmap(f.fileno(), 0)"],
      ...[
        "for text in (b'A', b'B'):",
        "  m[7:8] = text",
        "  print('done', flush=True)",
        "  sys.stdin.readline()",
      ],
    ].join("\n");
    const writer = spawn("python3", ["-c", script, join(folder, "plugin.js")]);
    await once(writer.stdout, "data");
    // Digests of files that have just been written are not remembered.
    const later = { ...clock, now: () => clock.now() + 10_000 };
    const looks = createCommandLooks(later, SEARCH_PATH);
    const plugin = await record();
    const before = (await looks.now(plugin)).command.digest;
    const written = once(writer.stdout, "data");
    writer.stdin.write("\n");
    await written;
    expect((await looks.recent(plugin)).command.digest).toBe(before);
    expect((await looks.now(plugin)).command.digest).not.toBe(before);
    writer.stdin.end("\n");
    await once(writer, "exit");
  });

  it("refuses a program that would be read for minutes", async () => {
    const program = join(folder, "..", `loom-huge-${process.pid}`);
    await writeFile(program, "");
    await chmod(program, 0o755);
    await truncate(program, 2 ** 40);
    const looks = createCommandLooks(clock, SEARCH_PATH);
    await expect(looks.now(await record(program))).rejects.toMatchObject(uncovered("larger than 1 GB"));
    await rm(program);
  });

  it("ends with its caller's patience, whatever it waits for", async () => {
    fill(folder, "f", 200);
    const stuck = { ...clock, sleep: () => new Promise<void>(() => undefined) };
    const looks = createCommandLooks(stuck, SEARCH_PATH);
    const plugin = await record();
    const newer = new AbortController();
    const look = looks.now(plugin, { signal: newer.signal });
    setImmediate(() => newer.abort());
    await expect(look).rejects.toMatchObject({ code: "request_aborted" });
    const soon = { ...stuck, deadline: () => clock.deadline(50) };
    await expect(createCommandLooks(soon, SEARCH_PATH).recent(plugin)).rejects.toMatchObject(
      uncovered("could not be read within 10 s"),
    );
  });
});

describe("a look for a page", () => {
  it("stops at what is too much, and remembers for a while that it was", async () => {
    await mkdir(join(folder, "many"));
    fill(join(folder, "many"), "f", 20_001);
    let passed = 0;
    const looks = createCommandLooks({ ...clock, monotonic: () => clock.monotonic() + passed }, SEARCH_PATH);
    const plugin = await record();
    await expect(looks.recent(plugin)).rejects.toMatchObject(uncovered("20,000 files"));
    await rm(join(folder, "many"), { recursive: true });
    await expect(looks.recent(plugin)).rejects.toMatchObject(uncovered("20,000 files"));
    passed = 6_000;
    expect((await looks.recent(plugin)).coverage.files).toBe(1);
  });

  it("is dropped by a decision", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', pipe]);
    const looks = createCommandLooks(clock, SEARCH_PATH);
    const plugin = await record();
    await expect(looks.recent(plugin)).rejects.toMatchObject(uncovered("pipe"));
    await rm(pipe);
    await looks.now(plugin);
    expect((await looks.recent(plugin)).coverage.files).toBe(1);
  });

  it("refuses more names than can be stored and compared at once", async () => {
    const deep = join(folder, ...Array.from({ length: 4 }, () => "d".repeat(250)));
    await mkdir(deep, { recursive: true });
    fill(deep, "f".repeat(200), 1_700);
    const looks = createCommandLooks(clock, SEARCH_PATH);
    await expect(looks.recent(await record())).rejects.toMatchObject(uncovered("letters of names"));
  });
});
