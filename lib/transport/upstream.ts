import { AppError, type ErrorCode } from "../contract/error.ts";
import { formatDuration } from "../core/quantity.ts";
import { parseAnswer } from "./answer.ts";
import { beginAnswer, findFraming, FrameReader, PatientReader, type StreamContext } from "./answer-stream.ts";
import { createCall, type Call } from "./call.ts";
import { toClientFault } from "./client-fault.ts";
import { readFrame, truncated } from "./chat-stream.ts";
import type { OpenUpstream, Upstream, UpstreamAnswer, UpstreamMessage, UpstreamRequest } from "./client.ts";
import type { HttpClientOptions } from "./http.ts";
import { decodeUtf8 } from "./json-text.ts";
import { CAPS, TIMEOUTS, type Caps, type Timeouts } from "./limits.ts";
import { isChatComplaint, isComplaint, toPluginFault } from "./plugin-fault.ts";
import type { Reading } from "./reading.ts";
import { createRedaction, type Redaction } from "./redaction.ts";
import { toTarget, type Target } from "./target.ts";
import { createWire, isSuccess, toStep, type Incoming, type Outgoing } from "./wire.ts";

export interface UpstreamSources extends Pick<
  HttpClientOptions,
  "approvals" | "ownPort" | "clock" | "ca" | "explain"
> {
  timeouts?: Partial<Timeouts>;
  caps?: Partial<Caps>;
}

/** Below the 5 s of health and models, so that the message names the service and not the plugin that waits for it. */
const ASK_MS = 4_500;

/** What the built-in plugins get to reach their providers: see `OpenUpstream`. */
export function createUpstreams(sources: UpstreamSources): OpenUpstream {
  return (options) => {
    const target = toServiceTarget(options.baseUrl);
    const redaction = createRedaction([]);
    redaction.add(options.secrets);
    const { firstByteMs, idleMs } = { ...TIMEOUTS, ...sources.timeouts, ...options };
    const timeouts: Timeouts = { ...TIMEOUTS, ...sources.timeouts, firstByteMs, idleMs };
    const { headers, query = {} } = options;
    return createUpstream({ ...sources, target, redaction, timeouts, headers, query });
  };
}

interface Service extends Omit<UpstreamSources, "timeouts"> {
  target: Target;
  redaction: Redaction;
  timeouts: Timeouts;
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
}

