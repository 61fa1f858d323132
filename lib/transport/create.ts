import { AppError } from "../contract/error.ts";
import type { Manifest, PluginType } from "../contract/manifest.ts";
import type { Clock } from "../core/clock.ts";
import { explainSurroundings, type Surroundings } from "../core/surroundings.ts";
import type { ReachTrace } from "../core/reach.ts";
import { createBuiltinClient } from "./builtin.ts";
import type { BuiltinFactory, PluginClient } from "./client.ts";
import { createGrpcClient } from "./grpc.ts";
import { createHttpClient, type HttpClientOptions } from "./http.ts";
import { retryTransientReads } from "./retry.ts";
import { createUpstreams } from "./upstream.ts";

export interface ClientSources extends Pick<HttpClientOptions, "approvals" | "ownPort"> {
  clock: Clock;
  /** Where the console runs, to explain why something cannot be reached. */
  surroundings?: Surroundings;
  /** Built-in plugins by provider_type. */
  builtins: Record<string, BuiltinFactory>;
}

/** Chooses the transport of a plugin by its type. Throws `invalid_manifest` for what cannot be reached. */
export function createPluginClient(sources: ClientSources) {
  const { surroundings } = sources;
  const explain = surroundings
    ? (error: AppError, label: string) => explainSurroundings(error, label, surroundings)
    : undefined;
  const openUpstream = createUpstreams({ ...sources, explain });
  return (
    target: { type: PluginType; endpoint: string | null; manifest: Manifest | null },
    { trace }: { trace?: ReachTrace | undefined } = {},
  ): PluginClient => {
    const { approvals, ownPort, clock, builtins } = sources;
    if (target.type === "builtin") {
      const name = target.manifest?.metadata.provider_type ?? "";
      const factory = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
      if (factory) return createBuiltinClient(factory(openUpstream), clock);
      throw new AppError("invalid_manifest", "This version has no such built-in plugin.", {
        hint: "Remove it, or go back to the version of the console that brought it.",
      });
    }
    if (target.endpoint === null) {
      throw new AppError("invalid_manifest", "This plugin has no address.", {
        hint: "Give it an endpoint, for example http://127.0.0.1:8090 or grpc://127.0.0.1:9090.",
      });
    }
    const sensitiveFields = target.manifest?.metadata.config_schema
      .filter((field) => field.sensitive)
      .map((field) => field.name);
    const options: HttpClientOptions = {
      endpoint: target.endpoint,
      approvals,
      ownPort,
      clock,
      trace,
      explain,
      ...(sensitiveFields ? { sensitiveFields } : {}),
    };
    const client = target.type === "grpc" ? createGrpcClient(options) : createHttpClient(options);
    return retryTransientReads(client, clock);
  };
}
