import type { Clock } from "../core/clock.ts";

const KEEP_ALIVE_MS = 15_000;

/** `no-transform` and the X- header keep proxies from compressing and buffering the stream. */
const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

export interface EventStreamOptions {
  clock: Clock;
  /** Made by the caller; aborted here when the reader leaves. */
  controller: AbortController;
  /** Called with every keep-alive: the place to check whether the reader may still read. */
  onKeepAlive(): Promise<void>;
}

/** Events as `data: <json>`, a comment each 15 s, nothing read ahead of the reader. */
export function toEventStream(events: AsyncGenerator<unknown>, options: EventStreamOptions): Response {
  const frames = toFrames(events, options);
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(sink) {
        const { done, value } = await frames.next();
        if (done) sink.close();
        else sink.enqueue(encoder.encode(value));
      },
      async cancel() {
        options.controller.abort();
        await frames.return();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(stream, { headers: HEADERS });
}

async function* toFrames(
  events: AsyncGenerator<unknown>,
  { clock, controller, onKeepAlive }: EventStreamOptions,
): AsyncGenerator<string, void, undefined> {
  const ended = new AbortController();
  const tick = () => clock.sleep(KEEP_ALIVE_MS, ended.signal).then(() => "tick" as const);
  let next = events.next();
  let ticking = tick();
  try {
    for (;;) {
      const first = await Promise.race([next, ticking]);
      if (first === "tick") {
        ticking = tick();
        await onKeepAlive();
        yield ": keep-alive\n\n";
      } else if (first.done) {
        return;
      } else {
        next = events.next();
        yield `data: ${JSON.stringify(first.value)}\n\n`;
      }
    }
  } finally {
    ended.abort();
    controller.abort();
    await events.return(undefined);
  }
}
