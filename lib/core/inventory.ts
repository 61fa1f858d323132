import type { FileChanges } from "../contract/process.ts";

/** What lies in a folder: path relative to it → what names its content. */
export type Inventory = ReadonlyMap<string, string>;

/** Named at most, of all kinds together. */
const MAX_NAMED = 50;

/** Which files differ between two scans of a folder; null when none does. Changed ones are named first: they say most. */
export function diffInventories(before: Inventory, now: Inventory): FileChanges | null {
  const changed = [...now].flatMap(([path, is]) => {
    const was = before.get(path);
    return was === undefined || was === is ? [] : [path];
  });
  const added = [...now.keys()].filter((path) => !before.has(path));
  const removed = [...before.keys()].filter((path) => !now.has(path));
  const count = changed.length + added.length + removed.length;
  if (count === 0) return null;
  let room = MAX_NAMED;
  const take = (paths: string[]) => {
    const taken = paths.sort().slice(0, room);
    room -= taken.length;
    return taken;
  };
  const named = { changed: take(changed), added: take(added), removed: take(removed) };
  return { ...named, more: Math.max(0, count - MAX_NAMED) };
}