function createUpstream(service: Service): Upstream {
  const { target, redaction, timeouts, clock } = service;
  const caps: Caps = { ...CAPS, ...service.caps };
  const { connectMs } = timeouts;
  const wire = createWire({ ...service, connectMs, caps, speaker: "provider" });
  const streaming: StreamContext = { timeouts, caps, label: target.label };

  async function requireSuccess(incoming: Incoming, call: Call): Promise<void> {
    if (!isSuccess(incoming)) throw wire.toReportedFault(incoming, await wire.readErrorText(incoming, call));
  }

  function readDocument(
    incoming: Incoming,
    bytes: Uint8Array,
    complains: (body: unknown) => boolean,
  ): unknown {
    const text = decodeUtf8(bytes, incoming.subject);
    const body = parseAnswer(text, incoming, toReading(incoming), redaction);
    if (complains(body)) throw wire.toReportedFault(incoming, text);
    return body;
  }

  function toFault(request: UpstreamRequest, body: unknown): AppError {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const source = { label: target.label, step: toStep(request, target), body, text, nowMs: clock.now() };
    return toPluginFault({ ...source, speaker: "provider" }, redaction);
  }

  function toFailure(error: unknown, request: UpstreamRequest): AppError {
    const asked = { label: target.label, step: toStep(request, target), redaction };
    const fault = inWordsOfService(toClientFault(error, asked));
    return service.explain ? service.explain(fault, target.label) : fault;
  }

  async function ask(request: UpstreamRequest, signal?: AbortSignal): Promise<UpstreamAnswer> {
    const call = createCall(clock, signal);
    call.limit(ASK_MS, () => tooLate(target, request));
    try {
      const incoming = await wire.send(toOutgoing(request, service), call);
      await requireSuccess(incoming, call);
      const body = readDocument(incoming, await wire.readBytes(incoming, caps.models, call), isComplaint);
      const { statusCode, headers: answered } = incoming.response;
      return { status: statusCode, headers: answered, body };
    } catch (error) {
      throw toFailure(error, request);
    } finally {
      call.dispose();
    }
  }

  async function* stream(
    request: UpstreamRequest,
    isComplete: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<UpstreamMessage, void, undefined> {
    const call = createCall(clock, signal);
    const progress = beginAnswer(streaming, toStep(request, target), call, isComplete);
    try {
      const incoming = await wire.send(toOutgoing(request, service, STREAM), call);
      await requireSuccess(incoming, call);
      const bytes = new PatientReader(streaming, incoming, progress);
      const reading = toReading(incoming);
      const framing = await findFraming(bytes, incoming, reading);
      for (const warning of reading.warnings) yield { type: "warning", text: `${target.label}: ${warning}` };
      if (framing === undefined) {
        yield { type: "document", body: readDocument(incoming, await bytes.readAll(), isChatComplaint) };
        return;
      }
      const reader = new FrameReader(bytes, framing, caps.event, incoming.subject);
      for (let frames = await reader.next(); frames; frames = await reader.next()) {
        for (const frame of frames) {
          const event = readFrame(frame, reading, redaction);
          if (event.kind === "complaint") throw toFault(request, event.body);
          if (event.kind === "nothing") continue;
          yield event.kind === "end" ? { type: "end" } : { type: "event", data: event.value };
          if (event.kind === "end") return;
        }
      }
      if (!isComplete()) throw truncated(incoming.subject);
    } catch (error) {
      throw toFailure(error, request);
    } finally {
      call.cancel(new AppError("request_aborted", "The answer is no longer wanted."));
      call.dispose();
    }
  }

  return {
    label: target.label,
    ask,
    stream,
  };
}

const STREAM = "text/event-stream, application/json";

function toServiceTarget(baseUrl: string): Target {
  const target = toTarget(baseUrl);
  if (/^https?:/.test(target.origin) && !/^grpc/i.test(baseUrl.trim())) return target;
  throw new AppError("invalid_url", "A service is spoken to over http or https.", { field: "base_url" });
}

function toOutgoing(
  { method, path, body }: UpstreamRequest,
  { headers, query }: Service,
  accept?: string,
): Outgoing {
  return {
    method,
    path: withQuery(path, query),
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(accept === undefined ? {} : { accept }),
  };
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const added = new URLSearchParams(query).toString();
  return added === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${added}`;
}

function toReading({ subject }: Incoming): Reading {
  return { subject, warnings: [] };
}

function tooLate(target: Target, request: UpstreamRequest): AppError {
  return new AppError(
    "plugin_timeout",
    `${target.label} did not answer ${toStep(request, target)} within ${formatDuration(ASK_MS)}.`,
  );
}

/** The transport's hints speak of a plugin that somebody wrote; here it is a service that somebody configured. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  plugin_unreachable: "Start the service, or correct base_url in the configuration.",
  plugin_dns_error:
    "Check the spelling of the host in base_url, and that this machine can reach the internet.",
  plugin_tls_error: "Check base_url: https where the service speaks TLS, http where it does not.",
  plugin_timeout: "Try again. A model that loads slowly needs a longer timeout in the configuration.",
  plugin_connection_lost: "Try again; if it stays, look at the service's own log or status page.",
  plugin_stream_truncated: "What arrived is incomplete: try again, and look at the service's own log.",
  plugin_redirect_refused: "Write the address the service really answers at as base_url.",
  plugin_wrong_content_type: "Check base_url: another program, or a web page, answers there.",
  plugin_empty_response: "Check base_url: what answers there is not a model service.",
  plugin_invalid_json: "Check base_url; if it is right, the service sent a damaged answer: try again.",
  plugin_invalid_response: "Check base_url: what answers there does not speak the expected protocol.",
  plugin_response_too_large: "The service sent more than the console reads of one answer.",
  plugin_endpoint_missing: "Check base_url: for most services it ends in /v1.",
  plugin_authentication_failed:
    "Check the key in the configuration: it may be wrong, expired or not allowed to do this.",
  plugin_model_not_found: "Refresh the models and choose one of them, or check that your account may use it.",
  plugin_invalid_request: "The service refused the request; its words say which part.",
  plugin_rate_limited: "Wait before trying again.",
  plugin_quota_exceeded: "Raise the quota or top up the balance at the provider.",
  plugin_content_filter: "The provider's filter refused this: say it in other words.",
  plugin_provider_unavailable: "The provider has trouble: try again in a moment, or look at its status page.",
  plugin_error: "The provider did not say what is wrong: look at its status page.",
};

function inWordsOfService(error: AppError): AppError {
  const hint = HINTS[error.code];
  if (hint === undefined) return error;
  return new AppError(error.code, error.message, { ...error.extras, hint, cause: error.cause });
}
