import { AppError } from "../../contract/error.ts";
import type { PluginPreview, ReachStep } from "../../contract/registration.ts";
import { formatPlace } from "../../core/address.ts";
import { refusePeer } from "../../core/peer.ts";
import type { Reach } from "../../core/reach.ts";
import { resolveTier } from "../../egress/address-guard.ts";
import type { Actor } from "../actor.ts";
import { retryPluginsAt } from "./approved-addresses.ts";
import { toAuditEntry } from "../audit.ts";
import { nowIso, type Context } from "../context.ts";

/** Host, port and tier of a place that a person named. */
export type Address = NonNullable<PluginPreview["address"]>;

/**
 * A person's "yes, talk to this loopback or private address". It covers one address: the first that needs it. A manifest
 * fetched under a consent cannot use the same consent to send us somewhere else.
 */
export interface Consent {
  given: boolean;
}

export function toConsent(approveEndpoint: boolean | undefined): Consent {
  return { given: approveEndpoint === true };
}

/**
 * Looks where `url` leads (a normalised URL). When it needs consent and `consent` is still unspent, stores and audits it.
 * Contacts nothing but DNS. Throws `forbidden` when someone other than an admin consents.
 */
export async function inspectAddress(
  context: Context,
  actor: Actor,
  url: string,
  consent: Consent,
): Promise<Address> {
  const address = await resolveTier(url, context.approvals, context.ownPort(), context.clock);
  if (address.tier !== "approval" || !consent.given) return address;
  consent.given = false;
  await approve(context, actor, address);
  return { ...address, tier: "approved" };
}

async function approve(context: Context, actor: Actor, { host, port }: Address): Promise<void> {
  const place = formatPlace(host, port);
  if (actor.role !== "admin") {
    throw new AppError("forbidden", `Only an admin may allow connections to ${place}.`, {
      field: "approveEndpoint",
      hint: "It is a loopback or private address. Ask an admin to register the plugin or to allow the address.",
    });
  }
  await context.data.transaction(async (repositories) => {
    const [approvedBy, approvedAt] = [actor.name, nowIso(context.clock)];
    await repositories.approvals.add({ host, port, approvedBy, approvedAt });
    await repositories.audit.append(
      toAuditEntry(context, actor, {
        action: "endpoint.approved",
        target: { id: null, name: place },
      }),
    );
  });
  context.approvals.remember(host, port);
  // A plugin that stands still because this consent was taken back goes on.
  await retryPluginsAt(context, place);
}

export function isAdmitted({ tier }: Address): boolean {
  return tier === "allowed" || tier === "approved";
}

/** The ladder to an address that is not contacted: empty while it waits for consent. */
export function reachOf({ host, port, tier }: Address, reach: Reach): ReachStep[] {
  return tier === "forbidden" ? reach.steps(refusePeer(tier, host, port) ?? undefined) : [];
}

/** Throws `address_forbidden` or `address_needs_approval` (with `details: { host, port }`). */
export function requireAdmitted(address: Address, field: string): void {
  const { host, port, tier } = address;
  const place = formatPlace(host, port);
  if (tier === "forbidden") {
    throw new AppError("address_forbidden", `The console never connects to ${place}.`, {
      field,
      hint: "Link-local, metadata, multicast and unspecified addresses and the console's own port are refused. Use the address the plugin really listens on.",
    });
  }
  if (tier === "approval") {
    throw new AppError("address_needs_approval", `${place} is on this machine or in a private network.`, {
      field,
      hint: 'If you trust what listens there, send the request again with "approveEndpoint": true. An admin has to do this once for each address.',
      details: { host, port },
    });
  }
}
