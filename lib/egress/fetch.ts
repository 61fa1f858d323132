import type { LookupAddress, LookupOptions } from "node:dns";
import { request as requestPlain, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { isAppError, type AppError } from "../contract/error.ts";
import { abortable } from "../core/abortable.ts";
import type { Clock } from "../core/clock.ts";
import { toNetworkFault, type Remote } from "../core/network-fault.ts";
import { refusePeer, type PeerPolicy } from "../core/peer.ts";
import { traceAddresses, type ReachTrace } from "../core/reach.ts";
import { resolvePlace } from "./dns.ts";

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

/** What is asked for, and how to speak of it. */
export interface FetchRequest {
  /** The `accept` header. */
  accept: string;
  /** What is asked, for messages: "the request for the manifest". */
  step: string;
  /** The error when the time is over. `label` is host:port. */
  tooLate(label: string): AppError;
}

/**
 * One GET of an http or https address, its response given to `read`. The name is resolved once, judged, and only the judged
 * addresses are connected to. No redirects. The connection is gone when the promise settles. Throws `address_forbidden`,
 * `address_needs_approval`, `request.tooLate`, the `plugin_*` codes of the network and what `read` throws.
 */
export async function fetchUrl<T>(
  url: string,
  request: FetchRequest,
  guard: FetchGuard,
  read: (response: IncomingMessage, label: string) => Promise<T>,
): Promise<T> {
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
    const response = await open(url, request.accept, place.addresses, deadline.signal, guard.trace);
    try {
      return await read(response, label);
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    if (deadline.signal.aborted) throw request.tooLate(label);
    throw toNetworkFault(error, remote, request.step);
  } finally {
    deadline.clear();
  }
}

function open(
  url: string,
  accept: string,
  addresses: LookupAddress[],
  signal: AbortSignal,
  trace?: ReachTrace,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: "GET",
    headers: {
      accept,
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
