import { isAppError } from "../../contract/error.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { ActiveChats } from "../chat/active-chats.ts";
import type { OutlierEjection } from "../chat/outlier-ejection.ts";
import { disabledError, notReadyError, shuttingDownError } from "../failure.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";
import type { LifecycleController } from "./lifecycle-controller.ts";
import { explainStreamed, prepareChat } from "../chat/chat-request.ts";

/** What one plugin is used for. Everything throws `plugin_disabled` or `plugin_not_ready` while it cannot be. */
export interface PluginAccess {
  /** Throws the plugin's error. */
  refreshModels(this: void): Promise<PluginModels>;
  chat(this: void, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void>;
}

export interface PluginAccessOptions {
  name: () => string;
  controller: LifecycleController;
  chats: ActiveChats;
  outlierEjection: OutlierEjection;
  isWanted: () => boolean;
  isStopped: () => boolean;
  /** Looks whether the plugin still knows its configuration. */
  check: () => Promise<void>;
}

export function createPluginAccess({
  name,
  controller,
  chats,
  outlierEjection,
  isWanted,
  isStopped,
  check,
}: PluginAccessOptions): PluginAccess {
  /** The connection, when the plugin may be used. */
  function requireConnection(): PluginConnection {
    if (isStopped()) throw shuttingDownError();
    if (!isWanted()) throw disabledError(name());
    const connection = controller.connection();
    const usable = !["draining", "failed", "parked"].includes(controller.lifecycle());
    if (!usable || connection?.handshake() == null) throw notReadyError(name(), controller.failure());
    return connection;
  }

  return {
    async refreshModels() {
      return controller.refreshModels(requireConnection());
    },
    async *chat(request, signal) {
      const connection = requireConnection();
      const prepared = prepareChat(name(), request, connection.capabilities(request, controller.models()));
      try {
        yield* outlierEjection.follow(chats.run(connection.client, prepared, signal), signal);
      } catch (error) {
        if (isAppError(error) && error.code === "plugin_not_initialized") {
          connection.markStale();
          void check();
        }
        const metadata = connection.handshake()?.metadata;
        throw metadata ? explainStreamed(error, prepared, metadata) : error;
      }
    },
  };
}
