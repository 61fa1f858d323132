import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { PeerPolicy } from "../core/peer.ts";
import type { ReachTrace } from "../core/reach.ts";
import { readAll } from "../egress/byte-cap.ts";
import { abortedByCaller, type Call } from "./call.ts";
import {
  openHttpConnection,
  type HttpConnection,
  type HttpRequest,
  type HttpResponse,
} from "../egress/http-connection.ts";
import { toExcerpt } from "./excerpt.ts";
import { tryJson } from "./json-text.ts";
import type { Speaker } from "./fault-codes.ts";
import type { Caps } from "./limits.ts";
import { toNetworkFault } from "../core/network-fault.ts";
import { toPluginFault } from "./plugin-fault.ts";
import type { Redaction } from "./redaction.ts";
import type { Target } from "./target.ts";

/** What goes out: one of the protocol's fixed calls, or one of a built-in plugin to its provider. */
export interface Outgoing {
  method: "GET" | "POST";
  /** `/metadata`; appended to the prefix of the target. A query is part of it. */
  path: string;
  /** JSON text; absent for GET. */
  body?: string;
  accept?: string;
  /** In lower case. They never replace what the console says about the body and about itself. */
  headers?: Readonly<Record<string, string>>;
}

/** An answer whose headers have arrived and whose body is still on the wire. */
export interface Incoming {
  response: HttpResponse;
  /** Media type in lower case, without parameters; empty when the plugin sent none. */
  mediaType: string;
  /** "The answer of 127.0.0.1:8090 to GET /health", for messages. */
  subject: string;
  /** `GET /health`. */
  step: string;
}

export interface WireOptions {
  target: Target;
  approvals: PeerPolicy["approvals"];
  ownPort(): number;
  clock: Clock;
  connectMs: number;
  caps: Caps;
  redaction: Redaction;
  ca?: string | undefined;
  trace?: ReachTrace | undefined;
  /** Who answers; a plugin unless said otherwise. */
  speaker?: Speaker | undefined;
}

/** HTTP/1.1 to one plugin. Every failure is an `AppError`; redirects are never followed. */
export interface Wire {
  /** Resolves when the headers are there, whatever the status (but no redirect). */
  send(outgoing: Outgoing, call: Call): Promise<Incoming>;
  /** The whole body, at most `cap` decoded bytes. */
  readBytes(incoming: Incoming, cap: number, call: Call): Promise<Uint8Array>;
  /** The body of an answer outside 2xx; empty when it cannot be read, so that it never hides the status. */
  readErrorText(incoming: Incoming, call: Call): Promise<string>;
  /** The failure that a body describes. */
  toReportedFault(incoming: Incoming, text: string): AppError;
  close(): Promise<void>;
}

export function createWire(options: WireOptions): Wire {
  const { target, clock, redaction, caps } = options;
  const open = new Set<HttpConnection>();
  let isClosed = false;

  /** Whatever was thrown while an answer was waited for or read, as our error. */
  function toFault(error: unknown, step: string, call: Call): AppError {
    if (call.signal.aborted) return call.signal.reason as AppError;
    if (isClosed) return abortedByCaller();
    return redaction.error(toNetworkFault(error, target, step));
  }

  /**
   * Every call has a connection of its own, gone when the call is. Bytes that a plugin sends unasked can then never answer
   * another request, a restarted plugin never meets a stale socket, and undici has no reason to connect again by itself
   * (it does after an abort). The price is one handshake per call.
   */
  function openConnection(call: Call): HttpConnection {
    if (isClosed) throw abortedByCaller();
    const connection = openHttpConnection(target.origin, caps.headers, {
      ...options,
      ownPort: options.ownPort(),
    });
    open.add(connection);
    call.onDispose(() => {
      open.delete(connection);
      void connection.destroy(CALL_OVER);
    });
    return connection;
  }

  async function readBytes(incoming: Incoming, cap: number, call: Call): Promise<Uint8Array> {
    try {
      return await call.race(() => readAll(incoming.response, cap, incoming.subject));
    } catch (error) {
      throw toFault(error, incoming.step, call);
    }
  }

  return {
    readBytes,
    async send(outgoing, call) {
      const step = toStep(outgoing, target);
      try {
        const connection = openConnection(call);
        const request = toRequest(outgoing, target, call.signal);
        const response = await call.race(() => connection.request(request, redaction.text));
        const incoming = toIncoming(response, step, target);
        if (response.statusCode >= 300 && response.statusCode < 400) throw refuseRedirect(incoming, target);
        return incoming;
      } catch (error) {
        throw toFault(error, step, call);
      }
    },
    async readErrorText(incoming, call) {
      const bytes = await readBytes(incoming, caps.error, call).catch(() => new Uint8Array());
      if (call.signal.aborted) throw call.signal.reason;
      return new TextDecoder().decode(bytes);
    },
    toReportedFault({ response, step }, text) {
      return toPluginFault(
        {
          label: target.label,
          step,
          status: response.statusCode,
          body: tryJson(text),
          text,
          retryAfter: readRetryHeader(response),
          nowMs: clock.now(),
          speaker: options.speaker,
        },
        redaction,
      );
    },
    async close() {
      isClosed = true;
      await Promise.all([...open].map((connection) => connection.destroy(abortedByCaller())));
    },
  };
}

/** Made once: an error with its stack for every call would cost more than the call's own work. */
const CALL_OVER = new Error("The call is over.");

/** `GET /v1/models`: what is asked for, with the prefix of the address and without a query, for messages. */
export function toStep({ method, path }: Pick<Outgoing, "method" | "path">, { prefix }: Target): string {
  return `${method} ${prefix}${path.split("?")[0] ?? ""}`;
}

function toRequest(outgoing: Outgoing, target: Target, signal: AbortSignal): HttpRequest {
  return {
    method: outgoing.method,
    path: `${target.prefix}${outgoing.path}`,
    headers: {
      ...outgoing.headers,
      "content-type": "application/json",
      accept: outgoing.accept ?? "application/json",
      "accept-encoding": "identity",
      "user-agent": "loom-console",
    },
    body: outgoing.body ?? null,
    signal,
  };
}

/** Seconds or a date; some services say it more exactly in milliseconds beside it. */
function readRetryHeader({ headers }: HttpResponse): string | undefined {
  const ms = headers["retry-after-ms"] ?? "";
  if (/^\d+(\.\d+)?$/.test(ms)) return String(Number(ms) / 1000);
  return headers["retry-after"] || undefined;
}

function toIncoming(response: HttpResponse, step: string, target: Target): Incoming {
  return {
    response,
    step,
    mediaType: ((response.headers["content-type"] ?? "").split(";")[0] ?? "").trim().toLowerCase(),
    subject: `The answer of ${target.label} to ${step}`,
  };
}

function refuseRedirect({ response, step }: Incoming, target: Target): AppError {
  response.body.on("error", () => undefined).destroy();
  const location = response.headers["location"] ?? "";
  const url = URL.canParse(location, target.url) ? new URL(location, target.url) : null;
  const where = url ? ` to ${toExcerpt(url.host, 100)}` : "";
  return new AppError(
    "plugin_redirect_refused",
    `${target.label} answered ${step} with a redirect${where} (${response.statusCode}). Redirects are never followed.`,
    {
      hint: "Register the address the plugin really answers at.",
      ...(url ? { details: { host: url.host } } : {}),
    },
  );
}

export function isSuccess({ response }: Incoming): boolean {
  return response.statusCode >= 200 && response.statusCode < 300;
}
