import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { createFakeClock, type FakeClock } from "../../test/fake-clock.ts";
import { pluginContent } from "../../test/plugin-content.ts";
import type { ErrorInfo } from "../contract/error.ts";

let clock: FakeClock;
let test: TestData;
let id: string;
beforeEach(async () => {
  clock = createFakeClock();
  test = await createTestData(clock);
  ({ id } = await test.data.plugins.create(pluginContent("Acme")));
});
afterEach(() => test.close());

const iso = (ms: number): string => new Date(ms).toISOString();

describe("samples", () => {
  const good = (at: number, latencyMs = 12.5) => ({ at, ok: true, latencyMs, code: null });
  const bad = (at: number) => ({ at, ok: false, latencyMs: null, code: "plugin_timeout" });

  it("come back exactly, oldest first, the start of the range in and its end out", async () => {
    const all = [good(1_767_225_600_002), bad(1_767_225_600_001), good(1_767_225_600_003, 0)];
    await test.data.samples.append(all.map((sample) => ({ ...sample, pluginId: id })));
    expect(await test.data.samples.range(id, 1_767_225_600_001, 1_767_225_600_003)).toEqual([
      bad(1_767_225_600_001),
      good(1_767_225_600_002),
    ]);
    expect(await test.data.samples.range(id, 0, 1)).toEqual([]);
  });

  it("of a plugin that was removed meanwhile do not spoil the batch", async () => {
    await test.data.samples.append([
      { ...good(1), pluginId: "gone" },
      { ...good(2), pluginId: id },
    ]);
    expect(await test.data.samples.range(id, 0, 10)).toEqual([good(2)]);
  });

  it("count once when a batch is written twice", async () => {
    const batch = [{ ...good(1), pluginId: id }];
    await test.data.samples.append(batch);
    await test.data.samples.append(batch);
    expect(await test.data.samples.range(id, 0, 10)).toEqual([good(1)]);
  });

  it("are pruned before an instant", async () => {
    await test.data.samples.append([1, 2, 3].map((at) => ({ ...good(at), pluginId: id })));
    expect(await test.data.samples.prune(3)).toBe(2);
    expect(await test.data.samples.range(id, 0, 10)).toEqual([good(3)]);
  });

  it("go in and out by the ten thousand, leaving others their turn", async () => {
    const batch = Array.from({ length: 10_000 }, (_, at) => ({ ...good(at), pluginId: id }));
    await test.data.samples.append(batch);
    expect(await test.data.samples.range(id, 0, 10_000)).toHaveLength(10_000);
    await test.data.samples.append([]);
    const pruned = test.data.samples.prune(9_999);
    await vi.waitFor(() => expect(clock.pending()).toBe(1));
    await clock.advance(0);
    expect(await pruned).toBe(9_999);
    expect(await test.data.samples.range(id, 0, 10_000)).toEqual([good(9_999)]);
  });
});

describe("incidents", () => {
  const timeout: ErrorInfo = { code: "plugin_timeout", message: "no answer", plugin: { status: 504 } };
  const refused: ErrorInfo = { code: "plugin_unreachable", message: "refused" };

  it("keep the first failure while they are open", async () => {
    await test.data.incidents.open(id, iso(1000), timeout);
    await test.data.incidents.open(id, iso(2000), refused);
    expect(await test.data.incidents.listOpen()).toEqual([
      { id: expect.any(String), pluginId: id, startedAt: iso(1000), endedAt: null, error: timeout },
    ]);
  });

  it("end, and the next one is another", async () => {
    await test.data.incidents.close(id, iso(500));
    await test.data.incidents.open(id, iso(1000), timeout);
    await test.data.incidents.close(id, iso(2000));
    await test.data.incidents.close(id, iso(9000));
    expect(await test.data.incidents.listOpen()).toEqual([]);
    await test.data.incidents.open(id, iso(3000), refused);
    const all = await test.data.incidents.list(id, 0, 10_000);
    expect(all.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
      [iso(3000), null],
      [iso(1000), iso(2000)],
    ]);
  });

  it("are listed when they overlap the range", async () => {
    await test.data.incidents.open(id, iso(1000), timeout);
    await test.data.incidents.close(id, iso(2000));
    const count = async (from: number, to: number) => (await test.data.incidents.list(id, from, to)).length;
    expect(await count(0, 1000)).toBe(0);
    expect(await count(0, 1001)).toBe(1);
    expect(await count(1500, 1600)).toBe(1);
    expect(await count(2000, 3000)).toBe(1);
    expect(await count(2001, 3000)).toBe(0);
  });

  it("and markers of a plugin that was removed meanwhile are quietly dropped", async () => {
    await test.data.incidents.open("gone", iso(1000), timeout);
    await test.data.markers.add("gone", { at: 1, kind: "config", label: "Configuration changed" });
    expect(await test.data.incidents.listOpen()).toEqual([]);
  });
});

describe("markers", () => {
  it("come back in order within the range", async () => {
    const marker = (at: number) => ({ at, kind: "config" as const, label: `at ${at}` });
    for (const at of [3, 1, 2, 4]) await test.data.markers.add(id, marker(at));
    expect(await test.data.markers.list(id, 2, 4)).toEqual([marker(2), marker(3)]);
  });
});
