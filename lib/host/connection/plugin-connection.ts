import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatRequest, Model } from "../../contract/protocol.ts";
import { capabilitiesOf } from "../../core/chat-content.ts";
import type { ChatCapabilities } from "../../core/chat-content.ts";
import type { Clock } from "../../core/clock.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Log } from "../../log.ts";
import type { PluginClient, Reply } from "../../transport/client.ts";
import { checkHealth, failedCheck } from "./health-check.ts";
import type { CheckResult } from "./health-check.ts";
import type { Destinations } from "./secret-origin.ts";
import { isLostContact, needsPerson, stopsTraffic, toFailure } from "../failure.ts";
import { introduce } from "./handshake.ts";
import type { Introduction, IntroductionOptions } from "./handshake.ts";
import { openConfig } from "./effective-config.ts";
import { unrecorded } from "./step-log.ts";
import type { StepLog } from "./step-log.ts";

/** A health check, and what it led to. */
export interface LinkCheck {
  result: CheckResult;
  /** The plugin had been restarted, was initialised again, and is well. */
  reinitialized: boolean;
  /** It answers, but cannot be initialised again until a person has changed something. */
  refused: boolean;
}

/**
 * The connection to one plugin that is switched on, and what was learnt through it. Knows nothing of lifecycle or
 * verdict. One call of `introduce` or `check` at a time; the runner sees to that.
 */
export interface Link {
  readonly client: PluginClient;
  /** Where it leads, as the runner names it: another one needs another link. */
  readonly address: string;
  /** The newest introduction and when (epoch ms) it was accepted; null before the first. */
  introduction(): (Introduction & { at: number }) | null;
  /** True once a configuration may have reached the plugin: it deserves a cleanup then. */
  wasTold(): boolean;
  /** Keeps the secrets that are saved out of whatever the plugin says from now on; those that cannot be opened are not sent either. */
  conceal(): Promise<void>;
  /** With what is saved; takes the place of what was pinned. */
  introduce(steps: Pick<StepLog, "run">, signal: AbortSignal, onIdentified: () => void): Promise<void>;
  /** From now on the plugin is told this whenever it has to be told again, whatever is saved. */
  pin(introduction: Introduction): void;
  /** Tells it again what it works with: what was pinned, else what is saved. Throws when the plugin is registered elsewhere by now. */
  repeat(steps: Pick<StepLog, "run">, signal: AbortSignal): Promise<void>;
  /** Version of the configuration the newest `introduce` opened; null when it opened none. */
  attemptedVersion(): number | null;
  /** Checks health. A plugin that was restarted is initialised again before it is believed. */
  check(signal: AbortSignal): Promise<LinkCheck>;
  /** The plugin said elsewhere, for example in a chat, that nobody initialised it: the next check will. */
  distrust(): void;
  /** Throws the plugin's error. */
  listModels(signal?: AbortSignal): Promise<Reply<Model[]>>;
  /** What the model a request names can do: its own word, else the plugin's. */
  capabilities(request: ChatRequest, models: PluginModels): ChatCapabilities;
}

export interface LinkOptions {
  client: PluginClient;
  address: string;
  /** Asked anew every time: name and interval may change while the link lives. */
  record: () => PluginRecord;
  configs: Repositories["configs"];
  originOf: Destinations["originOf"];
  /** What the plugin says it is, every time it is asked. */
  onMetadata?: (metadata: Metadata) => void;
  /** See `IntroductionOptions`. */
  requireOwner: (used: PluginRecord) => Promise<void>;
  clock: Clock;
  log: Log;
}

