import { AppError } from "../../contract/error.ts";
import type { Refusal } from "../../contract/plugin.ts";
import { isLostContact, needsPerson, toError } from "../failure.ts";
import type { Introduction } from "../connection/handshake.ts";
import type { Link, LinkCheck } from "../connection/plugin-connection.ts";
import { unrecorded } from "../connection/step-log.ts";

/**
 * What worked last: a plugin whose change is refused goes on with it. Kept in memory only, because it knows secrets, and so
 * gone with the console.
 */
export interface Fallback {
  /** The connection that can be gone back to; null when there is none. */
  link(): Link | null;
  /**
   * Forgets what was meant for another origin than what is saved: a plugin that went elsewhere does not go on there.
   * @param origin of what is saved; undefined when nobody can tell
   */
  keepWithin(origin: () => Promise<string | null | undefined>): Promise<void>;
  /** What is new about an attempt, compared with that. */
  subjectOf(attempt: Link | null): Refusal["subject"];
  /** What a running plugin runs with is what to come back to. */
  remember(link: Link): void;
  /** Something else may have reached the plugin since it was told that. */
  spoil(): void;
  /** It was told that, and nothing else since. */
  settle(): void;
  /** Nothing to come back to any more. */
  forget(): void;
  /**
   * Lets the plugin go on as it was: told again what worked if it may have been told something else, and asked how it is.
   * Returns what was done, for people. Throws why it cannot go on.
   */
  restore(signal: AbortSignal): Promise<string>;
}

/** @param observe one health check, reported */
export function createFallback(observe: (link: Link, signal: AbortSignal) => Promise<LinkCheck>): Fallback {
  let good: { link: Link; introduction: Introduction } | null = null;
  let spoiled = false;

  function forget(): void {
    good = null;
    spoiled = false;
  }

  return {
    link: () => good?.link ?? null,
    async keepWithin(origin) {
      if (good === null) return;
      const now = await origin();
      if (now !== undefined && now !== good.introduction.config.origin) forget();
    },
    subjectOf(attempt) {
      if (attempt !== good?.link) return "address";
      const version = attempt?.attemptedVersion() ?? null;
      return version === null || version === good?.introduction.config.version ? "restart" : "configuration";
    },
    remember(link) {
      const introduction = link.introduction();
      if (introduction === null) return;
      good = { link, introduction };
      // However much is tried after it, its secrets are the last to be forgotten.
      link.client.conceal(introduction.config.secrets);
    },
    spoil: () => void (spoiled = true),
    settle: () => void (spoiled = false),
    forget,
    async restore(signal) {
      if (good === null) throw new AppError("internal_error", "There is nothing to go back to.");
      const { link, introduction } = good;
      link.pin(introduction);
      const wasSpoiled = spoiled;
      if (wasSpoiled) await link.repeat(unrecorded, signal);
      spoiled = false;
      const { result, refused } = await observe(link, signal);
      const { error } = result;
      if (error !== null && (refused || isLostContact(error) || needsPerson(error))) throw toError(error);
      return wasSpoiled
        ? "It was told the configuration that worked last, and goes on with it"
        : "It was not told anything new, and goes on as before";
    },
  };
}
