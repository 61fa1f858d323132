import { afterAll, beforeAll, expect } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { createStubPlugin, type StubPlugin } from "./stub-plugin.ts";
import { RunEvent } from "../lib/contract/playground.ts";
import type { Plugin } from "../lib/contract/plugin.ts";

export const RUNS = "/api/playground/runs";

export const says = (content: string) => [{ role: "user", content }];

/** Reads events as they come; comments are skipped. */
export async function* readEvents(response: Response): AsyncGenerator<RunEvent> {
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames)
      if (frame.startsWith("data: ")) yield RunEvent.parse(JSON.parse(frame.slice(6)));
  }
  expect(rest).toBe("");
}

/** One console for the file with a plugin to chat with. */
export function usePlayground() {
  let loom: TestConsole;
  let stub: StubPlugin;
  let pluginId = "";

  beforeAll(async () => {
    loom = await createTestConsole();
    stub = await createStubPlugin();
    pluginId = await add(stub);
  });

  afterAll(async () => {
    await loom.close();
    await stub.close();
  });

  async function add(plugin: StubPlugin): Promise<string> {
    const body = { endpoint: plugin.endpoint, approveEndpoint: true };
    const { id } = (
      (await loom.call("POST", "/api/plugins", { as: "admin", body })).body as { plugin: Plugin }
    ).plugin;
    await loom.call("POST", `/api/plugins/${id}/enable`, { as: "admin", body: {} });
    return id;
  }

  const pane = (model = "stub-1", id = pluginId) => ({ pluginId: id, model });

  async function run(body: object): Promise<RunEvent[]> {
    const response = await loom.fetchRaw("POST", RUNS, { as: "operator", body });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    const events: RunEvent[] = [];
    for await (const event of readEvents(response)) events.push(event);
    return events;
  }

  return {
    get stub() {
      return stub;
    },
    get loom() {
      return loom;
    },
    run,
    pane,
    add,
  };
}
