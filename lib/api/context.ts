import type { Me } from "../contract/account.ts";
import type { Context } from "../operations/context.ts";
import type { Folders } from "../operations/folder/watched-folders.ts";
import type { Attempts } from "./attempts.ts";
import type { Sessions } from "./session.ts";
import type { SetupToken } from "./setup-token.ts";

/** What handlers work with: the operations' context and what belongs to the door itself. */
export interface ApiContext extends Context {
  sessions: Sessions;
  folders: Folders;
  attempts: Attempts;
  setupToken: SetupToken;
  /** True from SIGTERM on: readiness says no. */
  isDraining(): boolean;
  /** Of the console, for `/api/health` and the API description. */
  version: string;
  /** The gRPC definition of the plugin protocol, for `/api/plugin.proto`. */
  pluginProto: string;
}

/** The request as handlers see it, beside what their route declared. */
export interface Visit {
  requestId: string;
  /** Of the peer, or of the visitor as a trusted proxy reports it. Counts attempts; never a permission. */
  address: string;
  headers: Headers;
  /** Aborts when the visitor leaves. */
  signal: AbortSignal;
  /** Added to the answer as `Set-Cookie`. */
  cookies: string[];
}

/** The person who is signed in, as an `Actor` for the operations. */
export type Visitor = Me & { requestId: string };
