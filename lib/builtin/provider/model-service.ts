import { AppError, isAppError } from "../../contract/error.ts";
import type { ChatChunk, Model, PluginHealth } from "../../contract/protocol.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { readModelList } from "../../core/model-list.ts";
import type { Upstream } from "../../transport/client.ts";

/** The models that a service lists. */
export interface Listing {
  models: Model[];
  /** What was left out, as sentences for a person. */
  warnings: string[];
}

/**
 * Reads the body of `GET path`. `toModel` returns null for a model that is not wanted. Throws `plugin_invalid_response` for a list that
 * cannot be read.
 */
export function readListing(
  { label }: Upstream,
  path: string,
  body: unknown,
  toModel: (entry: JsonObject & { id: string }) => Model | null,
): Listing {
  const list = readModelList(body, (entry) => ({ id: entry.id, model: toModel(entry) }));
  if (!list) {
    throw new AppError("plugin_invalid_response", `${label} answered GET ${path} without a list of models.`, {
      hint: "Check base_url: for most services it ends in /v1.",
    });
  }
  const { models, warnings } = list;
  return { models: models.flatMap(({ model }) => (model === null ? [] : [model])), warnings };
}

/**
 * A service whose list of models is all that it can be asked without cost. The list helps to choose and is not law: a service without
 * one, or with one that cannot be read, is well, and a chat answered well since the last check says so, too.
 */
export class ModelService {
  readonly #label: string;
  readonly #ask: (signal?: AbortSignal) => Promise<string>;
  #hasAnswered = false;

  /** `ask` asks for the list and says how that went: "answers, with 3 models". */
  constructor({ label }: Upstream, ask: (signal?: AbortSignal) => Promise<string>) {
    this.#label = label;
    this.#ask = ask;
  }

  /** Throws why the service is not well. */
  async health(signal?: AbortSignal): Promise<PluginHealth> {
    const hasAnswered = this.#hasAnswered;
    this.#hasAnswered = false;
    try {
      return { healthy: true, message: `${this.#label} ${await this.#ask(signal)}` };
    } catch (error) {
      if (!isAppError(error)) throw error;
      const evidence = hasAnswered ? "it answered a chat since the last check" : WITHOUT_LIST[error.code];
      if (evidence === undefined) throw error;
      return { healthy: true, message: `${this.#label} answers: ${evidence}. ${error.message}` };
    }
  }

  /** `chat`, remembered when it ends well. */
  async *watch(chat: AsyncIterable<ChatChunk>): AsyncGenerator<ChatChunk> {
    for await (const chunk of chat) {
      // Whoever reads it leaves with the last chunk.
      if (chunk.done === true || chunk.choices.some((choice) => Boolean(choice.finish_reason))) {
        this.#hasAnswered = true;
      }
      yield chunk;
    }
  }
}

const WITHOUT_LIST: Readonly<Record<string, string>> = {
  plugin_endpoint_missing: "it lists no models",
  plugin_invalid_response: "its list of models cannot be read",
};
