import { AppError, isAppError } from "../../contract/error.ts";
import type { PluginPreview, ReachStep } from "../../contract/registration.ts";
import { formatPlace } from "../../core/address.ts";
import { refusePeer } from "../../core/peer.ts";
import type { Reach } from "../../core/reach.ts";
import { resolveTier } from "../../egress/address-guard.ts";
import { authorize, type Authorized, type Person } from "../actor.ts";
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
  /** Who consents; null when nobody does, or once it is spent. */
  by: Person | null;
}

/** Of whatever no person has asked for: a file of a watched folder cannot consent in an admin's place. */
export const NO_CONSENT: Consent = { by: null };

export function toConsent(person: Person, approveEndpoint: boolean | undefined): Consent {
  return { by: approveEndpoint === true ? person : null };
}

/**
 * Resolves `url` (normalised) to its host, port and tier. When that needs consent and `consent` is still unspent, stores and audits it.
 * Contacts nothing but DNS. `field` is what the address was given as. Throws `plugin_dns_error`, and `forbidden` when someone other than an admin consents.
 */
export async function inspectAddress(
  context: Context,
  url: string,
  consent: Consent,
  field = "endpoint",
): Promise<Address> {
  const { approvals, clock } = context;
  const address = await resolveTier(url, approvals, context.ownPort(), clock).catch((error: unknown) => {
    throw nameField(error, field);
  });
  if (address.tier !== "approval" || consent.by === null) return address;
  const approver = requireApprover(consent.by, address);
  consent.by = null;
  await approve(context, approver, address);
  return { ...address, tier: "approved" };
}

/** A name that is not resolved was written wrong, more often than not. */
function nameField(error: unknown, field: string): unknown {
  if (!isAppError(error)) return error;
  return new AppError(error.code, error.message, { field, ...error.extras, cause: error.cause });
}

/**
 * Registering or moving a plugin needs `plugins:write`; allowing an address on the way needs more. Whether a request does that shows
 * only once the address it names is resolved, so no route can declare it. Throws `forbidden`.
 */
function requireApprover(person: Person, { host, port }: Address): Authorized<"settings:write"> {
  const place = formatPlace(host, port);
  const refusal = new AppError("forbidden", `Only an admin may allow connections to ${place}.`, {
    field: "approveEndpoint",
    hint: "It is a loopback or private address. Ask an admin to register the plugin or to allow the address.",
  });
  return authorize(person, "settings:write", refusal);
}

async function approve(
  context: Context,
  actor: Authorized<"settings:write">,
  { host, port }: Address,
): Promise<void> {
  const place = formatPlace(host, port);
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
