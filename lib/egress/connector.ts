import type { LookupOptions } from "node:dns";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import { slowNameFault } from "../core/network-fault.ts";
import { formatDuration } from "../core/quantity.ts";
import { refuseConnected, resolveAllowed, type AddressGuard, type Destination } from "./address-guard.ts";
import type { ResolvedAddress } from "./dns.ts";
import { toTlsOptions } from "./tls.ts";

export interface ConnectorOptions extends AddressGuard {
  target: Destination;
  /** What `resolveAllowed` answered; without it the target is resolved and judged at each connection. */
  addresses?: readonly ResolvedAddress[] | undefined;
  clock: Clock;
  /** Longest wait for a connection, name resolution and TLS included. */
  connectMs: number;
  /** PEM of one more certificate authority to trust. */
  ca?: string | undefined;
}

/**
 * Opens sockets for undici, to allowed peers only: every address is judged before the first packet, and the peer's own address once
 * more after the connection stands. Fails with `address_forbidden`, `address_needs_approval`, `plugin_dns_error`,
 * `plugin_timeout` or the error of the socket.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { target, addresses, clock, connectMs } = options;
  return (_request, callback) => {
    const deadline = clock.deadline(connectMs);
    let socket: Socket | undefined;
    let settled = false;
    const settle = (error: Error | null) => {
      if (settled) return;
      settled = true;
      deadline.clear();
      if (error === null && socket) return callback(null, socket);
      socket?.destroy();
      callback(error ?? new Error("There is no connection."), null);
    };
    const late = () => (socket ? connectTimeout(target, connectMs) : slowNameFault(target, connectMs / 1000));
    deadline.signal.addEventListener("abort", () => settle(late()), { once: true });
    const connect = (judged: readonly ResolvedAddress[]) => {
      if (settled) return;
      socket = openSocket(options, judged);
      watchSocket(socket, options, settle);
    };
    const resolved = addresses ? Promise.resolve(addresses) : resolveAllowed(target, options);
    resolved.then(connect).catch(settle);
  };
}

/** Calls `settle` with null once the connection stands and its peer may be talked to, else with the reason why not. */
function watchSocket(socket: Socket, options: ConnectorOptions, settle: (error: Error | null) => void): void {
  const { target, trace } = options;
  socket.once("connect", () => trace?.ok("tcp", `Connected to ${socket.remoteAddress ?? target.label}`));
  socket.once(target.secure ? "secureConnect" : "connect", () => {
    settle(refuseConnected(socket, target, options));
    if (socket instanceof TLSSocket) trace?.ok("tls", socket.getProtocol() ?? "");
    else trace?.skip("tls", "Plain http");
  });
  socket.on("error", settle);
  socket.once("close", () => settle(new Error("The connection was closed before it stood.")));
}

function openSocket({ target, ca }: ConnectorOptions, addresses: readonly ResolvedAddress[]): Socket {
  const address = {
    host: target.host,
    port: target.port,
    lookup: answerWith(addresses),
    autoSelectFamily: true,
    noDelay: true,
  };
  if (!target.secure) return connectTcp(address);
  return connectTls({ ...address, ...toTlsOptions(target, "http/1.1", ca) });
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | ResolvedAddress[],
  family?: number,
) => void;

/** A resolver that knows one answer: a second real lookup could give another one. Node asks none for an IP literal. */
function answerWith(addresses: readonly ResolvedAddress[]) {
  return (_name: string, options: LookupOptions, callback: LookupCallback): void => {
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** The destination's name was resolved, and no connection stood after `limitMs`. */
export function connectTimeout(target: Destination, limitMs: number): AppError {
  return new AppError(
    "plugin_timeout",
    `${target.label} did not accept a connection within ${formatDuration(limitMs)}.`,
    { hint: "Check the host and port, and that no firewall stands between the console and the plugin." },
  );
}
