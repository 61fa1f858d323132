import { useCallback, useRef, useSyncExternalStore } from "react";

/** Drafts of this tab by storage key; sessionStorage is their copy for after a reload. */
const drafts = new Map<string, unknown>();
const listeners = new Map<string, Set<() => void>>();

/**
 * State that survives a reload of the tab (sessionStorage) and is shared by every user of the same key.
 * Hydration sees `initial`, so that it agrees with the server's markup; a stored draft follows right after.
 * Never for secrets: the storage is readable by whoever has the tab.
 * Returns the value, its setter, and `clear`, which forgets the draft and goes back to `initial`.
 */
export function useDraft<T>(
  key: string,
  initial: T,
): [value: T, set: (next: T | ((previous: T) => T)) => void, clear: () => void] {
  const storageKey = `loom:draft:${key}`;
  const fallback = useRef(initial).current;
  const subscribe = useCallback((listener: () => void) => listen(storageKey, listener), [storageKey]);
  const value = useSyncExternalStore(
    subscribe,
    () => readDraft(storageKey, fallback),
    () => fallback,
  );
  const set = useCallback(
    (next: T | ((previous: T) => T)) => {
      const previous = readDraft(storageKey, fallback);
      writeDraft(storageKey, typeof next === "function" ? (next as (previous: T) => T)(previous) : next);
    },
    [storageKey, fallback],
  );
  const clear = useCallback(() => {
    drafts.delete(storageKey);
    sessionStorage.removeItem(storageKey);
    notify(storageKey);
  }, [storageKey]);
  return [value, set, clear];
}

function readDraft<T>(key: string, fallback: T): T {
  if (!drafts.has(key)) {
    const stored = parseStored(key);
    if (stored === undefined) return fallback;
    drafts.set(key, stored);
  }
  return drafts.get(key) as T;
}

function parseStored(key: string): unknown {
  const text = sessionStorage.getItem(key);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    sessionStorage.removeItem(key);
    return undefined;
  }
}

function writeDraft(key: string, value: unknown): void {
  drafts.set(key, value);
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full storage costs the copy, never the draft on the screen.
    sessionStorage.removeItem(key);
  }
  notify(key);
}

function listen(key: string, listener: () => void): () => void {
  const group = listeners.get(key) ?? new Set();
  listeners.set(key, group.add(listener));
  return () => group.delete(listener);
}

function notify(key: string): void {
  for (const listener of listeners.get(key) ?? []) listener();
}
