import { execFile } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeClock } from "../../../test/fake-clock.ts";
import type { Clock } from "../../core/clock.ts";
import { createLog } from "../../log.ts";
import { createClock } from "../../real-clock.ts";
import type { OpenWatch } from "./file-watcher.ts";
import { createDirectoryWatcher, SETTLE_MS, SWEEP_MS } from "./directory-watcher.ts";
import type { DirectoryWatcher, FolderSnapshot } from "./directory-watcher.ts";

const run = promisify(execFile);
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

let base: string;
let folder: string;
let watcher: DirectoryWatcher;
let snapshots: FolderSnapshot[];

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "loom-watch-")));
  folder = join(base, "plugins");
  await mkdir(folder);
  watcher = watch();
});

afterEach(async () => {
  await watcher.stop();
  await rm(base, { recursive: true, force: true });
});

function watch(options: { openWatch?: OpenWatch; clock?: Clock } = {}): DirectoryWatcher {
  snapshots = [];
  return createDirectoryWatcher({
    folders: [folder],
    clock: createClock(),
    log: createLog({ level: "silent", pretty: false }),
    deliver: async (snapshot) => void snapshots.push(snapshot),
    ...options,
  });
}

async function write(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

/** Texts delivered for a path, oldest first. */
function textsOf(path: string): string[] {
  return snapshots
    .flatMap(({ readings }) => readings)
    .flatMap((reading) => (reading.path === path && "text" in reading.content ? [reading.content.text] : []));
}

/** What was ever wrong with a path: with the place itself or with the file's content. */
function codesOf(path: string): string[] {
  const codes = snapshots.flatMap(({ problems, readings }) => [
    problems.get(path)?.code ?? [],
    ...readings.map(({ path: read, content }) =>
      read === path && "problem" in content ? content.problem.code : [],
    ),
  ]);
  return Array.from(new Set(codes.flat()));
}

const last = () => snapshots.at(-1);
const isPresent = (path: string) => last()?.isPresent(path);

describe("a file", () => {
  it("is read when it stands still, not while it is being written", async () => {
    const clock = createFakeClock();
    watcher = watch({ clock });
    await watcher.start();
    let text = "part 0\n";
    const file = await write("plugin.yaml", text);
    let isDone = false;
    const done = watcher.rescan().then(() => (isDone = true));
    for (let part = 1; part < 12; part++) {
      await clock.advance(SETTLE_MS / 2);
      await writeFile(file, (text += `part ${part}\n`));
    }
    await vi.waitUntil(
      async () => {
        await clock.advance(SETTLE_MS / 4);
        return isDone;
      },
      { timeout: 30_000, interval: 10 },
    );
    await done;
    expect(textsOf(file)).toEqual([text]);
  });

  it("is read again only when it changed, or when asked for", async () => {
    const file = await write("plugin.yaml", "one");
    await watcher.start();
    expect(textsOf(file)).toEqual(["one"]);
    await write("plugin.yml", "other");
    await until(() => expect(snapshots.length).toBeGreaterThan(1));
    expect(textsOf(file)).toEqual(["one"]);
    await watcher.rescan();
    expect(textsOf(file)).toEqual(["one", "one"]);
  });

  it("stays present while an editor replaces it, and is gone when it does not come back", async () => {
    const file = await write("plugin.yaml", "one");
    await watcher.start();
    await rename(file, `${file}~`);
    await rename(`${file}~`, file);
    await watcher.rescan();
    expect(isPresent(file)).toBe(true);
    await rm(file);
    await until(() => expect(isPresent(file)).toBe(false));
  });

  it("of exactly 64 KB is read, a larger one and one that is not UTF-8 are refused", async () => {
    const fits = await write("fits/plugin.yaml", "x".repeat(65_536));
    const large = await write("large/plugin.yaml", "x".repeat(65_537));
    const bytes = await write("bytes/plugin.yaml", "");
    await writeFile(bytes, Buffer.from([0x61, 0xff, 0xfe]));
    await watcher.start();
    await watcher.rescan();
    expect(textsOf(fits)[0]).toHaveLength(65_536);
    expect(codesOf(large)).toContain("payload_too_large");
    expect(codesOf(bytes)).toContain("not_utf8");
  });
});

describe("what is not a file", () => {
  it("is never opened: a pipe, a device, a directory", async () => {
    const pipe = join(folder, "plugin.yaml");
    const device = join(folder, "plugin.yml");
    await run("mkfifo", [pipe]);
    await symlink("/dev/zero", device);
    const inside = await write("plugin.json/plugin.yaml", "inside");
    await watcher.start();
    expect(codesOf(pipe)).toEqual(["not_a_file"]);
    expect(codesOf(device)).toEqual(["link_out_of_folder"]);
    expect(textsOf(inside)).toEqual(["inside"]);
  });

  it("does not hold up the others: links out, loops, links to nothing", async () => {
    const outside = join(base, "secret.yaml");
    await writeFile(outside, "secret");
    const out = join(folder, "plugin.yaml");
    await symlink(outside, out);
    await symlink(base, join(folder, "up"));
    await symlink(folder, join(folder, "loop"));
    const self = join(folder, "plugin.yml");
    await symlink(self, self);
    const nothing = join(folder, "plugin.json");
    await symlink(join(folder, "nowhere"), nothing);
    const good = await write("good/plugin.yaml", "good");
    await watcher.start();
    expect(codesOf(out)).toEqual(["link_out_of_folder"]);
    expect(codesOf(join(folder, "up"))).toEqual(["link_out_of_folder"]);
    expect(codesOf(self)).toEqual(["broken_link"]);
    expect(codesOf(nothing)).toEqual(["broken_link"]);
    expect(textsOf(good)).toEqual(["good"]);
    const read = snapshots.flatMap(({ readings }) => readings.map(({ path }) => path));
    expect(Array.from(new Set(read))).toEqual([good]);
  });

  it("but a link to a file out of sight inside the folder is followed", async () => {
    await write("..data/manifest.txt", "mounted");
    const link = join(folder, "plugin.yaml");
    await symlink("..data/manifest.txt", link);
    await watcher.start();
    await until(() => expect(textsOf(link)).toEqual(["mounted"]));
  });
});

describe("a folder", () => {
  it("may come later, go, and come back", async () => {
    await rm(folder, { recursive: true });
    await watcher.start();
    expect(last()?.folders).toEqual([{ path: folder, exists: false, manifests: 0 }]);
    const file = await write("plugin.yaml", "one");
    await until(() => expect(textsOf(file)).toEqual(["one"]));
    await rm(folder, { recursive: true });
    await until(() => expect(isPresent(file)).toBe(false));
    await write("plugin.yaml", "two");
    await until(() => expect(textsOf(file)).toEqual(["one", "two"]));
  });

  it("that is a file says so, and is looked into once it is a directory", async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, "not a directory");
    await watcher.start();
    expect(codesOf(folder)).toEqual(["not_a_directory"]);
    await rm(folder);
    const file = await write("plugin.yaml", "one");
    await until(() => expect(textsOf(file)).toEqual(["one"]));
    expect(last()?.problems.size).toBe(0);
  });

  it("nested too deep is unknown, not gone, and the rest is read", async () => {
    const deep = Array.from({ length: 40 }, () => "d").join("/");
    const hidden = await write(`${deep}/plugin.yaml`, "hidden");
    const good = await write("plugin.yaml", "good");
    await watcher.start();
    expect(textsOf(good)).toEqual(["good"]);
    expect(textsOf(hidden)).toEqual([]);
    expect(isPresent(hidden)).toBe(true);
    expect(Array.from(last()?.problems.values() ?? [], ({ code }) => code)).toEqual(["nested_too_deep"]);
  });
});

