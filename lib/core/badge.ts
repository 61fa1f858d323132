import type { Badge, Desired, HealthState, Lifecycle } from "../contract/plugin.ts";

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

/** What the sentence beside the badge is made of. */
export interface Situation extends Axes {
  /** Why the lifecycle failed, or what the newest failed check said; null when neither happened. */
  problem: { message: string; hint?: string | undefined } | null;
  /** Consecutive failed checks. */
  failures: number;
  /** Seconds until the host acts by itself: the next check or the next attempt. Null when it waits for a person. */
  nextInSeconds: number | null;
  activeChats: number;
}

/** What is wrong and what happens next, in one or two sentences; null when there is nothing to say. */
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
  if (activeChats === 0) return "Saying goodbye to the plugin.";
  return `Waiting for ${activeChats === 1 ? "1 running chat" : `${activeChats} running chats`}, then it is off.`;
}

function readyReason(situation: Situation): string | null {
  const { health, problem, failures, nextInSeconds } = situation;
  const next = nextInSeconds === null ? "" : `The next check is ${soon(nextInSeconds)}`;
  if (health === "up") return null;
  if (health === "down" && failures === 0) return sentences("It has just answered again", next);
  if (problem === null) return sentences("Not checked yet", next);
  return sentences(problem.message, next);
}

function nextAttempt({ nextInSeconds, problem }: Situation): string {
  if (nextInSeconds !== null) return `The next attempt is ${soon(nextInSeconds)}`;
  return problem?.hint ?? "Put it right, then switch it on again";
}

function soon(seconds: number): string {
  if (seconds < 1) return "due now";
  return seconds < 120 ? `in ${Math.round(seconds)} s` : `in ${Math.round(seconds / 60)} min`;
}

/** Joins parts into sentences, each with its full stop. */
function sentences(...parts: string[]): string {
  return parts
    .filter((part) => part !== "")
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}
