import type { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { AddressTier } from "../contract/registration.ts";
import { formatPlace } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import type { Remote } from "../core/network-fault.ts";
import { judgePeer, refusePeer, type PeerPolicy } from "../core/peer.ts";
import { traceAddresses, type ReachTrace } from "../core/reach.ts";
import { resolveHost, resolveHostWithin, type ResolvedAddress } from "./dns.ts";

/** Where a connection goes. `host` has no brackets around an IPv6 address. */
export interface Destination extends Remote {
  port: number;
}

/** What decides whether a connection may be opened. */
export interface AddressGuard extends Pick<PeerPolicy, "approvals" | "ownPort"> {
  /** Hears what became of name, address, connection and TLS, each step once. */
  trace?: ReachTrace | undefined;
}

/** Host and port of an address that somebody named, and what the console may do with it. */
export interface ResolvedPlace {
  /** As the URL parser spells it, IPv6 without brackets. */
  host: string;
  port: number;
  tier: AddressTier;
}

/** Longest wait for the name of an address that is only looked at, or fetched from; the protocol page's limit for connecting. */
const LOOKUP_MS = 2_000;

/** Where an absolute http, https, grpc or grpcs URL leads. */
export function toDestination(url: string): Destination {
  // WHATWG normalises the hosts of web schemes only.
  const { hostname, port: text, protocol } = new URL(url.replace(/^grpc/i, "http"));
  const host = hostname.replace(/^\[|\]$/g, "");
  const secure = protocol === "https:";
  const port = text === "" ? (secure ? 443 : 80) : Number(text);
  return { host, port, label: formatPlace(host, port), secure };
}

/**
 * Host, port and tier of `url` (absolute; http, https, grpc or grpcs). The name is resolved and its worst address decides. Contacts
 * nothing but the resolver. Throws `plugin_dns_error` for a name that nobody knows, or that was not resolved within 2 s.
 */
export async function resolveTier(
  url: string,
  approvals: PeerPolicy["approvals"],
  ownPort: number,
  clock: Clock,
): Promise<ResolvedPlace> {
  const target = toDestination(url);
  const addresses = await resolveHostWithin(target, LOOKUP_MS, clock);
  return { host: target.host, port: target.port, tier: tierOf(addresses, target, { approvals, ownPort }) };
}

/**
 * Every address of the target, all of them judged: connecting to exactly these leaves a name no second chance to mean something
 * else (DNS rebinding). Whoever waits for it limits the time. Throws `address_forbidden`, `address_needs_approval` and
 * `plugin_dns_error`.
 */
export async function resolveAllowed(target: Destination, guard: AddressGuard): Promise<ResolvedAddress[]> {
  const addresses = await resolveHost(target);
  requireAllowed(addresses, target, guard);
  return addresses;
}

/** The same, within 2 s; `plugin_dns_error` after that. */
export async function resolveAllowedInTime(
  target: Destination,
  guard: AddressGuard,
  clock: Clock,
): Promise<ResolvedAddress[]> {
  const addresses = await resolveHostWithin(target, LOOKUP_MS, clock);
  requireAllowed(addresses, target, guard);
  return addresses;
}

function requireAllowed(
  addresses: readonly ResolvedAddress[],
  target: Destination,
  guard: AddressGuard,
): void {
  const tier = tierOf(addresses, target, guard);
  const literals = addresses.map(({ address }) => address);
  traceAddresses(guard.trace, target.host, literals, tier);
  const refusal = refusePeer(tier, target.host, target.port);
  if (refusal) throw refusal;
}

/**
 * Why nothing may be sent over a connection that stands, by the address of its other end: `address_forbidden`,
 * `address_needs_approval`, or that the peer is gone. Null when it may be used.
 */
export function refuseConnected(socket: Socket, target: Destination, guard: AddressGuard): Error | null {
  const address = socket.remoteAddress;
  // Without an address the peer has hung up already, which is no question of consent.
  if (address === undefined) return new Error("The peer is gone.");
  return refusePeer(tierOf([{ address }], target, guard), target.host, target.port);
}

function tierOf(
  addresses: ReadonlyArray<Pick<ResolvedAddress, "address">>,
  { host, port }: Destination,
  { approvals, ownPort }: AddressGuard,
): AddressTier {
  const literals = addresses.map(({ address }) => address);
  return judgePeer(literals, host, port, { approvals, ownPort, ownAddresses });
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  );
}
