import { isAppError } from "../../contract/error.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { ActiveChats } from "../chat/active-chats.ts";
import type { OutlierEjection } from "../chat/outlier-ejection.ts";
import { disabledError, notReadyError, shuttingDownError } from "../failure.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";
import type { LifecycleController } from "./lifecycle-controller.ts";
import { explainStreamed, prepareChat } from "../chat/chat-request.ts";

export interface PluginAccessOptions {
  name: () => string;
  controller: LifecycleController;
  chats: ActiveChats;
  outlierEjection: OutlierEjection;
  isEnabled: () => boolean;
  isStopped: () => boolean;
  /** Checks whether the plugin still knows its configuration. */
  check: () => Promise<void>;
}

/** What one plugin is used for. Everything throws `plugin_disabled` or `plugin_not_ready` while it cannot be. */
export class PluginAccess {
  readonly #options: PluginAccessOptions;

  constructor(options: PluginAccessOptions) {
    this.#options = options;
  }

  /** Throws the plugin's error. */
  async refreshModels(): Promise<PluginModels> {
    return this.#options.controller.refreshModels(this.#requireConnection());
  }

  /**
   * Runs one chat, from the first pull until the consumer leaves or the answer ends; leaving aborts upstream. The only generator between
   * the plugin's client and who asked: it counts the chat, notes how it ended and explains why it failed.
   */
  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void> {
    const { name, controller, chats, outlierEjection } = this.#options;
    const connection = this.#requireConnection();
    const prepared = prepareChat(name(), request, connection.capabilities(request, controller.models()));
    const chat = chats.begin(connection.client, signal);
    const outcome = outlierEjection.begin(signal);
    try {
      for await (const chunk of connection.client.chat(prepared, chat.signal)) {
        yield chunk;
        const pause = chat.afterChunk();
        if (pause) await pause;
      }
      outcome.succeeded();
    } catch (thrown) {
      const error = chat.reasonFor(thrown);
      chat.end();
      outcome.failed(error);
      throw this.#explain(error, prepared, connection);
    } finally {
      chat.end();
    }
  }

  #explain(error: unknown, request: ChatRequest, connection: PluginConnection): unknown {
    if (isAppError(error) && error.code === "plugin_not_initialized") {
      connection.markStale();
      void this.#options.check();
    }
    const metadata = connection.handshake()?.metadata;
    return metadata ? explainStreamed(error, request, metadata) : error;
  }

  /** The connection, when the plugin may be used. */
  #requireConnection(): PluginConnection {
    const { name, controller, isEnabled, isStopped } = this.#options;
    if (isStopped()) throw shuttingDownError();
    if (!isEnabled()) throw disabledError(name());
    const connection = controller.connection();
    const usable = !["draining", "failed", "parked"].includes(controller.lifecycle());
    if (!usable || connection?.handshake() == null) throw notReadyError(name(), controller.failure());
    return connection;
  }
}
