import { useCallback, useRef, useSyncExternalStore } from "react";

/** Drafts of this tab by storage key; sessionStorage is their copy for after a reload. */
const drafts = new Map<string, unknown>();
const PREFIX = "loom:draft:";
/** Holds the id of the person whose drafts these are. */
const OWNER_KEY = "loom:draft-owner";
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
  const storageKey = `${PREFIX}${key}`;
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
  const clear = useCallback(() => forgetDraft(storageKey), [storageKey]);
  return [value, set, clear];
}

/** Forgets every draft of this tab: whoever signs out leaves nothing behind. */
export function clearDrafts(): void {
  const stored = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of new Set([...drafts.keys(), ...stored])) forgetDraft(key);
  sessionStorage.removeItem(OWNER_KEY);
}

/** Makes the drafts of this tab those of `userId`, and forgets them first when they are another person's. */
export function claimDrafts(userId: string): void {
  const owner = sessionStorage.getItem(OWNER_KEY);
  if (owner === userId) return;
  if (owner !== null) clearDrafts();
  try {
    sessionStorage.setItem(OWNER_KEY, userId);
  } catch {
    // A full storage: drafts without an owner must not outlive this person.
    clearDrafts();
  }
}

function forgetDraft(key: string): void {
  drafts.delete(key);
  sessionStorage.removeItem(key);
  notify(key);
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
