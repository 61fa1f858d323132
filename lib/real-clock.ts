import type { Clock } from "./core/clock.ts";

/** Node's timers hold a signed 32-bit number of ms; longer waits are made of several. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The one clock of a running console. Every timer it sets is cleared when its wait ends early. */
export function createClock(): Clock {
  return { now: () => Date.now(), monotonic: () => performance.now(), sleep, deadline };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  // No wait is still a turn for everybody else: a loop of short waits must not starve the process.
  if (ms <= 0) return new Promise((resolve) => setImmediate(resolve));
  const end = performance.now() + ms;
  for (let left = ms; left > 0 && signal?.aborted !== true; left = end - performance.now()) {
    await oneTimer(Math.min(left, LONGEST_TIMER_MS), signal);
  }
}

function oneTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener("abort", finish, { once: true });
  });
}

function deadline(ms: number): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const limitMs = Math.min(ms, LONGEST_TIMER_MS);
  const due = performance.now() + limitMs;
  const expire = () => controller.abort(new DOMException(`Nothing came within ${ms} ms`, "TimeoutError"));
  // Timers are served before arrivals, so one that is late found the process busy: that time is given back, once.
  const giveBack = () =>
    (timer = setTimeout(expire, Math.min(Math.max(0, performance.now() - due), limitMs)));
  let timer = setTimeout(giveBack, limitMs);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
