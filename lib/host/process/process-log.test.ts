import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeClock } from "../../../test/fake-clock.ts";
import type { LogLine } from "../../contract/process.ts";
import { createLog } from "../../log.ts";
import { openProcessLog, type ProcessLog } from "./process-log.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loom-log-"));
});
// What was said last may still be on its way to the disk.
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));

const clock = createFakeClock();
const open = (): Promise<ProcessLog> =>
  openProcessLog({
    directory: join(directory, "log"),
    clock,
    log: createLog({ level: "silent", pretty: false }),
    redact: (text) => text.replaceAll("hunter2", "[redacted]"),
  });
const texts = (log: ProcessLog) => log.list({ limit: 100 }).map(({ stream, text }) => `${stream} ${text}`);
const say = (log: ProcessLog, text: string, stream: "stdout" | "stderr" = "stdout") =>
  log.write(stream, Buffer.from(text));

async function readAll(log: ProcessLog): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for await (const piece of log.readAll()) all.push(...piece);
  return all;
}

describe("a process log", () => {
  it("is read in pieces, and whole, however much is written while somebody reads slowly", async () => {
    const log = await open();
    const write = async (from: number, to: number) => {
      for (let line = from; line < to; line++) {
        await clock.advance(100);
        say(log, `${line} ${"x".repeat(1_000)}\n`);
        if (line % 500 === 0) await log.flush();
      }
      await log.flush();
    };
    await write(0, 7_000);
    const reading = log.readAll();
    const read = [...((await reading.next()).value ?? [])];
    expect(read.length).toBeLessThan(1_000);
    // Both segments go and come again meanwhile.
    await write(7_000, 20_000);
    for await (const piece of reading) read.push(...piece);
    const numbers = read.map(({ text }) => Number.parseInt(text, 10));
    const first = numbers[0] ?? 0;
    expect(numbers).toEqual(Array.from({ length: 7_000 - first }, (_, at) => first + at));
    expect(numbers.length).toBeGreaterThan(4_000);
  });

  it("does not wait for ever for a disk that does not answer, and tells what it did not take", async () => {
    const log = await open();
    await mkdir(join(directory, "log"));
    // Opening a pipe that nobody reads stands still as a disk does that has gone.
    const stuck = join(directory, "log", "output.jsonl");
    await promisify(execFile)("mkfifo", [stuck]);
    say(log, "one\ntwo\n");
    let missing = -1;
    const flushing = log.flush().then((lines) => (missing = lines));
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(missing).toBe(2);
    });
    await flushing;
    const reader = createReadStream(stuck);
    reader.resume();
    expect(await log.flush()).toBe(0);
    reader.destroy();
  });

  it("says what a disk lost that refuses, once it takes lines again, and does not wear itself out meanwhile", async () => {
    const log = await open();
    const inTheWay = join(directory, "log");
    await writeFile(inTheWay, "no folder");
    say(log, "one\ntwo\n");
    expect(await log.flush()).toBe(2);
    say(log, "three\n");
    expect(await log.flush()).toBe(3);
    await rm(inTheWay);
    say(log, "four\n");
    expect(await log.flush()).toBe(0);
    expect(texts(log)).toEqual([
      "stdout one",
      "stdout two",
      "stdout three",
      "stdout four",
      "console 3 lines before this were not kept: the disk did not take them",
    ]);
    expect((await readAll(log)).map(({ text }) => text.slice(0, 7))).toEqual(["four", "3 lines"]);
  });

  it("puts pieces together to lines, each stream for itself", async () => {
    const log = await open();
    say(log, "one\ntw");
    say(log, "oops\n", "stderr");
    say(log, "o\r\nthree");
    log.remark("ended");
    expect(texts(log)).toEqual(["stdout one", "stderr oops", "stdout two", "stdout three", "console ended"]);
  });

  it("keeps characters that are cut between two pieces", async () => {
    const log = await open();
    const bytes = Buffer.from("né\n");
    log.write("stdout", bytes.subarray(0, 2));
    log.write("stdout", bytes.subarray(2));
    expect(texts(log)).toEqual(["stdout né"]);
  });

  it("cuts a long line at 16 KB and says so", async () => {
    const log = await open();
    say(log, `${"x".repeat(40_000)}\nnext\n`);
    const [first, second] = log.list({ limit: 10 });
    expect(first).toMatchObject({ cut: true, text: "x".repeat(16_384) });
    expect(second?.text).toBe("next");
  });

  it("takes secrets out before anybody sees them", async () => {
    const log = await open();
    say(log, "the key is hunter2\n");
    expect(texts(log)).toEqual(["stdout the key is [redacted]"]);
    await log.flush();
    expect(JSON.stringify(await readAll(log))).not.toContain("hunter2");
  });

  it("takes a secret out that the end of a long line would cut", async () => {
    const log = await open();
    for (const before of [16_380, 16_384, 16_384 + 60_000]) {
      say(log, `${"x".repeat(before)}hunter2${"y".repeat(90_000)}\n`);
    }
    for (const { text, cut } of log.list({ limit: 10 })) {
      expect(text.length).toBeLessThanOrEqual(16_384);
      expect(cut).toBe(true);
      expect(text).not.toMatch(/x[hunter2]+$/);
    }
  });

  it("takes a secret out that colours or control characters run through", async () => {
    const log = await open();
    const spellings = [
      "hun\u001b[31mter2",
      "h\u001b[1;38:5:1mu\u001b[?25lnter\u001b[0m2",
      "hunt\u0000er2",
      "hun\u001b]8;;http://x\u0007ter2",
      "hun\u001b]0;title\u001b\\ter2",
      "hun\u009b31mter2",
    ];
    for (const spelling of spellings) say(log, `\u001b[32mkey\u001b[0m ${spelling} end\n`);
    for (const { text } of log.list({ limit: 10 })) expect(text).toBe("key [redacted] end");
  });

  it("never joins what came before dropped output to what came after it", async () => {
    const log = await open();
    // Fills the budget of this moment to the last piece.
    for (let piece = 0; piece < 31; piece++) say(log, `${"z".repeat(65_535)}\n`);
    say(log, "the key is hun");
    say(log, "t".repeat(65_536));
    await clock.advance(10_000);
    say(log, "er2 and the rest\nwhole\n");
    log.remark("over");
    const said = log.list({ limit: 100 }).map(({ text }) => text.slice(0, 40));
    expect(said.join("\n")).not.toMatch(/hun|er2/);
    expect(said).toContain("whole");
  });

  it("is still there after a restart and goes on counting", async () => {
    const log = await open();
    say(log, "before\n");
    await log.flush();
    const again = await open();
    say(again, "after\n");
    expect(again.list({ limit: 10 }).map(({ seq, text }) => [seq, text])).toEqual([
      [0, "before"],
      [1, "after"],
    ]);
  });

  it("gives what came after a line, and follows", async () => {
    const log = await open();
    say(log, "a\nb\nc\n");
    expect(log.list({ after: 1, limit: 10 }).map(({ text }) => text)).toEqual(["c"]);
    const seen: string[] = [];
    const stop = log.follow((lines) => seen.push(...lines.map(({ text }) => text)));
    say(log, "d\n");
    stop();
    say(log, "e\n");
    expect(seen).toEqual(["d"]);
  });

  it("tells the last lines of stderr without colours", async () => {
    const log = await open();
    say(log, "\u001b[31mred\u001b[0m\nplain\n", "stderr");
    expect(log.lastErrors(50)).toEqual(["red", "plain"]);
  });

  it("counts what a flood drops and stays small, in memory and on disk", async () => {
    const log = await open();
    const piece = Buffer.from(`${"y".repeat(99)}\n`.repeat(600));
    for (let round = 0; round < 2_000; round++) log.write("stdout", piece);
    await clock.advance(10_000);
    for (let round = 0; round < 30; round++) {
      log.write("stdout", piece);
      await clock.advance(1_000);
      // A second of this clock is too short for a disk.
      await log.flush();
    }
    log.remark("over");
    await log.flush();
    const lines = log.list({ limit: 5_000 });
    expect(lines.length).toBeLessThanOrEqual(2_000);
    const all = await readAll(log);
    const dropped = all.filter(({ stream, text }) => stream === "console" && /lines dropped/.test(text));
    const counted = dropped.reduce(
      (sum, { text }) => sum + Number(/^[\d,]+/.exec(text)?.[0].replaceAll(",", "")),
      0,
    );
    expect(counted + all.filter(({ stream }) => stream === "stdout").length).toBe(2_030 * 600);
    const files = await readdir(join(directory, "log"));
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(directory, "log", file))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(10 * 1_048_576);
  });
});
