import type { ConfigField } from "@/lib/contract/manifest.ts";

/** What the name of a field says about its value, for the keyboard of a phone and a word beside the input. Never a rule. */
export interface NameHint {
  kind: "url" | "port" | "duration" | "multiline";
  /** "seconds", right of the input. */
  unit?: string;
  /** Said with the rules below the input. */
  text?: string;
}

const UNITS: Record<string, string> = {
  ms: "ms",
  millis: "ms",
  milliseconds: "ms",
  s: "seconds",
  sec: "seconds",
  secs: "seconds",
  seconds: "seconds",
  minutes: "minutes",
  mins: "minutes",
  hours: "hours",
  days: "days",
};
const LONG_TEXTS = new Set([
  "prompt",
  "prompts",
  "template",
  "instructions",
  "certificate",
  "cert",
  "pem",
  "preamble",
]);
const ADDRESSES = new Set(["url", "uri", "endpoint"]);

/** Reads a field's name: `base_url`, `listenPort`, `timeout_seconds`, `system_prompt`. Null when it says nothing. */
export function toNameHint({ name, type, validation }: ConfigField): NameHint | null {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? "";
  if (type === "string" && ADDRESSES.has(last)) return { kind: "url" };
  if (type === "string" && LONG_TEXTS.has(last)) return { kind: "multiline" };
  if (last === "port" && (type === "int" || type === "string")) {
    const isBounded = validation?.min !== undefined || validation?.max !== undefined;
    return { kind: "port", ...(isBounded ? {} : { text: "Ports go from 1 to 65535" }) };
  }
  const isNumber = type === "int" || type === "float";
  const unit = words.length > 1 && Object.hasOwn(UNITS, last) ? UNITS[last] : undefined;
  return isNumber && unit !== undefined ? { kind: "duration", unit } : null;
}
