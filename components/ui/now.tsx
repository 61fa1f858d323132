"use client";

import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";

const TICK_MS = 5_000;

const RenderedAt = createContext(0);

/** Gives the instant of the server's render (epoch ms), so that "3 min ago" reads the same before and after hydration. */
export function NowProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

const listeners = new Set<() => void>();
let current = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  current = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) timer = setInterval(tick, TICK_MS);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      current = 0;
    }
  };
}

function readNow() {
  if (current === 0) current = Date.now();
  return current;
}

/** Epoch ms, moving in steps of five seconds; one timer for the whole page. 0 when the server did not say. */
export function useNow(): number {
  const renderedAt = useContext(RenderedAt);
  return useSyncExternalStore(subscribe, readNow, () => renderedAt);
}
