import { STATUS_CODES } from "node:http";
import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { PeerPolicy } from "../core/peer.ts";
import type { ReachTrace } from "../core/reach.ts";
import { formatBytes, formatDuration } from "../core/quantity.ts";
import { parseAnswer } from "./answer.ts";
import { createCall, type Call } from "./call.ts";
import type { PluginClient, Reply } from "./client.ts";
import { toClientFault } from "./client-fault.ts";
import { chatOverHttp } from "./http-chat.ts";
import { claimsHealth, readHealth, readMetadata, readModels, readUnhealthy } from "./lenient.ts";
import { decodeUtf8, tryJson } from "./json-text.ts";
import { CAPS, TIMEOUTS, type Caps, type Timeouts } from "./limits.ts";
import { isComplaint } from "./plugin-fault.ts";
import type { Reading } from "./reading.ts";
import { createRedaction } from "./redaction.ts";
import { toTarget, type Target } from "./target.ts";
import { createWire, isSuccess, toStep, type Incoming, type Outgoing } from "./wire.ts";

export interface HttpClientOptions {
  approvals: PeerPolicy["approvals"];
  /** The port the console itself listens on, asked at every connection: with port 0 it is known late. */
  ownPort(): number;
  /** Base URL of the plugin; a path prefix is kept. */
  endpoint: string;
  clock: Clock;
  /** Adds to a failure what the console's surroundings have to do with it. */
  explain?: ((error: AppError, label: string) => AppError) | undefined;
  timeouts?: Partial<Timeouts>;
  caps?: Partial<Caps>;
  /** Configuration fields whose values must not come back in errors; without it, every longer text of the configuration. */
  sensitiveFields?: readonly string[] | undefined;
  /** PEM of one more certificate authority to trust. */
  ca?: string | undefined;
  /** Hears how far the first call got, step by step. For a client that makes only one. */
  trace?: ReachTrace | undefined;
}

/** One answer being read. */
interface Answer {
  incoming: Incoming;
  call: Call;
  reading: Reading;
}

/**
 * A plugin behind HTTP. Owns its sockets: `close` when the plugin is gone. Throws `invalid_url` for an endpoint that
 * `parseEndpoint` refuses; the address itself is judged at each connection.
 */
export function createHttpClient(options: HttpClientOptions): PluginClient {
  const { clock, trace, explain } = options;
  const timeouts: Timeouts = { ...TIMEOUTS, ...options.timeouts };
  const caps: Caps = { ...CAPS, ...options.caps };
  const target = toTarget(options.endpoint);
  const redaction = createRedaction(options.sensitiveFields);
  const wire = createWire({ ...options, target, connectMs: timeouts.connectMs, caps, redaction });

  /** One short call under its deadline, with latency and warnings. */
  async function exchange<T>(
    outgoing: Outgoing,
    limitMs: number,
    signal: AbortSignal | undefined,
    read: (answer: Answer) => Promise<T>,
  ): Promise<Reply<T>> {
    const call = createCall(clock, signal);
    call.limit(limitMs, () => tooLate(target, outgoing, limitMs));
    const startedAt = clock.monotonic();
    try {
      const incoming = await wire.send(outgoing, call);
      const reading: Reading = { subject: incoming.subject, warnings: [] };
      const value = await read({ incoming, call, reading });
      const warnings = reading.warnings.map(redaction.text);
      return { value, latencyMs: clock.monotonic() - startedAt, warnings };
    } catch (error) {
      throw toClientFault(error, { label: target.label, step: toStep(outgoing, target), redaction, explain });
    } finally {
      call.dispose();
    }
  }

  async function requireSuccess({ incoming, call }: Answer): Promise<void> {
    if (!isSuccess(incoming)) throw wire.toReportedFault(incoming, await wire.readErrorText(incoming, call));
  }

  async function readJson(answer: Answer, cap: number): Promise<unknown> {
    const { incoming, call, reading } = answer;
    await requireSuccess(answer);
    const { statusCode } = incoming.response;
    trace?.ok("http", `${statusCode} ${STATUS_CODES[statusCode] ?? ""}`.trim());
    const bytes = await wire.readBytes(incoming, cap, call);
    const text = decodeUtf8(bytes, incoming.subject);
    const value = parseAnswer(text, incoming, reading, redaction);
    trace?.ok("content_type", incoming.mediaType || "None, but it is JSON");
    trace?.ok("json", formatBytes(bytes.length));
    if (isComplaint(value)) throw wire.toReportedFault(incoming, text);
    return value;
  }

  /** A 2xx is all that counts; the body is read, so that the plugin can finish writing, and ignored. */
  async function ignoreBody(answer: Answer): Promise<null> {
    await requireSuccess(answer);
    await wire.readBytes(answer.incoming, caps.health, answer.call);
    return null;
  }

  async function readHealthAnswer(answer: Answer) {
    const { incoming, call, reading } = answer;
    if (isSuccess(incoming)) return readHealth(await readJson(answer, caps.health), reading, clock.now());
    const text = await wire.readErrorText(incoming, call);
    const body = redaction.value(tryJson(text));
    // A 503 that says why is an answer about health, not a failure to answer.
    if (!claimsHealth(body)) throw wire.toReportedFault(incoming, text);
    return readUnhealthy(body, incoming.response.statusCode, reading, clock.now());
  }

  return {
    redact: redaction.add,
    metadata: (signal) =>
      exchange({ method: "GET", path: "/metadata" }, timeouts.metadataMs, signal, async (answer) => {
        const metadata = readMetadata(await readJson(answer, caps.metadata), answer.reading);
        trace?.ok("schema", `${metadata.name} ${metadata.version}`);
        return metadata;
      }),
    initialize(config, signal) {
      redaction.learn(config);
      const body = JSON.stringify(config);
      return exchange(
        { method: "POST", path: "/initialize", body },
        timeouts.initializeMs,
        signal,
        ignoreBody,
      );
    },
    health: (signal) =>
      exchange({ method: "GET", path: "/health" }, timeouts.healthMs, signal, readHealthAnswer),
    models: (signal) =>
      exchange({ method: "GET", path: "/models" }, timeouts.modelsMs, signal, async (answer) =>
        readModels(await readJson(answer, caps.models), answer.reading),
      ),
    chat: (request, signal) =>
      chatOverHttp(
        { wire, clock, timeouts, caps, redaction, target, explain, label: target.label },
        request,
        signal,
      ),
    // An empty body makes Flask's request.json answer 400.
    cleanup: (signal) =>
      exchange({ method: "POST", path: "/cleanup", body: "{}" }, timeouts.cleanupMs, signal, ignoreBody),
    close: () => wire.close(),
  };
}

function tooLate(target: Target, outgoing: Outgoing, limitMs: number): AppError {
  return new AppError(
    "plugin_timeout",
    `${target.label} did not answer ${toStep(outgoing, target)} within ${formatDuration(limitMs)}.`,
    {
      hint: "The plugin is stuck or overloaded: look at its log.",
    },
  );
}
