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
import type { SecretOrigins } from "./secret-origin.ts";
import { isLostContact, needsPerson, stopsTraffic, toFailure } from "../failure.ts";
import { performHandshake } from "./handshake.ts";
import type { Handshake, HandshakeOptions } from "./handshake.ts";
import { openConfig, type OutgoingConfig } from "./effective-config.ts";
import type { FindOwnProcess } from "./own-process.ts";
import { unrecorded } from "./step-log.ts";
import type { StepLog } from "./step-log.ts";

/** A health check, and what it led to. */
export interface ConnectionCheck {
  result: CheckResult;
  /** The plugin had been restarted, was initialised again, and is well. */
  reinitialized: boolean;
  /** It answers, but cannot be initialised again until a person has changed something. */
  refused: boolean;
}

export interface PluginConnectionOptions {
  client: PluginClient;
  address: string;
  /** Asked anew every time: name and interval may change while the connection lives. */
  record: () => PluginRecord;
  configs: Repositories["configs"];
  originOf: SecretOrigins["originOf"];
  /** What the plugin says it is, every time it is asked. */
  onMetadata: (metadata: Metadata) => void;
  process: FindOwnProcess;
  clock: Clock;
  log: Log;
}

type Steps = Pick<StepLog, "run">;

/**
 * The connection to one plugin that is switched on, and what was learnt through it. Knows nothing of lifecycle or verdict.
 * One handshake or check at a time; the runner sees to that.
 */
export class PluginConnection {
  readonly client: PluginClient;
  /** Where it leads, as the runner names it: another one needs another connection. */
  readonly address: string;
  readonly #options: PluginConnectionOptions;
  #handshake: (Handshake & { at: number }) | null = null;
  #mayHaveConfig = false;
  #lostContact = false;
  #isStale = false;
  #bootId: string | null = null;
  #pinned: Handshake | null = null;
  #attemptedVersion: number | null = null;

  constructor(options: PluginConnectionOptions) {
    this.client = options.client;
    this.address = options.address;
    this.#options = options;
  }

  /** The newest handshake and when (epoch ms) it was accepted; null before the first. */
  handshake(): (Handshake & { at: number }) | null {
    return this.#handshake;
  }

  /** True once a configuration may have reached the plugin: it deserves a cleanup then. */
  mayHaveConfig(): boolean {
    return this.#mayHaveConfig;
  }

  /** Version of the configuration the newest handshake with what is saved opened; null when it opened none. */
  attemptedVersion(): number | null {
    return this.#attemptedVersion;
  }

  /** Keeps the saved secrets out of whatever the plugin says from now on; those that cannot be opened are not sent either. */
  async redactSavedSecrets(): Promise<void> {
    const { record, configs, originOf } = this.#options;
    await openConfig(record(), { configs, originOf }).then(
      ({ secrets }) => this.client.redact(secrets),
      ignore,
    );
  }

  /** Initialises the plugin with what is saved, which takes the place of what was pinned. */
  async handshakeWithSaved(steps: Steps, signal: AbortSignal, onIdentified: () => void): Promise<void> {
    this.#attemptedVersion = null;
    const record = this.#options.record();
    await this.#perform({ record, open: () => this.#openSaved() }, steps, signal, onIdentified);
    this.#pinned = null;
  }

  /** From now on `repeatHandshake` initialises the plugin with this, whatever is saved. */
  pin(handshake: Handshake): void {
    this.#pinned = handshake;
  }

