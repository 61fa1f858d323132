import type { TestStep } from "../../contract/config-test.ts";
import { AppError, isAppError, type ErrorInfo } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { Model } from "../../contract/protocol.ts";
import type { Clock } from "../../core/clock.ts";
import { createReach } from "../../core/reach.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Log } from "../../log.ts";
import type { PluginClient } from "../../transport/client.ts";
import { checkHealth } from "./health-check.ts";
import type { CreateClient } from "./client-factory.ts";
import type { Destinations } from "./secret-origin.ts";
import { toError, toFailure } from "../failure.ts";
import { confirmIdentity } from "./handshake.ts";
import {
  describeCount,
  openConfig,
  requireComplete,
  type Draft,
  type OutgoingConfig,
} from "./effective-config.ts";
import { createTrialSteps, type Told, type TrialSteps } from "./config-trial-steps.ts";

/** A configuration to be proved before it is saved. */
export interface Trial {
  draft: Draft;
  /** Where the draft went when it was checked: its secrets are for nobody else. */
  origin: string | null;
  /** Throws what is wrong with the draft by the schema's rules. */
  check(): void;
  /** Ask for one short completion as the last step. */
  chat: boolean;
  /** Called when every step passed; null keeps the draft unsaved. May throw. */
  save: (() => Promise<void>) | null;
  /** Hears every step when it begins and when it ends. */
  report(step: TestStep): void;
}

/** How a trial ended. */
export interface TrialOutcome {
  ok: boolean;
  /** What ended it besides a failed step. */
  error: ErrorInfo | null;
}

export interface TrialOptions {
  record: PluginRecord;
  configs: Repositories["configs"];
  originOf: Destinations["originOf"];
  createClient: CreateClient;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** What the plugin says it is. */
  onMetadata: (metadata: Metadata) => void;
  /** See `IntroductionOptions`. */
  requireOwner: (used: PluginRecord) => Promise<void>;
  /** See `Power`. */
  findLoss: (failure: ErrorInfo, signal: AbortSignal) => Promise<ErrorInfo | null>;
  /** The draft is about to be sent. */
  onTold: () => void;
  /** The secrets that are about to be sent. */
  onSecrets: (secrets: readonly string[]) => void;
}

/** Runs the steps with connections of its own. Never throws. */
export interface TrialRun {
  ok: boolean;
  /** True once the draft may have reached the plugin. */
  told: boolean;
}

export async function runTrial(trial: Trial, options: TrialOptions): Promise<TrialRun> {
  const { record, createClient, log, signal } = options;
  const steps = createTrialSteps(trial.report, options);
  const { endpoint, manifest } = record;
  let client: PluginClient | null = null;
  let told = false;
  try {
    const config = await openConfig(record, options, trial.draft);
    requireSamePlace(record, trial.origin, config.origin);
    const metadata = await reachOut(steps, options, config);
    await steps.run("identity", async () => {
      confirmIdentity(record, metadata);
      return { value: null, note: `${metadata.provider_type} ${metadata.version}` };
    });
    await steps.run("config", async () => {
      trial.check();
      requireComplete(config, manifest.metadata.config_schema, metadata.config_schema);
      return { value: null, note: describeCount(config) };
    });
    steps.begin("initialize");
    await options.requireOwner(record);
    client = createClient({ type: manifest.type, endpoint, manifest }, { pluginId: record.id, log });
    client.conceal(config.secrets);
    options.onSecrets(config.secrets);
    signal.throwIfAborted();
    told = true;
    options.onTold();
    await prove(steps, client, config, trial.chat, options);
  } catch (error) {
    const loss = signal.aborted ? null : await options.findLoss(toFailure(error, log), signal);
    steps.end(loss ? toError(loss) : error);
  } finally {
    await client?.close();
  }
  return { ok: !steps.hasFailed() && !signal.aborted, told };
}

/** A plugin that moved while the trial waited for its turn is told nothing. */
function requireSamePlace({ name }: PluginRecord, expected: string | null, actual: string | null): void {
  if (expected === actual) return;
  throw new AppError(
    "conflict",
    `${name} moved from ${expected ?? "no address"} to ${actual ?? "no address"} meanwhile.`,
    {
      hint: "Nothing was sent. Look at its address, then test again.",
    },
  );
}

async function prove(
  steps: TrialSteps,
  client: PluginClient,
  { effective }: OutgoingConfig,
  chat: boolean,
  { record, clock, log, signal }: TrialOptions,
): Promise<void> {
  await steps.run("initialize", async () => {
    await client.initialize(effective, signal);
    return { value: null };
  });
  await steps.run("health", async () => {
    const intervalMs = record.healthCheckIntervalSeconds * 1000;
    const { message, error } = await checkHealth(client, { clock, log, signal, intervalMs });
    signal.throwIfAborted();
    return {
      value: null,
      ...(message === null ? {} : { note: message }),
      ...(error === null ? {} : { error }),
    };
  });
  const models = await steps.run("models", () => listModels(client, log, signal));
  const [model] = models;
  if (!chat) steps.skip("chat", "Not asked for");
  else if (!model) steps.skip("chat", "It lists no model to ask");
  else await steps.run("chat", () => askOnce(client, model, signal));
}

async function listModels(client: PluginClient, log: Log, signal: AbortSignal): Promise<Told<Model[]>> {
  try {
    const { value } = await client.models(signal);
    return { value, note: value.length === 1 ? "1 model" : `${value.length} models` };
  } catch (error) {
    signal.throwIfAborted();
    const info = toFailure(error, log);
    if (info.code !== "plugin_endpoint_missing") return { value: [], error: info };
    return { value: [], note: "It has no /models" };
  }
}

/** As cheap as a completion can be asked for. */
async function askOnce(client: PluginClient, { id }: Model, signal: AbortSignal): Promise<Told<null>> {
  let text = "";
  const messages = [{ role: "user" as const, content: "Answer with one word: ready" }];
  for await (const chunk of client.chat({ model: id, messages, max_tokens: 16, stream: false }, signal)) {
    text += chunk.choices[0]?.delta?.content ?? "";
  }
  const said = text.trim().replace(/\s+/g, " ");
  return {
    value: null,
    note: said === "" ? `${id} answered without text` : `${id} answered: ${said.slice(0, 80)}`,
  };
}

/** Asks for the metadata over a connection that tells how far it got. */
async function reachOut(steps: TrialSteps, options: TrialOptions, config: OutgoingConfig): Promise<Metadata> {
  const { record, createClient, clock, log, signal } = options;
  const { endpoint, manifest } = record;
  const reach = createReach(clock);
  const client = createClient(
    { type: manifest.type, endpoint, manifest },
    { pluginId: record.id, log, ...(endpoint === null ? {} : { trace: reach }) },
  );
  client.conceal(config.secrets);
  steps.begin(endpoint === null ? "metadata" : "address");
  const startedMs = clock.monotonic();
  try {
    const { value } = await client.metadata(signal);
    if (endpoint === null) steps.inTheBox(clock.monotonic() - startedMs);
    else steps.reached(reach.steps());
    options.onMetadata(value);
    return value;
  } catch (error) {
    if (isAppError(error) && !signal.aborted && endpoint !== null) steps.reached(reach.steps(error));
    throw error;
  } finally {
    await client.close();
  }
}
