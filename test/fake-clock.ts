import type { Clock } from "../lib/core/clock.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time by `ms`, running every timer that falls due, in order, and letting its consequences happen in between. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone, as an operator or NTP would; timers do not notice. */
  jump(ms: number): void;
  /** How many timers wait: nothing may be left behind after a stop. */
  pending(): number;
}

interface Timer {
  due: number;
  run: () => void;
}

/** 2026-01-01T00:00:00Z: a round start makes failures readable. */
const DEFAULT_START = 1_767_225_600_000;

/** Turns of the event loop granted after each timer: promises, and libraries that hop through `setImmediate`. */
const SETTLE_TURNS = 4;

export function createFakeClock(startEpochMs = DEFAULT_START): FakeClock {
  const timers = new Set<Timer>();
  let elapsed = 0;
  let wall = startEpochMs;

  const add = (ms: number, run: () => void): Timer => {
    const timer = { due: elapsed + Math.max(0, ms), run };
    timers.add(timer);
    return timer;
  };

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        timers.delete(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = add(ms, finish);
      signal?.addEventListener("abort", finish, { once: true });
    });
  }

  function deadline(ms: number) {
    const controller = new AbortController();
    const expire = () => controller.abort(new DOMException(`Nothing came within ${ms} ms`, "TimeoutError"));
    const timer = add(ms, expire);
    return { signal: controller.signal, clear: () => void timers.delete(timer) };
  }

  async function advance(ms: number): Promise<void> {
    const end = elapsed + ms;
    await settle();
    for (let timer = earliest(timers, end); timer !== null; timer = earliest(timers, end)) {
      wall += timer.due - elapsed;
      elapsed = timer.due;
      timers.delete(timer);
      timer.run();
      await settle();
    }
    wall += end - elapsed;
    elapsed = end;
    await settle();
  }

  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep,
    deadline,
    advance,
    jump: (ms) => void (wall += ms),
    pending: () => timers.size,
  };
}

/** The timer due first, not after `end`; insertion order among equals. */
function earliest(timers: Set<Timer>, end: number): Timer | null {
  let first: Timer | null = null;
  for (const timer of timers) {
    if (timer.due <= end && (first === null || timer.due < first.due)) first = timer;
  }
  return first;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
