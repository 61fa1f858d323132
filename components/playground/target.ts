import type { Badge, PluginSummary } from "@/lib/contract/plugin.ts";

/** What choosing a plugin needs to know of it. */
export type Candidate = Pick<
  PluginSummary,
  "id" | "name" | "badge" | "desired" | "reason" | "modelIds" | "ejection"
>;

/** The plugin a URL names, by id or by name. */
export function findCandidate<P extends Candidate>(plugins: readonly P[], named: string | null): P | null {
  if (named === null) return null;
  return plugins.find(({ id }) => id === named) ?? plugins.find(({ name }) => name === named) ?? null;
}

/** Most likely to answer first. */
const PREFERENCE: readonly Badge[] = [
  "healthy",
  "degraded",
  "unknown",
  "starting",
  "down",
  "failed",
  "parked",
  "disabled",
];

/** Whom to talk to when nobody was chosen: the likeliest to answer, the first of equals; null without plugins. */
export function pickCandidate<P extends Candidate>(plugins: readonly P[]): P | null {
  const likeliest = [...plugins].sort((a, b) => PREFERENCE.indexOf(a.badge) - PREFERENCE.indexOf(b.badge));
  return likeliest[0] ?? null;
}

const TROUBLE = { down: "is down", failed: "could not be started", parked: "is parked" } as const;

/** A sentence about a plugin that may not answer, or null when nothing speaks against it. */
export function describeTrouble({ name, badge, reason, desired, ejection }: Candidate): string | null {
  if (desired === "disabled") return `${name} is switched off. Enable it to talk to it.`;
  const because = reason ? ` ${reason}` : "";
  switch (badge) {
    case "healthy":
    case "unknown":
      return ejection === null
        ? null
        : `The last ${ejection.failures} chats with ${name} failed, so it gets no routed requests for now. You can still talk to it: one good answer ends that.`;
    case "disabled":
      return `${name} is switched off. Enable it to talk to it.`;
    case "starting":
      return `${name} is starting. You can already write; send in a moment.`;
    case "degraded":
      return `${name} is degraded.${because}`;
    case "down":
    case "failed":
    case "parked":
      return `${name} ${TROUBLE[badge]}.${because} You can still send a message to see what it answers.`;
  }
}
