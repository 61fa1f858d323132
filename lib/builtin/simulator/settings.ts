import type { ConfigField } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";

export const STYLES = ["script", "echo", "count", "tool call"] as const;
export type Style = (typeof STYLES)[number];

export const BREAKS = ["cut", "error", "silence", "garbage"] as const;
export type Break = (typeof BREAKS)[number];

/** The guide's codes, and the faults of a connection as the console names them. */
export const FAILURES = [
  "authentication_failed",
  "rate_limit_exceeded",
  "invalid_request",
  "model_not_found",
  "provider_unavailable",
  "timeout",
  "internal_error",
  "quota_exceeded",
  "content_filter",
  "not_initialized",
  "unreachable",
  "connection_lost",
  "invalid_response",
  "invalid_json",
] as const;
export type Failure = (typeof FAILURES)[number];

/** How the simulator is configured to behave. */
export interface Settings {
  seed: number;
  model: string;
  style: Style;
  script: string;
  answerTokens: number;
  tokensPerSecond: number;
  latencyMs: number;
  jitterMs: number;
  failureRate: number;
  failure: Failure;
  retryAfterSeconds: number;
  breakRate: number;
  breakKind: Break;
  healthy: boolean;
  healthMessage: string;
  labels: Record<string, unknown>;
}

const SCRIPT =
  "This is the simulator speaking. There is no model behind these words and nothing was sent anywhere: they come at the pace you set, and they fail as often as you want them to. Change its configuration and ask again to see how the console takes it.";

const DEFAULTS = {
  seed: 1,
  model: "simulated-1",
  style: "script",
  script: SCRIPT,
  answer_tokens: 40,
  tokens_per_second: 25,
  latency_ms: 250,
  jitter_ms: 100,
  failure_rate: 0,
  failure: "rate_limit_exceeded",
  retry_after_seconds: 5,
  break_rate: 0,
  break_kind: "cut",
  healthy: true,
  health_message: "",
} as const;

const field = (
  name: keyof typeof DEFAULTS,
  type: ConfigField["type"],
  description: string,
  validation: NonNullable<ConfigField["validation"]> = {},
): ConfigField => ({
  name,
  type,
  description,
  required: false,
  sensitive: false,
  default: DEFAULTS[name],
  validation,
});

/** At least one field of every kind the form knows: people look here to see what a schema can do. */
export const CONFIG_SCHEMA: ConfigField[] = [
  field(
    "style",
    "string",
    "What it answers: its script, your own words, numbers, or a call of the first tool it is offered.",
    {
      enum: [...STYLES],
    },
  ),
  field("script", "string", "What it says over and over when the style is script.", {
    min_length: 1,
    max_length: 4000,
  }),
  field("answer_tokens", "int", "Length of an answer in words; a request's max_tokens shortens it.", {
    min: 1,
    max: 100_000,
  }),
  field("tokens_per_second", "float", "How fast it writes, in words per second.", { min: 0.1, max: 1000 }),
  field("latency_ms", "int", "How long it thinks before the first word, in milliseconds.", {
    min: 0,
    max: 120_000,
  }),
  field("jitter_ms", "int", "How much the thinking varies: up to this many milliseconds more.", {
    min: 0,
    max: 60_000,
  }),
  field(
    "failure_rate",
    "float",
    "Share of chats that fail before the first word: 0 never, 0.25 one in four, 1 always.",
    {
      min: 0,
      max: 1,
    },
  ),
  field("failure", "string", "How those chats fail.", { enum: [...FAILURES] }),
  field(
    "retry_after_seconds",
    "int",
    "How long it asks callers to wait when the failure is rate_limit_exceeded.",
    {
      min: 0,
      max: 3600,
    },
  ),
  field(
    "break_rate",
    "float",
    "Share of the other chats that break in the middle of their answer, from 0 to 1.",
    {
      min: 0,
      max: 1,
    },
  ),
  field(
    "break_kind",
    "string",
    "How an answer breaks: the stream ends too early, an error arrives in it, nothing more comes, or something unreadable does.",
    {
      enum: [...BREAKS],
    },
  ),
  field("healthy", "bool", "Off: its health checks say that it is not well. Chats go on as set above."),
  field("health_message", "string", "What its health checks say; empty for something friendly.", {
    max_length: 150,
  }),
  field("model", "string", "Name of its model: lower-case letters, digits, dots and dashes.", {
    pattern: "^[a-z0-9][a-z0-9.-]*$",
    max_length: 60,
  }),
  field(
    "seed",
    "int",
    "The same seed gives the same delays, failures and breaks in the same order. Saving starts over.",
    {
      min: 0,
      max: 2_147_483_647,
    },
  ),
  {
    name: "api_key",
    type: "string",
    required: false,
    description:
      "A secret that opens nothing: to see how secrets are kept. One that begins with wrong- is refused, as a provider refuses a bad key.",
    sensitive: true,
    validation: { min_length: 4 },
  },
  {
    name: "labels",
    type: "json",
    required: false,
    description:
      "A field of a type the guide does not know, edited as JSON. Its health checks repeat it under details.",
    default: { purpose: "demonstration" },
    sensitive: false,
  },
];

/** Values of a wrong type fall back to the default: the form has refused them already. */
export function toSettings(config: ConfigValues): Settings {
  const { style, failure, break_kind: kind, healthy, labels } = config;
  const number = (name: keyof typeof DEFAULTS) => {
    const value = config[name];
    return typeof value === "number" && value >= 0 ? value : Number(DEFAULTS[name]);
  };
  const text = (name: keyof typeof DEFAULTS) => {
    const value = config[name];
    return typeof value === "string" && value !== "" ? value : String(DEFAULTS[name]);
  };
  return {
    seed: number("seed"),
    model: text("model"),
    style: STYLES.find((known) => known === style) ?? DEFAULTS.style,
    script: text("script"),
    answerTokens: number("answer_tokens"),
    tokensPerSecond: number("tokens_per_second") || DEFAULTS.tokens_per_second,
    latencyMs: number("latency_ms"),
    jitterMs: number("jitter_ms"),
    failureRate: number("failure_rate"),
    failure: FAILURES.find((known) => known === failure) ?? DEFAULTS.failure,
    retryAfterSeconds: number("retry_after_seconds"),
    breakRate: number("break_rate"),
    breakKind: BREAKS.find((known) => known === kind) ?? DEFAULTS.break_kind,
    healthy: typeof healthy === "boolean" ? healthy : DEFAULTS.healthy,
    healthMessage: text("health_message"),
    labels: typeof labels === "object" && labels !== null && !Array.isArray(labels) ? labels : {},
  };
}
