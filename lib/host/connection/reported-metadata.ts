import type { Json, Metadata } from "../../contract/manifest.ts";
import type { Clock } from "../../core/clock.ts";
import { isSameJson } from "../../core/json-object.ts";
import type { Reported } from "../host.ts";

/** What one plugin says it is, as it was asked last. */
export interface Descriptions {
  hear(this: void, metadata: Metadata): void;
  newest(): Reported | null;
}

/** The same words keep their name, so that what a person has looked at is what they accept. */
export function createDescriptions(clock: Clock): Descriptions {
  let newest: Reported | null = null;
  let count = 0;
  return {
    hear(metadata) {
      if (newest !== null && isSameJson(newest.metadata as Json, metadata as Json)) return;
      const at = Math.round(clock.now());
      count += 1;
      newest = { id: `${at.toString(36)}-${count}`, metadata, detectedAt: new Date(at).toISOString() };
    },
    newest: () => newest,
  };
}
