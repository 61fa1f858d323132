import {
  Metadata,
  Server,
  ServerCredentials,
  status as Status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import type { ConfigValues } from "../lib/contract/plugin.ts";
import type { ChatRequest } from "../lib/contract/protocol.ts";
import { isJsonObject, type JsonObject } from "../lib/core/json-object.ts";
import type { BuiltinPlugin } from "../lib/transport/client.ts";
import {
  decodeMessage,
  encodeMessage,
  ERROR_TRAILER,
  METHODS,
  methodPath,
  type MethodName,
} from "../lib/transport/grpc-schema.ts";
import { collectAnswer, toGuideError } from "./plugin-server.ts";

/** A plugin on a gRPC port of its own. */
export interface GrpcPluginServer {
  endpoint: string;
  port: number;
  /** Every request, as it arrived. */
  requests: Array<{ method: MethodName; body: JsonObject; authority: string; agent: string }>;
  close(): Promise<void>;
}

export interface GrpcServerOptions {
  /** 0 takes a free one. */
  port?: number;
  credentials?: ServerCredentials;
}

/** Serves `plugin` over gRPC on 127.0.0.1. */
export async function serveGrpcPlugin(
  plugin: BuiltinPlugin,
  { port = 0, credentials = ServerCredentials.createInsecure() }: GrpcServerOptions = {},
): Promise<GrpcPluginServer> {
  const requests: GrpcPluginServer["requests"] = [];
  const server = new Server();
  const note = (
    method: MethodName,
    call: ServerUnaryCall<JsonObject, unknown> | ServerWritableStream<JsonObject, unknown>,
  ) =>
    requests.push({
      method,
      body: call.request,
      authority: call.getHost(),
      agent: String(call.metadata.get("user-agent")[0]),
    });

  const answers: Record<Exclude<MethodName, "CreateChatCompletionStream">, Answer> = {
    GetMetadata: async () => plugin.metadata(),
    Initialize: async ({ config }) => {
      await plugin.initialize((config ?? {}) as ConfigValues);
      return {};
    },
    HealthCheck: () => plugin.health(),
    GetModels: async () => ({ models: await plugin.models() }),
    CreateChatCompletion: (request, signal) =>
      collectAnswer(plugin.chat(request as unknown as ChatRequest, signal)),
    Cleanup: async () => {
      await plugin.cleanup();
      return {};
    },
  };

  const handlers: Record<string, unknown> = {};
  const definition: Record<string, object> = {};
  for (const name of Object.keys(METHODS) as MethodName[]) {
    const { request, response } = METHODS[name];
    definition[name] = {
      path: methodPath(name),
      requestStream: false,
      responseStream: name === "CreateChatCompletionStream",
      requestSerialize: (value: JsonObject) => encodeMessage(request, value),
      requestDeserialize: (bytes: Buffer) => decodeMessage(request, bytes),
      responseSerialize: (value: JsonObject) => encodeMessage(response, value),
      responseDeserialize: (bytes: Buffer) => decodeMessage(response, bytes),
    };
    if (name === "CreateChatCompletionStream") {
      handlers[name] = (call: ServerWritableStream<JsonObject, unknown>) => {
        note(name, call);
        void stream(plugin, call);
      };
    } else {
      handlers[name] = (call: ServerUnaryCall<JsonObject, JsonObject>, done: sendUnaryData<JsonObject>) => {
        note(name, call);
        void answer(answers[name], call, done);
      };
    }
  }
  server.addService(definition as never, handlers as never);
  const taken = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const scheme = credentials._isSecure() ? "grpcs" : "grpc";
  return {
    endpoint: `${scheme}://127.0.0.1:${taken}`,
    port: taken,
    requests,
    close() {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

type Answer = (request: JsonObject, signal: AbortSignal) => Promise<unknown>;

async function answer(
  work: Answer,
  call: ServerUnaryCall<JsonObject, JsonObject>,
  done: sendUnaryData<JsonObject>,
): Promise<void> {
  const gone = new AbortController();
  call.on("cancelled", () => gone.abort());
  try {
    const value = await work(call.request, gone.signal);
    done(null, isJsonObject(value) ? value : {});
  } catch (error) {
    done(toServiceError(error));
  }
}

async function stream(plugin: BuiltinPlugin, call: ServerWritableStream<JsonObject, unknown>): Promise<void> {
  const gone = new AbortController();
  call.on("cancelled", () => gone.abort());
  try {
    for await (const chunk of plugin.chat(call.request as unknown as ChatRequest, gone.signal)) {
      if (gone.signal.aborted) return;
      call.write(chunk);
    }
    call.end();
  } catch (error) {
    call.emit("error", toServiceError(error));
  }
}

/** UNKNOWN, as most servers answer, with the plugin's own error in the trailer. */
function toServiceError(error: unknown): { code: Status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  const body = toGuideError(error);
  metadata.set(ERROR_TRAILER, encodeMessage("PluginError", body));
  return { code: Status.UNKNOWN, details: body.message, metadata };
}
