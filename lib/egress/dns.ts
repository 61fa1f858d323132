import { lookup, type LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { AddressTier } from "../contract/registration.ts";
import { formatPlace } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { slowNameFault, toNetworkFault } from "../core/network-fault.ts";
import { judgePeer, type PeerPolicy } from "../core/peer.ts";

/** A resolver that has not answered by then is too slow to wait for; the protocol page's limit for connecting. */
const LOOKUP_MS = 2_000;

/** A place somebody named, every address it has, and what the console may do with it. */
export interface ResolvedPlace {
  /** As the URL parser spells it, IPv6 without brackets. */
  host: string;
  port: number;
  tier: AddressTier;
}

/**
 * Where `url` (absolute; http, https, grpc or grpcs) leads. The name is resolved and its worst address decides. Contacts nothing but
 * the resolver. Throws `plugin_dns_error` for a name that nobody knows, or that was not resolved within 2 s.
 */
export async function resolveTier(
  url: string,
  approvals: PeerPolicy["approvals"],
  ownPort: number,
  clock: Clock,
): Promise<ResolvedPlace> {
  const { host, port, tier } = await resolvePlace(url, approvals, ownPort, clock);
  return { host, port, tier };
}

/** Same, with the addresses that were judged, to connect to exactly these. */
export async function resolvePlace(
  url: string,
  approvals: PeerPolicy["approvals"],
  ownPort: number,
  clock: Clock,
): Promise<ResolvedPlace & { addresses: LookupAddress[] }> {
  // WHATWG normalises the hosts of web schemes only.
  const { hostname, port: text, protocol } = new URL(url.replace(/^grpc/i, "http"));
  const host = hostname.replace(/^\[|\]$/g, "");
  const port = text === "" ? (protocol === "https:" ? 443 : 80) : Number(text);
  const addresses = await resolveHost(host, port, clock);
  const tier = judgePeer(
    addresses.map(({ address }) => address),
    host,
    port,
    { approvals, ownPort, ownAddresses },
  );
  return { host, port, tier, addresses };
}

async function resolveHost(host: string, port: number, clock: Clock): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const label = formatPlace(host, port);
  const deadline = clock.deadline(LOOKUP_MS);
  try {
    return await new Promise((resolve, reject) => {
      deadline.signal.addEventListener("abort", () =>
        reject(slowNameFault({ host, label }, LOOKUP_MS / 1000)),
      );
      lookup(host, { all: true }, (error, found) => {
        if (error) reject(toNetworkFault(error, { host, label, secure: false }, "a lookup"));
        else resolve(found);
      });
    });
  } finally {
    deadline.clear();
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  );
}
