import { readdirSync, readlinkSync } from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RunEvent } from "../lib/contract/playground.ts";
import type { Plugin } from "../lib/contract/plugin.ts";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { startStreamingStub, type StreamingStub, type StreamOrder } from "./streaming-stub.ts";

const MANY = 100;
const SOON = { timeout: 30_000, interval: 20 };

let loom: TestConsole;
let stub: StreamingStub;
let pluginId = "";
beforeAll(async () => {
  loom = await createTestConsole();
  stub = await startStreamingStub();
  const body = { endpoint: stub.endpoint, approveEndpoint: true };
  const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
  ({ id: pluginId } = (answer.body as { plugin: Plugin }).plugin);
  await loom.call("POST", `/api/plugins/${pluginId}/enable`, { as: "admin", body: {} });
});
afterAll(async () => {
  await loom.close();
  await stub.close();
});

/** Open sockets of this process; files of the database come and go by their own rules. */
const descriptors = () => readdirSync("/proc/self/fd").filter(isSocket).length;
const names = (prefix: string) => Array.from({ length: MANY }, (_, index) => `${prefix}-${index}`);

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith("socket:");
  } catch {
    // Closed between the two looks.
    return false;
  }
}

function run(order: StreamOrder, signal?: AbortSignal): Promise<Response> {
  const messages = [{ role: "user", content: JSON.stringify(order) }];
  const body = { panes: [{ pluginId, model: "stream" }], messages };
  return loom.fetchRaw("POST", "/api/playground/runs", {
    as: "operator",
    body,
    ...(signal ? { signal } : {}),
  });
}

async function* readEvents(response: Response): AsyncGenerator<RunEvent> {
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames)
      if (frame.startsWith("data: ")) yield RunEvent.parse(JSON.parse(frame.slice(6)));
  }
}

/** Which streams the words of a text belong to. */
const idsIn = (text: string) => [
  ...new Set(
    text
      .split(" ")
      .filter(Boolean)
      .map((word) => word.split(":")[0]),
  ),
];

describe("a hundred streams at once", () => {
  it("all end well, each with its own words in order, and leave no descriptor", async () => {
    const before = descriptors();
    await Promise.all(
      names("whole").map(async (id) => {
        let text = "";
        let last: RunEvent | undefined;
        for await (const event of readEvents(await run({ id, chunks: 10, everyMs: 20 }))) {
          last = event;
          if (event.type === "delta") text += event.text;
        }
        expect(last).toMatchObject({ type: "done" });
        const counts = text
          .trim()
          .split(" ")
          .map((word) => word.split(":").slice(0, 2).join(":"));
        expect(counts).toEqual(Array.from({ length: 10 }, (_, count) => `${id}:${count}`));
      }),
    );
    expect(stub.open()).toBe(0);
    await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(before), SOON);
  });

  it("that are left at any moment are closed at the plugin, and none gets another's words", async () => {
    const before = descriptors();
    stub.cutAt.clear();
    const ids = names("left");
    await Promise.all(
      ids.map(async (id, index) => {
        let text = "";
        let received = 0;
        const reading = readEvents(await run({ id, chunks: 0, everyMs: 5 }));
        for await (const event of reading) {
          if (event.type !== "delta") continue;
          text += event.text;
          if (++received > index % 17) break;
        }
        expect(idsIn(text).filter((found) => found !== id)).toEqual([]);
      }),
    );
    await vi.waitFor(() => expect(stub.open()).toBe(0), SOON);
    expect([...stub.cutAt.keys()].toSorted()).toEqual(ids.toSorted());
    await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(before), SOON);
  });
});

describe("a plugin that accepts and never answers", () => {
  it("costs no descriptor once those who waited for it have left", async () => {
    const before = descriptors();
    const controller = new AbortController();
    const waiting = names("silent").map(async (id) => {
      const { signal } = controller;
      for await (const event of readEvents(await run({ id, chunks: 0, everyMs: 0, silent: true }, signal)))
        expect(event.type).toBe("start");
    });
    const ended = Promise.allSettled(waiting);
    await vi.waitFor(() => expect(stub.open()).toBe(MANY), SOON);
    expect(descriptors()).toBeGreaterThan(before + MANY);
    controller.abort();
    await ended;
    await vi.waitFor(() => expect(stub.open()).toBe(0), SOON);
    await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(before), SOON);
  });

  it("costs no descriptor once it is given up", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => sockets.delete(socket));
      socket.resume();
    }).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const before = descriptors();
    await Promise.all(
      names("silent").map(async () => {
        const body = { endpoint, approveEndpoint: true };
        const answer = await loom.call("POST", "/api/plugins/preview", { as: "admin", body });
        expect(answer.status).toBe(504);
      }),
    );
    await vi.waitFor(() => expect(sockets.size).toBe(0), SOON);
    await vi.waitFor(() => expect(descriptors()).toBeLessThanOrEqual(before), SOON);
    silent.close();
  });
});
