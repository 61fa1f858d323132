import { lookup, type LookupAddress } from "node:dns";
import { isIP } from "node:net";
import type { Clock } from "../core/clock.ts";
import { slowNameFault, toNetworkFault } from "../core/network-fault.ts";

/** One IP address of a name, with its family: 4 or 6. */
export type ResolvedAddress = LookupAddress;

/** The part of a destination that name resolution needs. `label` is host:port, for messages. */
interface Named {
  /** A name or an IP literal, IPv6 without brackets. */
  host: string;
  label: string;
}

/**
 * Every address of a host, in the resolver's order; an IP literal is its own only address. A lookup cannot be interrupted: whoever
 * waits for it limits the time. Throws `plugin_dns_error` for a name that nobody knows.
 */
export function resolveHost({ host, label }: Named): Promise<ResolvedAddress[]> {
  const family = isIP(host);
  if (family !== 0) return Promise.resolve([{ address: host, family }]);
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error) reject(toNetworkFault(error, { host, label, secure: false }, "a lookup"));
      else resolve(found);
    });
  });
}

/** The same, within `limitMs`. Throws `plugin_dns_error` as well when the resolver has not answered by then. */
export async function resolveHostWithin(
  named: Named,
  limitMs: number,
  clock: Clock,
): Promise<ResolvedAddress[]> {
  const deadline = clock.deadline(limitMs);
  try {
    return await new Promise((resolve, reject) => {
      deadline.signal.addEventListener("abort", () => reject(slowNameFault(named, limitMs / 1000)));
      resolveHost(named).then(resolve, reject);
    });
  } finally {
    deadline.clear();
  }
}
