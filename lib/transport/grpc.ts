import { AppError } from "../contract/error.ts";
import type { JsonObject } from "../core/json-object.ts";
import { formatDuration } from "../core/quantity.ts";
import type { PluginClient, Reply } from "./client.ts";
import { toClientFault } from "./client-fault.ts";
import { chatOverGrpc } from "./grpc-chat.ts";
import type { MethodName } from "./grpc-schema.ts";
import { createGrpcWire } from "./grpc-wire.ts";
import type { HttpClientOptions } from "./http.ts";
import { readHealth, readMetadata, readModels } from "./lenient.ts";
import { CAPS, TIMEOUTS, type Caps, type Timeouts } from "./limits.ts";
import type { Reading } from "./reading.ts";
import { createRedaction } from "./redaction.ts";
import { toTarget } from "./target.ts";

/** The same as for HTTP, with `grpc://host:port` or `grpcs://host:port` as `endpoint`. */
export type GrpcClientOptions = HttpClientOptions;

/**
 * A plugin behind gRPC (plugin.proto). Owns its connections: `close` when the plugin is gone. Throws `invalid_url` for an
 * endpoint that `parseEndpoint` refuses; the address itself is judged at each connection.
 */
export function createGrpcClient(options: GrpcClientOptions): PluginClient {
  const { clock, trace, explain } = options;
  const timeouts: Timeouts = { ...TIMEOUTS, ...options.timeouts };
  const caps: Caps = { ...CAPS, ...options.caps };
  const target = toTarget(options.endpoint);
  const redaction = createRedaction(options.sensitiveFields);
  const wire = createGrpcWire({ ...options, target, connectMs: timeouts.connectMs, caps, redaction });

  /** One short call under its deadline, with latency and warnings. */
  async function exchange<T>(
    step: MethodName,
    request: JsonObject,
    [limitMs, cap]: [number, number],
    signal: AbortSignal | undefined,
    read: (answer: JsonObject, reading: Reading) => T,
  ): Promise<Reply<T>> {
    const call = wire.begin(signal);
    call.limit(limitMs, () => tooLate(target.label, step, limitMs));
    const startedAt = clock.monotonic();
    try {
      const answer = await wire.ask(step, request, call, cap);
      const latencyMs = clock.monotonic() - startedAt;
      trace?.ok("http", "HTTP/2, status OK");
      trace?.ok("content_type", "application/grpc");
      trace?.skip("json", "gRPC sends Protocol Buffers");
      const reading: Reading = { subject: `The answer of ${target.label} to ${step}`, warnings: [] };
      const value = read(redaction.value(answer) as JsonObject, reading);
      return { value, latencyMs, warnings: reading.warnings.map(redaction.text) };
    } catch (error) {
      throw toClientFault(error, { label: target.label, step, redaction, explain });
    } finally {
      call.dispose();
    }
  }

  return {
    redact: redaction.add,
    metadata: (signal) =>
      exchange("GetMetadata", {}, [timeouts.metadataMs, caps.metadata], signal, (answer, reading) => {
        const metadata = readMetadata(answer, reading);
        trace?.ok("schema", `${metadata.name} ${metadata.version}`);
        return metadata;
      }),
    initialize(config, signal) {
      redaction.learn(config);
      return exchange("Initialize", { config }, [timeouts.initializeMs, caps.health], signal, () => null);
    },
    health: (signal) =>
      exchange("HealthCheck", {}, [timeouts.healthMs, caps.health], signal, (answer, reading) =>
        readHealth(answer, reading, clock.now()),
      ),
    models: (signal) =>
      exchange("GetModels", {}, [timeouts.modelsMs, caps.models], signal, ({ models = [] }, reading) =>
        readModels(models, reading),
      ),
    chat: (request, signal) =>
      chatOverGrpc({ wire, timeouts, caps, redaction, clock, explain, label: target.label }, request, signal),
    cleanup: (signal) => exchange("Cleanup", {}, [timeouts.cleanupMs, caps.health], signal, () => null),
    close() {
      wire.close();
      return Promise.resolve();
    },
  };
}

function tooLate(label: string, step: MethodName, limitMs: number): AppError {
  return new AppError(
    "plugin_timeout",
    `${label} did not answer ${step} within ${formatDuration(limitMs)}.`,
    {
      hint: "The plugin is stuck or overloaded: look at its log.",
    },
  );
}