  /**
   * Initialises the plugin again with what it works with: what was pinned, else what is saved. Throws when the plugin is registered
   * elsewhere by now.
   */
  async repeatHandshake(steps: Steps, signal: AbortSignal): Promise<void> {
    const pinned = this.#pinned;
    if (pinned === null) return this.handshakeWithSaved(steps, signal, ignore);
    // Whoever answers here may be somebody else by now, for whom none of this is meant.
    if (this.#hasMoved()) throw movedOn(this.#options.record());
    await this.#perform({ record: pinned.record, open: async () => pinned.config }, steps, signal, ignore);
  }

  /** Checks health. A plugin that was restarted is initialised again before it is believed. */
  async check(signal: AbortSignal): Promise<ConnectionCheck> {
    const result = await this.#askOnce(signal);
    const answered =
      result.error === null || result.error.code === "plugin_unhealthy" || result.notInitialized;
    if (answered && !signal.aborted && this.#isAnotherProcess(result))
      return this.#reinitialize(result, signal);
    this.#remember(result);
    return { result, reinitialized: false, refused: false };
  }

  /** The plugin said elsewhere, for example in a chat, that nobody initialised it: the next check will. */
  markStale(): void {
    this.#isStale = true;
  }

  /** Throws the plugin's error. */
  listModels(signal?: AbortSignal): Promise<Reply<Model[]>> {
    return this.client.models(signal);
  }

  /** What the model a request names can do: its own word, else the plugin's. */
  capabilities({ model }: ChatRequest, { models }: PluginModels): ChatCapabilities {
    const { metadata } = this.#handshake ?? this.#options.record().manifest;
    return capabilitiesOf(metadata, models.find(({ id }) => id === model) ?? null);
  }

  #hasMoved(): boolean {
    return addressOf(this.#options.record()) !== this.address;
  }

  async #openSaved(): Promise<OutgoingConfig> {
    const { record, configs, originOf } = this.#options;
    // The record may be newer than the connection: what it says goes to where it leads, and not here.
    if (this.#hasMoved()) throw movedOn(record());
    const config = await openConfig(record(), { configs, originOf });
    this.#attemptedVersion = config.version;
    return config;
  }

  async #perform(
    what: Pick<HandshakeOptions, "record" | "open">,
    steps: Steps,
    signal: AbortSignal,
    onIdentified: () => void,
  ): Promise<void> {
    const { client, clock, onMetadata, process } = this.#options;
    const handshake = await performHandshake({
      ...what,
      client,
      steps,
      signal,
      process,
      onMetadata,
      onIdentified: () => {
        this.#mayHaveConfig = true;
        onIdentified();
      },
    });
    this.#handshake = { ...handshake, at: clock.now() };
    this.#lostContact = false;
    this.#isStale = false;
    this.#bootId = null;
  }

  #askOnce(signal: AbortSignal): Promise<CheckResult> {
    const { client, clock, log, record } = this.#options;
    const intervalMs = record().healthCheckIntervalSeconds * 1000;
    return checkHealth(client, { clock, log, signal, intervalMs });
  }

  /** Evidence that the process behind the address is not the one that was initialised. */
  #isAnotherProcess(result: CheckResult): boolean {
    if (result.notInitialized || this.#isStale) return true;
    if (result.bootId !== null && this.#bootId !== null) return result.bootId !== this.#bootId;
    // A built-in plugin forgets nothing when its provider is away.
    return this.#lostContact && this.#options.record().manifest.type !== "builtin";
  }

  #remember(result: CheckResult): void {
    if (result.bootId !== null) this.#bootId = result.bootId;
    if (result.error && isLostContact(result.error)) this.#lostContact = true;
    else if (result.error === null) this.#lostContact = false;
  }

  async #reinitialize(first: CheckResult, signal: AbortSignal): Promise<ConnectionCheck> {
    try {
      await this.repeatHandshake(unrecorded, signal);
    } catch (error) {
      const info = toFailure(error, this.#options.log);
      const result = failedCheck(first.at, info, first.latencyMs);
      const refused = this.#hasMoved() || needsPerson(info) || stopsTraffic(info);
      return { result, reinitialized: false, refused };
    }
    const result = await this.#askOnce(signal);
    this.#remember(result);
    return { result, reinitialized: result.ok, refused: false };
  }
}

/** Where a record's plugin answers: another one needs another connection. */
export function addressOf({ endpoint, manifest }: PluginRecord): string {
  return `${manifest.type} ${endpoint ?? manifest.metadata.provider_type}`;
}

function movedOn({ name, endpoint }: PluginRecord): AppError {
  return new AppError("request_aborted", `${name} moved to ${endpoint ?? "another address"} meanwhile.`);
}

function ignore(): void {
  // Nobody watches what is only repeated, and the steps open the configuration again and report why they cannot.
}
