import type { LookupAddress, LookupOptions } from "node:dns";
import { request as requestPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { AppError, isAppError } from "../contract/error.ts";
import { abortable } from "../async/abortable.ts";
import type { Clock } from "../core/clock.ts";
import { toNetworkFault, type Remote } from "../core/network-fault.ts";
import { refusePeer, type PeerPolicy } from "../core/peer.ts";
import { traceAddresses, type ReachTrace } from "../core/reach.ts";
import { resolvePlace } from "./guard.ts";
import { MAX_MANIFEST_BYTES } from "./yaml-text.ts";

export interface FetchGuard {
  approvals: PeerPolicy["approvals"];
  /** The port the console itself listens on. */
  ownPort: number;
  clock: Clock;
  /** Whole fetch, name resolution included; 5 s unless told otherwise. */
  timeoutMs?: number;
  /** Hears how far the fetch got. */
  trace?: ReachTrace | undefined;
}

const TIMEOUT_MS = 5_000;
const STEP = "the request for the manifest";

/**
 * The text of a manifest at an http or https address, at most 64 KB of UTF-8. The name is resolved once, judged, and only the judged
 * addresses are connected to. No redirects. Throws `address_forbidden`, `address_needs_approval`, `payload_too_large`,
 * `invalid_url` (nothing there) and the `plugin_*` codes of the network.
 */
export async function fetchManifestText(url: string, guard: FetchGuard): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === "https:";
  const label = `${hostname}:${port || (secure ? 443 : 80)}`;
  const remote: Remote = { host: hostname, label, secure };
  const deadline = guard.clock.deadline(guard.timeoutMs ?? TIMEOUT_MS);
  try {
    const place = await abortable(
      resolvePlace(url, guard.approvals, guard.ownPort, guard.clock),
      deadline.signal,
    );
    const addresses = place.addresses.map(({ address }) => address);
    traceAddresses(guard.trace, place.host, addresses, place.tier);
    const refusal = refusePeer(place.tier, place.host, place.port);
    if (refusal) throw refusal;
    const response = await open(url, place.addresses, deadline.signal, guard.trace);
    return decode(await readManifestBody(response, url, label, guard.trace), label);
  } catch (error) {
    if (isAppError(error)) throw error;
    if (deadline.signal.aborted) throw tooLate(label);
    throw toNetworkFault(error, remote, STEP);
  } finally {
    deadline.clear();
  }
}

function open(
  url: string,
  addresses: LookupAddress[],
  signal: AbortSignal,
  trace?: ReachTrace,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: "GET",
    headers: {
      accept: "application/yaml, text/yaml, application/json, text/plain, */*;q=0.1",
      "accept-encoding": "identity",
      "user-agent": "loom-console",
    },
    agent: false,
    maxHeaderSize: 16_384,
    signal,
    lookup: pinned(addresses),
  };
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:") ? requestSecure(url, options) : requestPlain(url, options);
    request.once("socket", (socket) => traceSocket(socket, trace));
    request.once("response", resolve).once("error", reject).end();
  });
}

function traceSocket(socket: Socket, trace?: ReachTrace): void {
  socket.once("connect", () => trace?.ok("tcp", `Connected to ${socket.remoteAddress ?? "it"}`));
  if (socket instanceof TLSSocket)
    socket.once("secureConnect", () => trace?.ok("tls", socket.getProtocol() ?? ""));
  else trace?.skip("tls", "Plain http");
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A resolver that knows one answer: a second real lookup could give another one (rebinding). */
function pinned(addresses: LookupAddress[]) {
  return (_name: string, options: LookupOptions, callback: LookupCallback): void => {
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
}

async function readManifestBody(
  response: IncomingMessage,
  url: string,
  label: string,
  trace?: ReachTrace,
): Promise<Buffer> {
  try {
    checkStatus(response, url, label);
    trace?.ok("http", `${response.statusCode} ${response.statusMessage}`.trim());
    checkHead(response, label);
    trace?.ok("content_type", response.headers["content-type"]?.slice(0, 100) ?? "None");
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_MANIFEST_BYTES) throw tooLarge(label);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}

function checkStatus({ statusCode: status = 0, headers }: IncomingMessage, url: string, label: string): void {
  if (status >= 300 && status < 400) {
    const target =
      headers.location !== undefined && URL.canParse(headers.location, url)
        ? new URL(headers.location, url)
        : null;
    throw new AppError(
      "plugin_redirect_refused",
      `${label} redirects${target ? ` to ${target.host.slice(0, 100)}` : ""}.`,
      {
        field: "manifestUrl",
        hint: "Redirects are not followed: use the final address of the file.",
      },
    );
  }
  if (status < 200 || status >= 300) {
    throw new AppError("invalid_url", `${label} answered ${status}: there is no manifest at this address.`, {
      field: "manifestUrl",
      hint: "Open the address in a browser and check that it shows the file itself.",
    });
  }
}

function checkHead({ headers }: IncomingMessage, label: string): void {
  if (/^text\/html\b/i.test(headers["content-type"] ?? "")) {
    throw new AppError(
      "plugin_wrong_content_type",
      `${label} answered with a web page, not with a manifest.`,
      {
        field: "manifestUrl",
        hint: "Use the address of the raw file; on GitHub that is the link behind “Raw”.",
      },
    );
  }
  if (Number(headers["content-length"]) > MAX_MANIFEST_BYTES) throw tooLarge(label);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new AppError(
      "plugin_wrong_content_type",
      `${label} sends the manifest compressed (${encoding.slice(0, 40)}).`,
      {
        field: "manifestUrl",
        hint: "Serve it without compression, or paste its text.",
      },
    );
  }
}

function decode(bytes: Buffer, label: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid_manifest", `What ${label} sent is not UTF-8 text.`, {
      field: "manifestUrl",
      hint: "Save the manifest as UTF-8.",
      cause,
    });
  }
}

function tooLate(label: string): AppError {
  return new AppError("plugin_timeout", `${label} did not send the manifest in time.`, {
    field: "manifestUrl",
    hint: "Try again, or paste the manifest's text.",
  });
}

function tooLarge(label: string): AppError {
  return new AppError(
    "payload_too_large",
    `What ${label} sends is larger than 64 KB, the most a manifest may have.`,
    {
      field: "manifestUrl",
      hint: "Check that the address leads to a plugin.yaml or plugin.json.",
    },
  );
}
