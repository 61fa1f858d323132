import { lookup as resolve, type LookupAddress, type LookupOptions } from "node:dns";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import { slowNameFault } from "../core/network-fault.ts";
import { judgePeer, refusePeer, type PeerPolicy } from "../core/peer.ts";
import { traceAddresses, type ReachTrace } from "../core/reach.ts";
import { formatDuration } from "./limits.ts";
import type { Target } from "./target.ts";

export interface ConnectorOptions {
  target: Target;
  approvals: PeerPolicy["approvals"];
  ownPort(): number;
  clock: Clock;
  connectMs: number;
  /** PEM of one more certificate authority to trust. */
  ca?: string | undefined;
  /** Hears what became of address, name, connection and TLS. */
  trace?: ReachTrace | undefined;
}

/**
 * Opens sockets for undici, to allowed peers only. A literal address is judged before anything is sent, a name after it
 * is resolved and before the first packet, and the peer's own address once more after the connection stands.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { target, clock, approvals, connectMs, trace } = options;
  return (_request, callback) => {
    const policy: PeerPolicy = { approvals, ownPort: options.ownPort(), ownAddresses };
    const isLiteral = isIP(target.host) !== 0;
    const refusal = isLiteral ? refuseAddresses([target.host], target, policy, trace) : null;
    if (refusal) return callback(refusal, null);

    let isNamed = isLiteral;
    const socket = openSocket(options, policy, () => (isNamed = true));
    const deadline = clock.deadline(connectMs);
    let settled = false;
    const settle = (error: Error | null) => {
      if (settled) return;
      settled = true;
      deadline.clear();
      if (!error) return callback(null, socket);
      socket.destroy();
      callback(error, null);
    };
    const late = () =>
      isNamed ? connectTimeout(target, connectMs) : slowNameFault(target, connectMs / 1000);
    deadline.signal.addEventListener("abort", () => settle(late()), { once: true });
    socket.once("connect", () => trace?.ok("tcp", `Connected to ${socket.remoteAddress ?? target.label}`));
    socket.once(target.secure ? "secureConnect" : "connect", () => {
      // Without an address the peer has hung up already, which is no question of consent.
      const peer = socket.remoteAddress;
      settle(peer === undefined ? new Error("The peer is gone.") : refuseAddresses([peer], target, policy));
      if (socket instanceof TLSSocket) trace?.ok("tls", socket.getProtocol() ?? "");
      else trace?.skip("tls", "Plain http");
    });
    socket.on("error", settle);
    socket.once("close", () => settle(new Error("The connection was closed before it stood.")));
  };
}

function openSocket(options: ConnectorOptions, policy: PeerPolicy, onNamed: () => void): Socket {
  const { target, ca, trace } = options;
  const address = {
    host: target.host,
    port: target.port,
    lookup: createGuardedLookup(target, policy, trace, onNamed),
    autoSelectFamily: true,
    noDelay: true,
  };
  if (!target.secure) return connectTcp(address);
  return connectTls({
    ...address,
    ALPNProtocols: ["http/1.1"],
    ...(isIP(target.host) ? {} : { servername: target.host }),
    ...(ca === undefined ? {} : { ca: [ca] }),
  });
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** `dns.lookup` that fails unless every address of the name may be talked to. */
function createGuardedLookup(
  target: Target,
  policy: PeerPolicy,
  trace: ReachTrace | undefined,
  onNamed: () => void,
) {
  return (name: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(name, { ...options, all: true }, (error, found) => {
      onNamed();
      if (error) return callback(error, "");
      const refusal = refuseAddresses(
        found.map((entry) => entry.address),
        target,
        policy,
        trace,
      );
      if (refusal) return callback(refusal, "");
      const first = found[0];
      if (options.all === true || first === undefined) return callback(null, found);
      callback(null, first.address, first.family);
    });
  };
}

/** Null when every address may be talked to. */
function refuseAddresses(
  addresses: readonly string[],
  { host, port }: Target,
  policy: PeerPolicy,
  trace?: ReachTrace,
): AppError | null {
  const tier = judgePeer(addresses, host, port, policy);
  traceAddresses(trace, host, addresses, tier);
  return refusePeer(tier, host, port);
}

function connectTimeout(target: Target, timeoutMs: number): AppError {
  return new AppError(
    "plugin_timeout",
    `${target.label} did not accept a connection within ${formatDuration(timeoutMs)}.`,
    { hint: "Check the host and port, and that no firewall stands between the console and the plugin." },
  );
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  );
}
