/**
 * Rings among those who wait for one another: each member waits for the next one, the last for the first. `waitsFor` has one name for
 * each who waits, which may be the name of somebody who does not.
 */
export function findRings(waitsFor: ReadonlyMap<string, string>): string[][] {
  const rings: string[][] = [];
  const seen = new Set<string>();
  for (const start of waitsFor.keys()) {
    const trail: string[] = [];
    let at: string | undefined = start;
    for (; at !== undefined && !seen.has(at); at = waitsFor.get(at)) {
      seen.add(at);
      trail.push(at);
    }
    const first = at === undefined ? -1 : trail.indexOf(at);
    if (first >= 0) rings.push(trail.slice(first));
  }
  return rings;
}
