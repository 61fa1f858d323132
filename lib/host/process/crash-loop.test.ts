import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeClock, type FakeClock } from "../../../test/fake-clock.ts";
import { createProcessHost } from "../../../test/process-host.ts";

/** Ends at once with more words than are kept, until there is `mended.log`: logs are no part of what was approved. */
const SCRIPT = `
if [ -f mended.log ]; then exec node plugin.mjs; fi
for number in $(seq 60); do echo "trouble $number" >&2; done
exit 3
`;
const WINDOW_MS = 10 * 60_000;
/** Real processes start and end while the clock stands still. */
const REALLY = { timeout: 30_000, interval: 5 };

let clock: FakeClock;
let console: Awaited<ReturnType<typeof createProcessHost>>;
beforeEach(async () => {
  clock = createFakeClock();
  console = await createProcessHost(clock);
});
afterEach(async () => {
  let isClosed = false;
  const closing = console.close().then(() => (isClosed = true));
  // What is ending is looked at now and then, by a clock that somebody has to move.
  await vi.waitFor(async () => {
    await clock.advance(10);
    expect(isClosed).toBe(true);
  }, REALLY);
  await closing;
});

const lifecycleOf = (id: string) => console.host.status(id).lifecycle;

/** When the process was started, epoch ms, by the log that people see. */
async function startsOf(id: string): Promise<number[]> {
  const lines = (await console.host.processLog(id))?.list({ limit: 2_000 }) ?? [];
  return lines
    .filter(({ stream, text }) => stream === "console" && text.startsWith("Started "))
    .map(({ at }) => Date.parse(at));
}

async function pass(id: string, seconds: number): Promise<void> {
  for (let second = 0; second < seconds && lifecycleOf(id) !== "parked"; second++) {
    await clock.advance(1_000);
    await vi.waitFor(() => expect(lifecycleOf(id)).toMatch(/failed|parked/), REALLY);
  }
}

describe("a process that ends again and again", () => {
  it("is started at most fifteen times in ten minutes, then parked with its last words until a person restarts it", async () => {
    const record = await console.register(SCRIPT);
    await console.host.start();
    await vi.waitFor(() => expect(lifecycleOf(record.id)).toBe("failed"), REALLY);
    await pass(record.id, 3_600);

    const starts = await startsOf(record.id);
    expect(starts).toHaveLength(15);
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeLessThan(WINDOW_MS);
    const status = console.host.status(record.id);
    expect(status).toMatchObject({ badge: "parked", nextCheckAt: null, failure: { code: "process_exited" } });
    const process = await console.host.process(record);
    expect(process).toMatchObject({ status: "parked", pid: null, nextStartAt: null });
    expect(process?.lastErrors).toEqual(Array.from({ length: 50 }, (_, index) => `trouble ${index + 11}`));
    expect(process?.exits.every(({ code }) => code === 3)).toBe(true);

    await clock.advance(3_600_000);
    expect(await startsOf(record.id)).toHaveLength(15);
    expect(lifecycleOf(record.id)).toBe("parked");

    await writeFile(join(console.folder, "mended.log"), "");
    const restarting = console.host.reconcile(record.id, { restart: true, process: true });
    await vi.waitFor(async () => {
      await clock.advance(100);
      expect(lifecycleOf(record.id)).toBe("ready");
    }, REALLY);
    expect(await restarting).toMatchObject({ badge: "healthy", failure: null });
    expect(await startsOf(record.id)).toHaveLength(16);
  });

  it("has all its attempts again after a restart that did not help", async () => {
    const record = await console.register(SCRIPT);
    await console.host.start();
    await vi.waitFor(() => expect(lifecycleOf(record.id)).toBe("failed"), REALLY);
    await pass(record.id, 3_600);
    expect(lifecycleOf(record.id)).toBe("parked");
    await console.host.reconcile(record.id, { restart: true, process: true });
    expect(console.host.status(record.id)).toMatchObject({ badge: "failed" });
    expect(console.host.status(record.id).nextCheckAt).not.toBeNull();
    await pass(record.id, 3_600);
    expect(lifecycleOf(record.id)).toBe("parked");
    expect(await startsOf(record.id)).toHaveLength(30);
  });
});
