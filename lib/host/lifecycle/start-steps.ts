import type { Model } from "../../contract/protocol.ts";
import type { Log } from "../../log.ts";
import type { Reply } from "../../transport/client.ts";
import { toAnswer } from "../connection/step-transcript.ts";
import { isOwnTrouble, toError, toFailure } from "../failure.ts";
import type { Link, LinkCheck } from "../connection/plugin-connection.ts";
import type { StepLog } from "../connection/step-log.ts";
import type { Supervised } from "../process/managed-process.ts";

export interface StartOptions {
  link: Link;
  steps: Pick<StepLog, "run">;
  signal: AbortSignal;
  log: Log;
  /** Null for a plugin that somebody else starts. */
  supervised: Supervised | null;
  /** Replace its process even if it runs. */
  anew: boolean;
  /** One health check, reported. */
  observe: (link: Link, signal: AbortSignal) => Promise<LinkCheck>;
  /** Called between asking and telling. */
  onIdentified: () => void;
  listModels: () => Promise<Reply<Model[]>>;
  /**
   * Asked after it was told: whether an ill plugin, or one that does not list its models, is a failure. Else the first is the
   * verdict's business: the plugin runs, and people may want to talk to it to find out why.
   */
  expects: () => { health: boolean; models: boolean };
}

/** (process →) metadata → config → initialize → health → models. Throws why the plugin cannot be used. */
export async function goThroughSteps(options: StartOptions): Promise<void> {
  const { link, steps, signal, supervised, anew, onIdentified } = options;
  if (supervised) {
    // It may know them from earlier, and write them before anybody asks it anything.
    await link.conceal();
    await steps.run("process", async () => ({
      value: null,
      note: await supervised.ensureReady((asking) => link.client.metadata(asking), signal, anew),
    }));
  }
  await link.introduce(steps, signal, onIdentified);
  const expected = options.expects();
  await stepHealth(options, expected.health);
  await stepModels(options, expected.models);
}

async function stepHealth({ link, steps, signal, observe }: StartOptions, isExpected: boolean) {
  await steps.run("health", async () => {
    const { message, error, reply } = (await observe(link, signal)).result;
    if (isExpected && error !== null && !isOwnTrouble(error)) throw toError(error);
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
      const reply = await listModels();
      const count = reply.value.length;
      return { value: null, note: count === 1 ? "1 model" : `${count} models`, ...toAnswer(reply) };
    } catch (error) {
      const info = toFailure(error, log);
      if (info.code === "plugin_endpoint_missing")
        return { value: null, note: "It has no /models: type the model's name where one is asked for" };
      if (isExpected && !isOwnTrouble(info)) throw error;
      return { value: null, error: info };
    }
  });
}
