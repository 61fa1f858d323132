/**
 * When a plugin's checks fall within the interval: ms in [0, intervalMs), the same for the same id on every start,
 * spread evenly over many ids, so that a thousand plugins are not asked in one second.
 */
export function startOffsetMs(id: string, intervalMs: number): number {
  return Math.floor((fnv1a(id) / 2 ** 32) * intervalMs);
}

/**
 * The first instant of the plugin's grid after `nowMs` (same monotonic scale). A check that overran simply misses
 * its turn: nothing is caught up, nothing overlaps, nothing drifts.
 */
export function nextCheckMs(id: string, intervalMs: number, nowMs: number): number {
  const offset = startOffsetMs(id, intervalMs);
  return (Math.floor((nowMs - offset) / intervalMs) + 1) * intervalMs + offset;
}

/** FNV-1a, 32 bits, with murmur3's finish: ids that differ in their last letter still land far apart. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
