import { beforeEach, describe, expect, it } from "vitest";
import { outcomesOf, SECRET, useConfiguredPlugin } from "../../../test/configured-plugin.ts";
import { HANG } from "../../../test/stub-plugin.ts";

const registered = useConfiguredPlugin();
const { call, getConfig, getPlugin, getRevisions, save, test } = registered;

describe("testing a draft", () => {
  const draft = { values: { timeout: 7 }, secrets: { api_key: { set: SECRET } } };

  it("goes step by step on a plugin that is off, sends the draft, cleans up and saves nothing", async () => {
    const events = await test({ ...draft, chat: true });
    expect(events[0]).toMatchObject({ type: "start", live: false });
    expect(events.at(-1)).toEqual({ type: "done", ok: true, saved: null, error: null });
    expect(outcomesOf(events)).toEqual({
      address: "ok",
      dns: "skipped",
      tcp: "ok",
      tls: "skipped",
      metadata: "ok",
      identity: "ok",
      config: "ok",
      initialize: "ok",
      health: "ok",
      models: "ok",
      chat: "ok",
      cleanup: "ok",
    });
    expect(registered.stub.configs).toEqual([{ timeout: 7, api_key: SECRET }]);
    expect(registered.stub.requests.at(-1)).toBe("POST /cleanup");
    expect((await getConfig()).version).toBe(0);
    const [entry] = await registered.loom.data.audit.list({ limit: 1, targetId: registered.id });
    expect(entry).toMatchObject({ action: "plugin.tested", changes: [{ field: "result", after: "passed" }] });
  });

  it("takes the stored secrets where the draft has none", async () => {
    await save({}, { api_key: { set: SECRET } });
    await test({ values: { timeout: 8 } });
    expect(registered.stub.configs).toEqual([{ timeout: 8, api_key: SECRET }]);
  });

  it("stops where it fails, with every field problem, before anything is sent", async () => {
    const events = await test({ values: { timeout: 0 }, secrets: {} });
    expect(outcomesOf(events)).toMatchObject({ identity: "ok", config: "failed", initialize: "skipped" });
    const failed = events.find((event) => event.type === "step" && event.step.status === "failed");
    expect(failed).toMatchObject({
      step: {
        durationMs: expect.any(Number) as number,
        error: {
          code: "validation_failed",
          hint: expect.stringContaining("Correct this value") as string,
          issues: [{ path: "secrets.api_key" }, { path: "values.timeout" }],
        },
      },
    });
    expect(events.at(-1)).toMatchObject({ type: "done", ok: false });
    expect(registered.stub.configs).toEqual([]);
  });

  it("names the broken rung of the way to the plugin", async () => {
    await registered.stopStub();
    const events = await test(draft);
    expect(outcomesOf(events)).toMatchObject({ tcp: "failed", metadata: "skipped", chat: "skipped" });
  });

  it("sends nothing to another plugin", async () => {
    registered.stub.behaviour.providerType = "other";
    expect(outcomesOf(await test(draft))).toMatchObject({
      metadata: "ok",
      identity: "failed",
      config: "skipped",
    });
    expect(registered.stub.configs).toEqual([]);
  });

  describe("on a running plugin", () => {
    beforeEach(async () => {
      await save({ timeout: 100 }, { api_key: { set: `${SECRET}-saved` } });
      await call("POST", "/enable", {});
    });
    const saved = { timeout: 100, api_key: `${SECRET}-saved` };

    it("initialises it with the draft, then with what is saved again", async () => {
      const events = await test(draft);
      expect(events[0]).toMatchObject({ type: "start", live: true });
      expect(outcomesOf(events)).toMatchObject({ initialize: "ok", restore: "ok" });
      expect(registered.stub.configs).toEqual([saved, { timeout: 7, api_key: SECRET }, saved]);
      expect((await getPlugin()).badge).toBe("healthy");
    });

    it("puts the last good configuration back when the draft fails", async () => {
      registered.stub.behaviour.initializeStatus = (config) =>
        (config as { timeout: number }).timeout === draft.values.timeout ? 400 : 200;
      const events = await test(draft);
      expect(events.at(-1)).toMatchObject({ ok: false });
      expect(outcomesOf(events)).toMatchObject({ initialize: "failed", restore: "ok" });
      expect(registered.stub.configs.at(-1)).toEqual(saved);
      expect((await getPlugin()).badge).toBe("healthy");
    });

    it("puts it back when the reader leaves in the middle", async () => {
      const reader = new AbortController();
      const body = { ...draft, chat: true };
      const response = await registered.loom.fetchRaw("POST", `/api/plugins/${registered.id}/test`, {
        as: "admin",
        body,
        signal: reader.signal,
      });
      await response.body?.cancel();
      reader.abort();
      await expect.poll(() => registered.stub.configs.at(-1)).toEqual(saved);
      await expect.poll(async () => (await getPlugin()).badge).toBe("healthy");
    });

    it("saves the draft in the same request when it passed", async () => {
      const events = await test({ ...draft, version: 1, save: true, note: "Proved" });
      expect(events.at(-1)).toMatchObject({
        ok: true,
        saved: { applied: true, config: { version: 2, values: { timeout: 7 } } },
      });
      expect(registered.stub.configs.at(-1)).toEqual({ timeout: 7, api_key: SECRET });
      expect((await getRevisions())[0]).toMatchObject({ note: "Proved", savedBy: "The admin" });
    });

    it("keeps its chats and takes one test at a time", async () => {
      const panes = [{ pluginId: registered.id, model: "stub-1" }];
      const messages = [{ role: "user", content: HANG }];
      const chatting = await registered.loom.fetchRaw("POST", "/api/playground/runs", {
        as: "admin",
        body: { panes, messages },
      });
      await expect.poll(() => registered.stub.openChats()).toBe(1);
      const [one, two] = await Promise.all([test(draft), test(draft)]);
      const ends = [one?.at(-1), two?.at(-1)];
      expect(ends).toContainEqual(expect.objectContaining({ ok: true }));
      expect(ends).toContainEqual(
        expect.objectContaining({
          ok: false,
          error: expect.objectContaining({ code: "conflict" }) as object,
        }),
      );
      expect(registered.stub.openChats()).toBe(1);
      await chatting.body?.cancel();
    });
  });
});
