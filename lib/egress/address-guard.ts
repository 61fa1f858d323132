import { lookup, type LookupAddress } from "node:dns";
import { isIP, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { AppError } from "../contract/error.ts";
import type { AddressTier } from "../contract/registration.ts";
import type { Remote } from "../core/network-fault.ts";
import { judgePeer, refusePeer, type PeerPolicy } from "../core/peer.ts";
import { traceAddresses, type ReachTrace } from "../core/reach.ts";
import { formatDuration } from "../core/quantity.ts";

/** Where a connection goes. `host` has no brackets around an IPv6 address. */
export interface Destination extends Remote {
  port: number;
}

export interface PeerGuardOptions {
  target: Destination;
  approvals: PeerPolicy["approvals"];
  /** The port the console itself listens on, asked at every connection. */
  ownPort(): number;
  /** Hears what became of address, name, connection and TLS. */
  trace?: ReachTrace | undefined;
}

/** Why these addresses of the target (IP literals) must not be talked to; null when all of them may. */
export function refuseAddresses(addresses: readonly string[], options: PeerGuardOptions): AppError | null {
  const { host } = options.target;
  const tier = tierOf(addresses, options);
  traceAddresses(options.trace, host, addresses, tier);
  return refusePeer(tier, host, options.target.port);
}

/** The same question about a connection that stands, before the first byte goes out. */
export function refusePeerOf(socket: Socket, options: PeerGuardOptions): Error | null {
  const { host, port } = options.target;
  const peer = socket.remoteAddress;
  // Without an address the peer has hung up already, which is no question of consent.
  return peer === undefined
    ? new Error("The peer is gone.")
    : refusePeer(tierOf([peer], options), host, port);
}

function tierOf(addresses: readonly string[], { target, approvals, ownPort }: PeerGuardOptions): AddressTier {
  return judgePeer(addresses, target.host, target.port, { approvals, ownPort: ownPort(), ownAddresses });
}

/**
 * Every address of the target, all of them judged. Throws the refusal, or the resolver's error. Connecting to exactly
 * these leaves a name no second chance to mean something else.
 */
export async function resolveAllowed(options: PeerGuardOptions): Promise<LookupAddress[]> {
  const { host } = options.target;
  const family = isIP(host);
  const found = family === 0 ? await resolveName(host) : [{ address: host, family }];
  const refusal = refuseAddresses(
    found.map(({ address }) => address),
    options,
  );
  if (refusal) throw refusal;
  return found;
}

function resolveName(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

export function connectTimeout(target: Destination, timeoutMs: number): AppError {
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
