import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import type { RunEvent } from "../contract/playground.ts";
import { toEventStream } from "./event-stream.ts";

const delta = (text: string): RunEvent => ({ type: "delta", pane: 0, text });

/** Events that a test sends by hand. */
function createSource() {
  let waiting: (event: RunEvent | null) => void = () => {};
  const state = { isEnded: false };
  async function* events(signal: AbortSignal) {
    try {
      for (;;) {
        const event = await new Promise<RunEvent | null>((resolve) => {
          waiting = resolve;
          signal.addEventListener("abort", () => resolve(null));
        });
        if (event === null) return;
        yield event;
      }
    } finally {
      state.isEnded = true;
    }
  }
  return { events, state, send: (event: RunEvent | null) => waiting(event) };
}

function open(onKeepAlive: () => Promise<void> = async () => {}) {
  const clock = createFakeClock();
  const source = createSource();
  const controller = new AbortController();
  const response = toEventStream(source.events(controller.signal), { clock, controller, onKeepAlive });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error("no body");
  return { clock, source, controller, response, reader };
}

describe("toEventStream", () => {
  it("writes each event as one data line and closes after the last", async () => {
    const { source, reader } = open();
    const first = reader.read();
    await Promise.resolve();
    source.send(delta("a\nb"));
    expect(await first).toEqual({ done: false, value: 'data: {"type":"delta","pane":0,"text":"a\\nb"}\n\n' });
    const last = reader.read();
    await Promise.resolve();
    source.send(null);
    expect(await last).toMatchObject({ done: true });
  });

  it("tells proxies to keep their hands off", () => {
    const { response } = open();
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
  });

  it("sends a comment every 15 seconds of silence", async () => {
    const { clock, reader } = open();
    for (let i = 0; i < 3; i++) {
      const read = reader.read();
      await clock.advance(15_000);
      expect(await read).toEqual({ done: false, value: ": keep-alive\n\n" });
    }
  });

  it("ends the events when the reader leaves", async () => {
    const { source, reader, controller } = open();
    const read = reader.read();
    await reader.cancel();
    await read;
    await expect.poll(() => source.state.isEnded, { timeout: 30_000 }).toBe(true);
    expect(controller.signal.aborted).toBe(true);
  });

  it("asks at every keep-alive whether the reader may still read", async () => {
    let asked = 0;
    const { clock, reader } = open(async () => void asked++);
    const read = reader.read();
    await clock.advance(15_000);
    await read;
    expect(asked).toBe(1);
  });
});
