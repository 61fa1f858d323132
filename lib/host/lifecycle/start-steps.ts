import type { LifecycleStep } from "../../contract/plugin.ts";
import type { Model } from "../../contract/protocol.ts";
import type { Log } from "../../log.ts";
import { toAnswer } from "../connection/step-transcript.ts";
import { isOwnTrouble, toError, toFailure } from "../failure.ts";
import type { PluginConnection, ConnectionCheck } from "../connection/plugin-connection.ts";
import type { StepLog } from "../connection/step-log.ts";
import type { ManagedProcess } from "../process/managed-process.ts";

const ENABLE_STEPS: ReadonlyArray<LifecycleStep["name"]> = [
  "metadata",
  "config",
  "initialize",
  "health",
  "models",
];

/** The steps of an enable, in order. */
export function startSteps(process: ManagedProcess | null): ReadonlyArray<LifecycleStep["name"]> {
  return process ? ["process", ...ENABLE_STEPS] : ENABLE_STEPS;
}

/** The models a plugin lists; null when its answer could not be read. */
export interface ListedModels {
  value: Model[] | null;
  warnings: string[];
}

export interface StartOptions {
  connection: PluginConnection;
  steps: Pick<StepLog, "run">;
  signal: AbortSignal;
  log: Log;
  /** Null for a plugin that somebody else starts. */
  process: ManagedProcess | null;
  /** Replace its process even if it runs. */
  anew: boolean;
  /** One health check, reported. */
  checkAndReport: (connection: PluginConnection, signal: AbortSignal) => Promise<ConnectionCheck>;
  /** Called once identity and configuration are in order, before anything is sent. */
  onIdentified: () => void;
  listModels: () => Promise<ListedModels>;
  /**
   * Asked once it is initialised: whether an ill plugin, or one that does not list its models, is a failure. Else the first is the
   * verdict's business: the plugin runs, and people may want to talk to it to find out why.
   */
  expects: () => { health: boolean; models: boolean };
}

/** (process →) metadata → config → initialize → health → models. Throws why the plugin cannot be used. */
export async function goThroughSteps(options: StartOptions): Promise<void> {
  const { connection, steps, signal, process, anew, onIdentified } = options;
  if (process) {
    // It may know them from earlier, and write them before anybody asks it anything.
    await connection.redactSavedSecrets();
    await steps.run("process", async () => ({
      value: null,
      note: await process.ensureReady((asking) => connection.client.metadata(asking), signal, anew),
    }));
  }
  await connection.handshakeWithSaved(steps, signal, onIdentified);
  const expected = options.expects();
  await stepHealth(options, expected.health);
  await stepModels(options, expected.models);
}

async function stepHealth({ connection, steps, signal, checkAndReport }: StartOptions, isExpected: boolean) {
  await steps.run("health", async () => {
    const { message, error, reply } = (await checkAndReport(connection, signal)).result;
    if (isExpected && error !== null && !isOwnTrouble(error) && error.code !== "plugin_rate_limited")
      throw toError(error);
    return {
      value: null,
      ...(message === null ? {} : { note: message }),
      ...(error === null ? {} : { error }),
      ...(reply === null ? {} : toAnswer(reply)),
    };
  });
}

async function stepModels({ steps, log, listModels }: StartOptions, isExpected: boolean) {
  await steps.run("models", async () => {
    try {
      const listed = await listModels();
      return { value: null, note: describeModels(listed), ...toAnswer(listed) };
    } catch (error) {
      const info = toFailure(error, log);
      if (isExpected && !isOwnTrouble(info)) throw error;
      return { value: null, error: info };
    }
  });
}

function describeModels({ value, warnings }: ListedModels): string {
  if (value === null) return warnings[0] ?? "No list";
  return value.length === 1 ? "1 model" : `${value.length} models`;
}
