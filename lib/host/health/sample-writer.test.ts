import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData } from "../../../test/database.ts";
import type { TestData } from "../../../test/database.ts";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { until } from "../../../test/test-host.ts";
import { AppError } from "../../contract/error.ts";
import { Manifest } from "../../contract/manifest.ts";
import type { Data } from "../../data/data.ts";
import { createLog } from "../../log.ts";
import { createRecorder } from "./sample-writer.ts";

const DAY = 24 * 60 * 60 * 1000;
const log = createLog({ level: "silent", pretty: false });

let database: TestData;
beforeEach(async () => {
  database = await createTestData();
});
afterEach(() => database.close());

async function register(name: string): Promise<string> {
  const manifest = Manifest.parse({ type: "builtin", metadata: { name, version: "1", provider_type: name } });
  const { id } = await database.data.plugins.create({
    name,
    origin: "builtin",
    manifest,
    file: null,
    findings: [],
    endpoint: null,
    desired: "enabled",
    healthCheckIntervalSeconds: 60,
  });
  return id;
}

/** A database that fails while `trouble` holds an error, and counts its batches. */
function troubled(state: { trouble: AppError | null; batches: number[] }): Data {
  const { data } = database;
  return {
    ...data,
    samples: {
      ...data.samples,
      append: async (batch) => {
        if (state.trouble) throw state.trouble;
        state.batches.push(batch.length);
        await data.samples.append(batch);
      },
    },
  };
}

const sample = (at: number) => ({ at, ok: true, latencyMs: 1, code: null });
const stored = (id: string) => database.data.samples.range(id, 0, Number.MAX_SAFE_INTEGER);

describe("the recorder", () => {
  it("writes what waits in batches of 500", async () => {
    const state = { trouble: null, batches: [] };
    const recorder = createRecorder({ data: troubled(state), clock: createFakeClock(), log });
    const id = await register("a");
    for (let at = 1; at <= 1200; at += 1) recorder.sample(id, sample(at));
    await recorder.flush();
    expect(await stored(id)).toHaveLength(1200);
    expect(state.batches).toEqual([500, 500, 200]);
  });

  it("keeps everything while the database is in trouble, asks it ever less often, and loses nothing", async () => {
    const state = { trouble: new AppError("storage_unavailable", "locked"), batches: [] } as {
      trouble: AppError | null;
      batches: number[];
    };
    const clock = createFakeClock();
    const recorder = createRecorder({ data: troubled(state), clock, log });
    const id = await register("a");
    recorder.sample(id, sample(1));
    recorder.event(id, (data) =>
      data.incidents.open(id, "2026-01-01T00:00:00.000Z", { code: "plugin_error", message: "x" }),
    );
    await recorder.flush();
    recorder.sample(id, sample(2));
    await recorder.flush();
    state.trouble = null;
    recorder.tick();
    expect(state.batches).toEqual([]);
    await clock.advance(2_000);
    recorder.tick();
    await until(async () => expect(await stored(id)).toHaveLength(2));
    await until(async () => expect(await database.data.incidents.listOpen()).toHaveLength(1));
  });

  it("gives up the oldest samples rather than the memory", async () => {
    const state = { trouble: new AppError("storage_full", "full") as AppError | null, batches: [] };
    const recorder = createRecorder({ data: troubled(state), clock: createFakeClock(), log });
    const id = await register("a");
    for (let at = 1; at <= 50_100; at += 1) recorder.sample(id, sample(at));
    await recorder.flush();
    state.trouble = null;
    await recorder.flush();
    const kept = await stored(id);
    expect(kept).toHaveLength(50_000);
    expect(kept[0]?.at).toBe(101);
  });

  it("is not blocked for ever by a plugin that was removed meanwhile", async () => {
    const recorder = createRecorder({ data: database.data, clock: createFakeClock(), log });
    const [gone, stays] = [await register("gone"), await register("stays")];
    recorder.sample(gone, sample(1));
    recorder.event(gone, (data) => data.markers.add(gone, { at: 1, kind: "enabled", label: "x" }));
    recorder.sample(stays, sample(1));
    await database.data.plugins.remove(gone);
    await recorder.flush();
    await recorder.flush();
    expect(await stored(stays)).toHaveLength(1);
  });

  it("drops an event that can never be written and goes on with the next", async () => {
    const recorder = createRecorder({ data: database.data, clock: createFakeClock(), log });
    const id = await register("a");
    recorder.event(id, () => Promise.reject(new TypeError("a mistake of ours")));
    recorder.event(id, (data) => data.markers.add(id, { at: 1, kind: "enabled", label: "on" }));
    await recorder.flush();
    expect(await database.data.markers.list(id, 0, 2)).toHaveLength(1);
  });

  it("removes what is older than 90 days", async () => {
    const clock = createFakeClock();
    const recorder = createRecorder({ data: database.data, clock, log });
    const id = await register("a");
    recorder.sample(id, sample(clock.now() - 90 * DAY - 1));
    recorder.sample(id, sample(clock.now() - 90 * DAY + 1));
    await recorder.flush();
    recorder.tick();
    await until(async () => expect(await stored(id)).toHaveLength(1));
  });
});
