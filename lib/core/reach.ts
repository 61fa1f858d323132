import { AppError, isAppError, type ErrorCode } from "../contract/error.ts";
import type { AddressTier, ReachStep } from "../contract/registration.ts";
import type { Clock } from "./clock.ts";
import { recogniseServer, type Reached } from "./known-servers.ts";

type ReachName = ReachStep["name"];

/** Every step towards a plugin, in the order in which it is tried. */
const ORDER: readonly ReachName[] = [
  "address",
  "dns",
  "tcp",
  "tls",
  "http",
  "content_type",
  "json",
  "schema",
];

/** What a transport reports while it reaches for an address, each step once. */
export interface ReachTrace {
  /** It worked. Its time runs from the report before it. `note` says what was learnt. */
  ok(name: ReachName, note?: string): void;
  /** It was not needed, and `note` says why. */
  skip(name: ReachName, note: string): void;
}

/** One way to an address being recorded. */
export interface Reach extends ReachTrace {
  /** All eight steps. With `error`, the step that it broke at is failed and those behind it are skipped. */
  steps(error?: AppError): ReachStep[];
}

export function createReach({ monotonic }: Pick<Clock, "monotonic">): Reach {
  const reported = new Map<ReachName, ReachStep>();
  let since = monotonic();
  const lap = () => {
    const durationMs = Math.max(0, Math.round((monotonic() - since) * 10) / 10);
    since = monotonic();
    return durationMs;
  };

  function stepOf(name: ReachName, failedAt: number, error?: AppError): ReachStep {
    const place = ORDER.indexOf(name);
    const known = reported.get(name);
    if (known && place !== failedAt) return known;
    if (error && place === failedAt)
      return { name, status: "failed", durationMs: lap(), error: error.toInfo() };
    const wasPassed = place < failedAt && name !== "address";
    return wasPassed ? { name, status: "ok", durationMs: 0 } : { name, status: "skipped", durationMs: null };
  }

  return {
    ok(name, note) {
      reported.set(name, { name, status: "ok", durationMs: lap(), ...(note ? { note } : {}) });
    },
    skip(name, note) {
      reported.set(name, { name, status: "skipped", durationMs: null, note });
    },
    steps(error) {
      const failedAt = error ? ORDER.indexOf(findBrokenStep(error, new Set(reported.keys()))) : -1;
      return ORDER.map((name) => stepOf(name, failedAt, error));
    },
  };
}

/** Errors that can only come from one step. */
const STEP_OF: Partial<Record<ErrorCode, ReachName>> = {
  address_forbidden: "address",
  address_needs_approval: "address",
  plugin_dns_error: "dns",
  plugin_tls_error: "tls",
  plugin_redirect_refused: "http",
  plugin_wrong_content_type: "content_type",
  plugin_empty_response: "json",
  plugin_invalid_json: "json",
};

/** The step an error broke: the one its code belongs to, else the first that nobody has reported. */
function findBrokenStep({ code }: AppError, reported: ReadonlySet<ReachName>): ReachName {
  const own = code === "plugin_invalid_response" && reported.has("http") ? "schema" : STEP_OF[code];
  // The peer's own address is judged once more when the connection stands.
  if (own === "address" || (own && !reported.has(own))) return own;
  return ORDER.find((name) => !reported.has(name)) ?? "schema";
}

/** Reports what became of host and addresses. A refused address is left to the error that refuses it. */
export function traceAddresses(
  trace: ReachTrace | undefined,
  host: string,
  addresses: readonly string[],
  tier: AddressTier,
): void {
  const isLiteral = addresses.length === 1 && addresses[0] === host;
  const listed = addresses.slice(0, 3).join(", ") + (addresses.length > 3 ? " …" : "");
  if (!isLiteral) trace?.ok("dns", `${host} is ${listed}`);
  if (tier === "allowed") trace?.ok("address", `${listed} is public`);
  if (tier === "approved") trace?.ok("address", `${listed} is local, and an admin allowed it`);
  if (isLiteral && tier !== "forbidden") trace?.skip("dns", "An IP address needs no name server");
}

/**
 * The failure of a preview with the ladder in `details.reach`, and a hint that knows the usual mix-ups. Code, message and everything
 * else stay; what is not ours comes back as it is.
 */
export function explainReach(error: unknown, reach: Reach, target: Reached): unknown {
  if (!isAppError(error)) return error;
  const { code, message, extras, cause } = error;
  const hint = recogniseServer(target, error);
  const explained = new AppError(code, message, { ...extras, ...(hint === null ? {} : { hint }) });
  const details = { ...extras.details, reach: reach.steps(explained) };
  return new AppError(code, message, { ...explained.extras, details, cause });
}
