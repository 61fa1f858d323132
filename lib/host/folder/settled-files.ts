import type { Clock } from "../../core/clock.ts";
import type { FoundFile } from "./manifest-scan.ts";

/** A file is read once nothing happened to it for so long, ms: editors and copies write in several pieces. */
export const SETTLE_MS = 200;

interface Seen {
  fingerprint: string;
  /** Monotonic ms of the first sight of this fingerprint; null once it was read. */
  since: number | null;
}

/** Remembers from scan to scan which files stand still, which were read and which are missing. */
export class SettledFiles {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();
  /** Files that were there and are not: by path, since when. */
  readonly #missing = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True for a file that is to be read: it stands still, and was not read as it is. */
  isReadable({ path, fingerprint, changedAt }: FoundFile): boolean {
    const now = this.#clock.monotonic();
    let entry = this.#seen.get(path);
    if (entry?.fingerprint !== fingerprint) {
      entry = { fingerprint, since: now };
      this.#seen.set(path, entry);
    }
    if (entry.since === null) return false;
    const age = this.#clock.now() - changedAt;
    // A stamp from the future says nothing: then only our own watch counts.
    return age >= SETTLE_MS || now - entry.since >= SETTLE_MS;
  }

  markRead({ path, fingerprint }: FoundFile): void {
    this.#seen.set(path, { fingerprint, since: null });
  }

  /** Every file is to be read again. */
  forgetReadings(): void {
    for (const entry of this.#seen.values()) entry.since ??= 0;
  }

  /** An editor that replaces a file leaves a moment without one: a file is gone once it is missing for a while. */
  noteMissing(files: ReadonlyMap<string, FoundFile>): void {
    const now = this.#clock.monotonic();
    for (const path of this.#seen.keys()) {
      if (files.has(path)) this.#missing.delete(path);
      else if (!this.#missing.has(path)) this.#missing.set(path, now);
    }
    for (const [path, since] of this.#missing) {
      if (now - since < SETTLE_MS) continue;
      this.#missing.delete(path);
      this.#seen.delete(path);
    }
  }

  /** Files that are missing and may come back at once. */
  missing(): string[] {
    return [...this.#missing.keys()];
  }

  isMissing(path: string): boolean {
    return this.#missing.has(path);
  }

  /** Whether something does not stand still yet. */
  isUnsettled(files: ReadonlyMap<string, FoundFile>): boolean {
    return (
      this.#missing.size > 0 || Array.from(files.keys()).some((path) => this.#seen.get(path)?.since !== null)
    );
  }
}
