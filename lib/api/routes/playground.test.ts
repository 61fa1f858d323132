import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestConsole, PASSWORD } from "../../../test/api-console.ts";
import { createStubPlugin, HANG } from "../../../test/stub-plugin.ts";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { says, RUNS, readEvents, usePlayground } from "../../../test/playground-console.ts";
import type { RunEvent } from "../../contract/playground.ts";
import type { Plugin } from "../../contract/plugin.ts";

const test = usePlayground();
const { run, pane, add } = test;

const SOON = { timeout: 30_000 };

const textOf = (events: RunEvent[], index: number) =>
  events.map((event) => (event.type === "delta" && event.pane === index ? event.text : "")).join("");

describe("a run", () => {
  it("streams the answer and ends with measured numbers", async () => {
    const events = await run({ panes: [pane()], messages: says("hello") });
    expect(events[0]).toMatchObject({ type: "start", pane: 0 });
    expect(textOf(events, 0)).toBe("You said: hello");
    const last = events.at(-1);
    expect(last).toMatchObject({
      type: "done",
      pane: 0,
      finishReason: "stop",
      stats: { promptTokens: 10, completionTokens: 20, costUsd: 0.00006, costEstimated: true },
    });
    if (last?.type !== "done") throw new Error("not done");
    expect(last.stats.ttftMs).not.toBeNull();
    expect(last.stats.totalMs).toBeGreaterThanOrEqual(last.stats.ttftMs ?? Infinity);
  });

  it.each(["parallel", "sequential"])("answers every pane once, %s", async (mode) => {
    const panes = [pane(), pane("stub-2"), pane()];
    const events = await run({ panes, messages: says("hi"), mode });
    for (const index of panes.keys()) {
      expect(textOf(events, index)).toBe("You said: hi");
      const ends = events.filter(
        (event) => event.pane === index && (event.type === "done" || event.type === "error"),
      );
      expect(ends).toHaveLength(1);
    }
    const order = events
      .filter(({ type }) => type === "start" || type === "done")
      .map(({ pane: index }) => index);
    if (mode === "sequential") expect(order).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("carries everything the protocol knows besides model and messages", async () => {
    const parameters = {
      temperature: 0.5,
      max_tokens: 10,
      stop: ["."],
      user: "u-1",
      plugin_specific: { seed: 7 },
      stream: false,
    };
    await run({ panes: [{ ...pane(), parameters }], messages: says("hello") });
    expect(test.stub.chats.at(-1)).toEqual({ model: "stub-1", messages: says("hello"), ...parameters });
  });

  it.each([
    ["null", { content: null }],
    ["absent", {}],
    ["empty", { content: "" }],
    [
      "null, as are the fields it does not use",
      { content: null, name: null, function_call: null, refusal: null },
    ],
  ])("takes back an assistant that called a tool and whose content is %s", async (_name, said) => {
    const able = await createStubPlugin({
      models: [{ id: "stub-1", capabilities: { function_calling: true } }],
    });
    const calls = [{ id: "c1", type: "function", function: { name: "weather", arguments: "{}" } }];
    const result = { role: "tool", content: "12 degrees", tool_call_id: "c1" };
    const messages = [...says("hi"), { role: "assistant", ...said, tool_calls: calls }, result];
    const id = await add(able);
    const events = await run({ panes: [pane("stub-1", id)], messages });
    expect(events.at(-1)).toMatchObject({ type: "done" });
    const sent = [...says("hi"), { role: "assistant", content: "", tool_calls: calls }, result];
    expect(able.chats.at(-1)).toMatchObject({ messages: sent });
    expect(Object.keys((able.chats.at(-1) as { messages: object[] }).messages[1] ?? {}).sort()).toEqual([
      "content",
      "role",
      "tool_calls",
    ]);
    await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    await able.close();
  });

  it("sends no tools to a plugin that declares none, and says so", async () => {
    const parameters = { tools: [{ type: "function", function: { name: "add" } }] };
    const events = await run({ panes: [{ ...pane(), parameters }], messages: says("hello") });
    expect(events.at(-1)).toMatchObject({
      type: "error",
      error: { code: "plugin_invalid_request", details: { capability: "function_calling" } },
    });
  });

  it("knows no cost where the model has no price: unknown, not 0", async () => {
    const events = await run({ panes: [pane("stub-2")], messages: says("hi") });
    expect(events.at(-1)).toMatchObject({ stats: { costUsd: null } });
  });

  it("keeps one pane's failure in its pane", async () => {
    const broken = await createStubPlugin();
    const id = await add(broken);
    await broken.close();
    const events = await run({ panes: [pane("stub-1", id), pane()], messages: says("hi") });
    expect(events.filter(({ pane: index }) => index === 0).at(-1)).toMatchObject({
      type: "error",
      error: { code: "plugin_unreachable", hint: expect.any(String) },
    });
    expect(events.filter(({ pane: index }) => index === 1).at(-1)).toMatchObject({ type: "done" });
    await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  });

  it("ends with shutting_down when the console stops", async () => {
    const own = await createTestConsole();
    const plugin = await createStubPlugin();
    const body = { endpoint: plugin.endpoint, approveEndpoint: true };
    const made = await own.call("POST", "/api/plugins", { as: "admin", body });
    const { id } = (made.body as { plugin: Plugin }).plugin;
    await own.call("POST", `/api/plugins/${id}/enable`, { as: "admin", body: {} });
    const response = await own.fetchRaw("POST", RUNS, {
      as: "admin",
      body: { panes: [pane("stub-1", id)], messages: says(HANG) },
    });
    const seen: RunEvent[] = [];
    for await (const event of readEvents(response)) {
      seen.push(event);
      if (event.type === "delta") void own.host.stop();
    }
    expect(seen.at(-1)).toMatchObject({ type: "error", pane: 0, error: { code: "shutting_down" } });
    await own.close();
    await plugin.close();
  });
});

describe("a reader who leaves", () => {
  it("closes the plugin's request at once, in every pane", async () => {
    const before = test.stub.abortedChats();
    const response = await test.loom.fetchRaw("POST", RUNS, {
      as: "operator",
      body: { panes: [pane(), pane()], messages: says(HANG) },
    });
    const reader = response.body?.getReader();
    await reader?.read();
    await expect.poll(() => test.stub.openChats(), SOON).toBe(2);
    await reader?.cancel();
    await expect.poll(() => test.stub.openChats(), SOON).toBe(0);
    expect(test.stub.abortedChats()).toBe(before + 2);
  });

  it("does not keep a plugin from being asked again", async () => {
    expect(textOf(await run({ panes: [pane()], messages: says("again") }), 0)).toBe("You said: again");
  });
});

describe("a session that ends", () => {
  it("ends its streams at the next keep-alive, with a reason", async () => {
    const clock = createFakeClock();
    // Host and database keep the real clock; only the stream's keep-alive is driven by hand.
    const own = await createTestConsole({ clock });
    const plugin = await createStubPlugin();
    const made = await own.call("POST", "/api/plugins", {
      as: "admin",
      body: { endpoint: plugin.endpoint, approveEndpoint: true },
    });
    const { id } = (made.body as { plugin: Plugin }).plugin;
    await own.call("POST", `/api/plugins/${id}/enable`, { as: "admin", body: {} });
    const signedIn = await own.call("POST", "/api/auth/sign-in/email", {
      body: { email: "admin@example.test", password: PASSWORD },
    });
    const as = { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
    const response = await own.fetchRaw("POST", RUNS, {
      as,
      body: { panes: [pane("stub-1", id)], messages: says(HANG) },
    });
    const seen: RunEvent[] = [];
    for await (const event of readEvents(response)) {
      seen.push(event);
      if (event.type !== "delta") continue;
      await own.call("POST", "/api/auth/sign-out", { as, body: {} });
      setImmediate(() => void clock.advance(15_000));
    }
    expect(seen.at(-1)).toMatchObject({ type: "error", error: { code: "unauthenticated" } });
    await expect.poll(() => plugin.openChats(), SOON).toBe(0);
    await own.close();
    await plugin.close();
  });
});

describe("over a real connection", () => {
  let server: Server;
  let origin = "";
  beforeAll(async () => {
    const listener = getRequestListener(test.loom.api.fetch);
    server = createServer((request, response) => void listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it("a closed connection aborts the plugin", async () => {
    const controller = new AbortController();
    const response = await fetch(`${origin}${RUNS}`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: await test.loom.cookieOf("operator") },
      body: JSON.stringify({ panes: [pane()], messages: says(HANG) }),
      signal: controller.signal,
    });
    expect(response.status).toBe(200);
    await expect.poll(() => test.stub.openChats(), SOON).toBe(1);
    controller.abort();
    await expect.poll(() => test.stub.openChats(), SOON).toBe(0);
  });

  it("a body above the cap gets its answer and the connection does not linger", async () => {
    const response = await fetch(`${origin}/api/plugins/preview`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: await test.loom.cookieOf("operator") },
      body: JSON.stringify({ manifestText: "x".repeat(20_000_000) }),
    });
    expect(response.status).toBe(413);
    await response.body?.cancel();
    await expect
      .poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))), SOON)
      .toBeLessThanOrEqual(1);
  });

  it("a body that nobody reads does not block the connection", async () => {
    const ask = (path: string, body: string | null) =>
      fetch(`${origin}${path}`, { method: body === null ? "GET" : "POST", body, headers: { "x-test": "1" } });
    expect((await ask("/api/plugins/x/enable", "x".repeat(20_000_000))).status).toBe(401);
    expect((await ask("/api/health", null)).status).toBe(200);
  });

  it("HEAD answers like GET, without a body", async () => {
    const response = await fetch(`${origin}/api/health`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it("a raw path that climbs is 404", async () => {
    const response = await fetch(`${origin}/api/plugins/..%2f..%2fetc%2fpasswd`, {
      headers: { cookie: await test.loom.cookieOf("viewer") },
    });
    expect(response.status).toBe(404);
  });
});
