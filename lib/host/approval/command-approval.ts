import { AppError } from "../../contract/error.ts";
import type { FileChanges, ProcessCommand, ProcessLimits } from "../../contract/process.ts";
import { diffInventories, type Inventory } from "../../core/inventory.ts";
import { isSameJson } from "../../core/json-object.ts";
import type { ProcessDecision } from "../../data/data.ts";
import { isCovered, type CommandLook } from "./command-fingerprint.ts";

/** What would be started, with the files behind it. */
export type Candidate = Pick<CommandLook, "command" | "inventory">;

/** What an admin agreed to, and the bounds that were set. */
export interface ProcessConsent {
  /** False before the first approval, and after one was taken back. */
  isGiven: boolean;
  /** How what would be started is not what was approved, for people; null when it is exactly that. */
  difference: string | null;
  limits: ProcessLimits;
}

/** Compares what would be started with what was decided. */
export function toConsent({ command, inventory }: Candidate, decision: ProcessDecision): ProcessConsent {
  const { approval, limits } = decision;
  if (approval === null || isCovered(command, approval.command)) {
    return { isGiven: approval !== null, difference: null, limits };
  }
  return {
    isGiven: true,
    difference: tellDifference(command, approval.command, approval.inventory(), inventory),
    limits,
  };
}

/** Throws `process_needs_approval` unless exactly `command` was approved. */
export function requireApproval(command: ProcessCommand, { isGiven, difference }: ProcessConsent): void {
  if (isGiven && difference === null) return;
  const line = [command.command, ...command.args].join(" ");
  throw new AppError(
    "process_needs_approval",
    difference ?? `An admin has to approve the command first: ${line}`,
    { hint: "An admin can look at what would run, and approve it, under Process on the plugin's overview." },
  );
}

function tellDifference(
  now: ProcessCommand,
  was: ProcessCommand,
  before: Inventory,
  after: Inventory,
): string {
  const changes = before.size > 0 ? diffInventories(before, after) : null;
  if (changes !== null) return tellFiles(changes);
  if (now.command !== was.command || !isSameJson(now.args, was.args))
    return "The manifest's command changed since it was approved";
  if (!isSameJson(now.env, was.env)) return "The manifest's env changed since it was approved";
  if (now.workingDirectory !== was.workingDirectory)
    return "The plugin's folder is not the one that was approved";
  return `${now.executable} is not the program that was approved`;
}

function tellFiles({ changed, added, removed, more }: FileChanges): string {
  const [first] = [
    ...changed.map((path) => `${path} changed`),
    ...added.map((path) => `${path} was added`),
    ...removed.map((path) => `${path} was removed`),
  ];
  const others = changed.length + added.length + removed.length + more - 1;
  if (others === 0) return `${first} since it was approved`;
  return `${first}, and ${others} more ${others === 1 ? "file differs" : "files differ"} from what was approved`;
}