export function createLink(options: LinkOptions): Link {
  const { client, address, record, configs, originOf, onMetadata, requireOwner, clock, log } = options;
  let introduction: (Introduction & { at: number }) | null = null;
  let told = false;
  let lostContact = false;
  let distrusted = false;
  let bootId: string | null = null;
  let pinned: Introduction | null = null;
  let attemptedVersion: number | null = null;

  const hasMoved = () => addressOf(record()) !== address;

  async function openSaved() {
    // The record may be newer than the connection: what it says goes to where it leads, and not here.
    if (hasMoved()) throw movedOn(record());
    const config = await openConfig(record(), { configs, originOf });
    attemptedVersion = config.version;
    return config;
  }

  async function introduceOnce(steps: Pick<StepLog, "run">, signal: AbortSignal, onIdentified: () => void) {
    attemptedVersion = null;
    await tell({ record: record(), open: openSaved }, steps, signal, onIdentified);
    pinned = null;
  }

  async function repeat(steps: Pick<StepLog, "run">, signal: AbortSignal): Promise<void> {
    const known = pinned;
    if (known === null) return introduceOnce(steps, signal, ignore);
    // Whoever answers here may be somebody else by now, whom nobody means to tell anything.
    if (hasMoved()) throw movedOn(record());
    await tell({ record: known.record, open: async () => known.config }, steps, signal, ignore);
  }

  async function tell(
    what: Pick<IntroductionOptions, "record" | "open">,
    steps: Pick<StepLog, "run">,
    signal: AbortSignal,
    onIdentified: () => void,
  ): Promise<void> {
    const identified = () => {
      told = true;
      onIdentified();
    };
    const heard = { onIdentified: identified, ...(onMetadata ? { onMetadata } : {}) };
    introduction = {
      ...(await introduce({ ...what, client, steps, signal, requireOwner, ...heard })),
      at: clock.now(),
    };
    lostContact = false;
    distrusted = false;
    bootId = null;
  }

  function askOnce(signal: AbortSignal): Promise<CheckResult> {
    return checkHealth(client, {
      clock,
      log,
      signal,
      intervalMs: record().healthCheckIntervalSeconds * 1000,
    });
  }

  /** Evidence that the process behind the address is not the one that was initialised. */
  function isStranger(result: CheckResult): boolean {
    if (result.notInitialized || distrusted) return true;
    if (result.bootId !== null && bootId !== null) return result.bootId !== bootId;
    // A plugin in the box forgets nothing when its provider is away.
    return lostContact && record().manifest.type !== "builtin";
  }

  function remember(result: CheckResult): void {
    if (result.bootId !== null) bootId = result.bootId;
    if (result.error && isLostContact(result.error)) lostContact = true;
    else if (result.error === null) lostContact = false;
  }

  async function checkAgain(first: CheckResult, signal: AbortSignal): Promise<LinkCheck> {
    try {
      await repeat(unrecorded, signal);
    } catch (error) {
      const info = toFailure(error, log);
      const result = failedCheck(first.at, info, first.latencyMs);
      return { result, reinitialized: false, refused: hasMoved() || needsPerson(info) || stopsTraffic(info) };
    }
    const result = await askOnce(signal);
    remember(result);
    return { result, reinitialized: result.ok, refused: false };
  }

  return {
    client,
    address,
    introduction: () => introduction,
    wasTold: () => told,
    conceal: () =>
      openConfig(record(), { configs, originOf }).then(({ secrets }) => client.conceal(secrets), ignore),
    introduce: introduceOnce,
    pin: (known) => void (pinned = known),
    repeat,
    attemptedVersion: () => attemptedVersion,
    async check(signal) {
      const result = await askOnce(signal);
      const answered =
        result.error === null || result.error.code === "plugin_unhealthy" || result.notInitialized;
      if (answered && !signal.aborted && isStranger(result)) return checkAgain(result, signal);
      remember(result);
      return { result, reinitialized: false, refused: false };
    },
    distrust: () => void (distrusted = true),
    listModels: (signal) => client.models(signal),
    capabilities({ model }, { models }) {
      const { metadata } = introduction ?? record().manifest;
      return capabilitiesOf(metadata, models.find(({ id }) => id === model) ?? null);
    },
  };
}

/** Where a record's plugin answers: another one needs another connection. */
export function addressOf({ endpoint, manifest }: PluginRecord): string {
  return `${manifest.type} ${endpoint ?? manifest.metadata.provider_type}`;
}

function movedOn({ name, endpoint }: PluginRecord): AppError {
  return new AppError("request_aborted", `${name} moved to ${endpoint ?? "another address"} meanwhile.`);
}

function ignore(): void {
  // Nobody watches what is only repeated, and the steps open the configuration again and tell why they cannot.
}
