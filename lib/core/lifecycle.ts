import type { Lifecycle } from "../contract/plugin.ts";

/** What can happen to a plugin. Only the host raises these. */
export type LifecycleEvent =
  /** It is to run: switched on, started again, or retried. */
  | "enable"
  /** Metadata, identity and configuration are in order. */
  | "identified"
  /** It accepted `/initialize`. */
  | "initialized"
  /** What was new was refused, and the plugin goes on with what it accepted before. */
  | "rolledBack"
  /** A step failed, or a running plugin turned out to be somebody else. */
  | "fail"
  /** It is to stop: no new work, running chats may end. */
  | "disable"
  /** Chats and cleanup are over. */
  | "drained"
  /** It crashed too often; a person has to look at it. */
  | "park";

/** Every transition there is. What is missing cannot happen. */
export const LIFECYCLE = {
  disabled: { enable: "starting" },
  starting: {
    enable: "starting",
    identified: "initializing",
    rolledBack: "ready",
    fail: "failed",
    disable: "draining",
    park: "parked",
  },
  initializing: {
    enable: "starting",
    initialized: "ready",
    rolledBack: "ready",
    fail: "failed",
    disable: "draining",
    park: "parked",
  },
  ready: { enable: "starting", fail: "failed", disable: "draining", park: "parked" },
  draining: { drained: "disabled", enable: "starting" },
  failed: { enable: "starting", disable: "draining", park: "parked" },
  parked: { enable: "starting", disable: "draining" },
} as const satisfies Record<Lifecycle, Partial<Record<LifecycleEvent, Lifecycle>>>;

/** Where `event` leads, or null when it cannot happen in `state`: the caller stays where it is and reports it. */
export function nextLifecycle(state: Lifecycle, event: LifecycleEvent): Lifecycle | null {
  const transitions: Partial<Record<LifecycleEvent, Lifecycle>> = LIFECYCLE[state];
  return transitions[event] ?? null;
}
