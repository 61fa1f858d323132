import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginProcess } from "../../contract/process.ts";
import { needsPerson } from "../failure.ts";
import type { ManagedProcess } from "../process/managed-process.ts";

/**
 * When to try a failed plugin again, `ms` from now; null for never. A process that ended is started again by its own rule
 * (`restart-policy.ts`), which also knows when to give up.
 * @param delayMs the wait that the number of attempts asks for
 */
export function planRetry(
  info: ErrorInfo,
  delayMs: number,
  process: ManagedProcess | null,
  now: number,
): { status: PluginProcess["status"]; ms: number | null } {
  const { status, nextStartAt } = process?.state() ?? { status: "stopped" as const, nextStartAt: null };
  if (status === "parked") return { status, ms: null };
  if (nextStartAt !== null) return { status, ms: Math.max(0, Date.parse(nextStartAt) - now) };
  return { status, ms: needsPerson(info) ? null : delayMs };
}
