import ipaddr from "ipaddr.js";
import { AppError } from "../contract/error.ts";
import type { AddressTier } from "../contract/registration.ts";
import { classifyAddress, formatPlace } from "./address.ts";

/** What decides whether the console may talk to an address. */
export interface PeerPolicy {
  approvals: { isApproved(host: string, port: number): boolean };
  /** The console's own port: a plugin there would be the console itself. */
  ownPort: number;
  /** Every address of this machine: `ownPort` there is forbidden, and on loopback always. Asked only when the port is ours. */
  ownAddresses(): readonly string[];
}

const SEVERITY: Record<AddressTier, number> = { allowed: 0, approved: 1, approval: 2, forbidden: 3 };

/**
 * Tier of one host:port that resolves to `addresses` (IP literals). The worst address decides, so that a name cannot
 * hide a private address behind a public one. Consent counts for the host as it was written, never for an address.
 */
export function judgePeer(
  addresses: readonly string[],
  host: string,
  port: number,
  policy: PeerPolicy,
): AddressTier {
  // A place without an address cannot have been judged.
  if (addresses.length === 0) return "forbidden";
  const tiers = addresses.map((address) => judgeAddress(address, host, port, policy));
  return tiers.reduce<AddressTier>(
    (worst, tier) => (SEVERITY[tier] > SEVERITY[worst] ? tier : worst),
    "allowed",
  );
}

function judgeAddress(address: string, host: string, port: number, policy: PeerPolicy): AddressTier {
  const tier = classifyAddress(address);
  if (tier === "forbidden") return "forbidden";
  if (port === policy.ownPort && isOwn(address, policy)) return "forbidden";
  if (tier === "allowed") return "allowed";
  return policy.approvals.isApproved(host, port) ? "approved" : "approval";
}

function isOwn(address: string, policy: PeerPolicy): boolean {
  // An IPv4 address may come dressed as an IPv6 one, in more than one spelling.
  const plain = ipaddr.process(address.replace(/%.*$/, ""));
  return plain.range() === "loopback" || policy.ownAddresses().includes(plain.toString());
}

/** Why the console does not connect, or null when it may. */
export function refusePeer(tier: AddressTier, host: string, port: number): AppError | null {
  const label = formatPlace(host, port);
  if (tier === "forbidden") {
    return new AppError("address_forbidden", `The console never connects to ${label}.`, {
      hint: "Link-local, metadata, multicast and similar addresses, and the console's own port, are out of bounds.",
    });
  }
  if (tier === "approval") {
    return new AppError(
      "address_needs_approval",
      `${label} is on this machine or in a private network, and no admin has allowed it.`,
      {
        hint: 'An admin can allow it on the plugin\'s page, or with PATCH /api/plugins/:id and {"approveEndpoint": true}.',
        details: { host, port },
      },
    );
  }
  return null;
}
