import { isAppError } from "../../contract/error.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { Chats } from "../chat/active-chats.ts";
import type { Ejector } from "../chat/outlier-ejection.ts";
import { disabledError, notReadyError, shuttingDownError } from "../failure.ts";
import type { Link } from "../connection/plugin-connection.ts";
import type { Power } from "./lifecycle-controller.ts";
import { explainStreamed, prepareChat } from "../chat/chat-request.ts";

/** What one plugin is used for. Everything throws `plugin_disabled` or `plugin_not_ready` while it cannot be. */
export interface Use {
  /** Throws the plugin's error. */
  refreshModels(this: void): Promise<PluginModels>;
  chat(this: void, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void>;
}

export interface UseOptions {
  name: () => string;
  power: Power;
  chats: Chats;
  ejector: Ejector;
  isWanted: () => boolean;
  isStopped: () => boolean;
  /** Looks whether the plugin still knows its configuration. */
  check: () => Promise<void>;
}

export function createUse({ name, power, chats, ejector, isWanted, isStopped, check }: UseOptions): Use {
  /** The link, when the plugin may be used. */
  function requireLink(): Link {
    if (isStopped()) throw shuttingDownError();
    if (!isWanted()) throw disabledError(name());
    const link = power.link();
    const usable = !["draining", "failed", "parked"].includes(power.lifecycle());
    if (!usable || link?.introduction() == null) throw notReadyError(name(), power.failure());
    return link;
  }

  return {
    async refreshModels() {
      return power.refreshModels(requireLink());
    },
    async *chat(request, signal) {
      const link = requireLink();
      const prepared = prepareChat(name(), request, link.capabilities(request, power.models()));
      try {
        yield* ejector.follow(chats.run(link.client, prepared, signal), signal);
      } catch (error) {
        if (isAppError(error) && error.code === "plugin_not_initialized") {
          link.distrust();
          void check();
        }
        const metadata = link.introduction()?.metadata;
        throw metadata ? explainStreamed(error, prepared, metadata) : error;
      }
    },
  };
}