it("goes on by looking from time to time when the system has no watches left", async () => {
  const failing = (() => {
    const broken = Object.assign(new EventEmitter(), { close: () => Promise.resolve() });
    setImmediate(() => broken.emit("error", Object.assign(new Error("no watches"), { code: "EMFILE" })));
    return broken;
  }) as unknown as OpenWatch;
  watcher = watch({ openWatch: failing });
  await watcher.start();
  const file = await write("plugin.yaml", "one");
  await until(() => expect(textsOf(file)).toEqual(["one"]));
  await writeFile(file, "two");
  await until(() => expect(textsOf(file)).toEqual(["one", "two"]));
});

describe("a watch that does not tell", () => {
  let said: EventEmitter;
  const silent = (() =>
    (said = Object.assign(new EventEmitter(), { close: () => Promise.resolve() }))) as unknown as OpenWatch;

  it("of a file that came while it made its list is heard by what the system says of that file", async () => {
    const clock = createFakeClock(Date.now() + SWEEP_MS);
    watcher = watch({ openWatch: silent, clock });
    const file = await write("plugin.yaml", "one");
    await watcher.start();
    await until(() => expect(clock.pending()).toBe(1));
    await rm(file);
    said.emit("raw", "rename", "plugin.yaml", { watchedPath: folder });
    await until(async () => {
      await clock.advance(SETTLE_MS / 4);
      expect(isPresent(file)).toBe(false);
    });
    expect(clock.monotonic()).toBeLessThan(SWEEP_MS);
  });

  it("of anything, as in a shared folder, is made up for by looking once a minute", async () => {
    const clock = createFakeClock(Date.now() + SWEEP_MS);
    watcher = watch({ openWatch: silent, clock });
    await watcher.start();
    await until(() => expect(clock.pending()).toBe(1));
    const file = await write("plugin.yaml", "one");
    await until(async () => {
      await clock.advance(SWEEP_MS / 4);
      expect(textsOf(file)).toEqual(["one"]);
    });
    expect(clock.monotonic()).toBeGreaterThanOrEqual(SWEEP_MS);
  });
});
