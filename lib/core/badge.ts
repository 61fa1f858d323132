import type { Badge, Desired, HealthState, Lifecycle } from "../contract/plugin.ts";
import { FAILURES_TO_DOWN } from "./verdict.ts";

/** The three axes of one plugin. */
export interface Axes {
  desired: Desired;
  lifecycle: Lifecycle;
  health: HealthState;
}

const BADGE_OF_HEALTH: Record<HealthState, Badge> = {
  up: "healthy",
  degraded: "degraded",
  down: "down",
  unknown: "unknown",
};

/** The one word people see, from the three axes and nothing else. */
export function toBadge({ desired, lifecycle, health }: Axes): Badge {
  switch (lifecycle) {
    case "disabled":
    case "draining":
      return desired === "enabled" ? "starting" : "disabled";
    case "starting":
    case "initializing":
      return "starting";
    case "ready":
      return BADGE_OF_HEALTH[health];
    case "failed":
    case "parked":
      return lifecycle;
  }
}

const ASKS_FOR_A_PERSON: ReadonlySet<Badge> = new Set<Badge>(["down", "failed", "parked", "degraded"]);

/** Whether a person has to look at a plugin: its badge says so, or its chats fail although its checks pass. */
export function needsAttention({ badge, ejection }: { badge: Badge; ejection: unknown }): boolean {
  return ASKS_FOR_A_PERSON.has(badge) || (badge === "healthy" && ejection !== null);
}

/** What the sentence beside the badge is made of. */
export interface Situation extends Axes {
  /** Why the lifecycle failed, or what the newest failed check said; null when neither happened. */
  problem: { message: string; hint?: string | undefined } | null;
  /** Consecutive failed checks. */
  failures: number;
  /** The host will not try again by itself. */
  waitsForPerson: boolean;
  /** Why it gets no routed requests for a while; null while it may. */
  ejection: { failures: number; error: { message: string } } | null;
  activeChats: number;
}

/** What is wrong, in one or two sentences that stay true until something happens; null when there is nothing to say. */
export function toReason(situation: Situation): string | null {
  switch (situation.lifecycle) {
    case "disabled":
      return situation.desired === "enabled" ? "Waiting for its turn to start." : null;
    case "draining":
      return drainingReason(situation);
    case "starting":
      return "Asking the plugin who it is.";
    case "initializing":
      return "Sending the plugin its configuration.";
    case "failed":
      return sentences(situation.problem?.message ?? "It could not be started", nextAttempt(situation));
    case "parked":
      return sentences(
        situation.problem?.message ?? "It ended too often",
        "It stays off until somebody starts it again",
      );
    case "ready":
      return readyReason(situation);
  }
}

function drainingReason({ desired, activeChats }: Situation): string {
  if (desired === "enabled") return "Restarting.";
  if (activeChats === 0) return "Disconnecting from the plugin (cleanup).";
  return `Waiting for ${activeChats === 1 ? "1 running chat" : `${activeChats} running chats`}, then it is off.`;
}

function readyReason(situation: Situation): string | null {
  const { health, problem, failures, ejection } = situation;
  if (health === "up") return ejection === null ? null : ejectedReason(ejection);
  if (health === "down") return sentences(failures === 0 ? "It has just answered again" : toMessage(problem));
  if (problem === null) return "Not checked yet.";
  if (failures === 0) return sentences(`Rate limited: ${problem.message}`);
  return sentences(problem.message, toCount(situation));
}

function ejectedReason({ failures, error }: NonNullable<Situation["ejection"]>): string {
  return sentences(`Its checks pass, but the last ${failures} chats failed: ${error.message}`);
}

function toMessage(problem: Situation["problem"]): string {
  return problem?.message ?? "Its checks failed";
}

/** How far it is from being down. */
function toCount({ failures }: Situation): string {
  if (failures === FAILURES_TO_DOWN - 1)
    return `${failures} of ${FAILURES_TO_DOWN} checks in a row failed; the next one makes it Down`;
  return `Its check failed (${failures} of ${FAILURES_TO_DOWN} in a row that make it Down)`;
}

/** When it is tried again is beside the reason, where it can count. */
function nextAttempt({ waitsForPerson, problem }: Situation): string {
  return waitsForPerson ? (problem?.hint ?? "Put it right, then switch it on again") : "";
}

/** Joins parts into sentences, each with its full stop. */
function sentences(...parts: string[]): string {
  return parts
    .filter((part) => part !== "")
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}
