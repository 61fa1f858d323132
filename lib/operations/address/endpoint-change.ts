import { AppError, isAppError } from "../../contract/error.ts";
import type { PluginPatch } from "../../contract/registration.ts";
import { originOf } from "../../core/origin.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Actor } from "../actor.ts";
import { inspectAddress, requireAdmitted, toConsent } from "./address-consent.ts";
import type { Context } from "../context.ts";
import { toConfigured } from "../plugins.ts";
import { refusedPlaceOf } from "./refused-place.ts";
import { readStored } from "../config/stored-config.ts";

/**
 * Whether a plugin may answer at `endpoint` (normalised) from now on; undefined stays where it is, and then `approveEndpoint`
 * renews the consent for that place, or gives it for the one a plugin in the box was refused. Nobody answering there is no reason against it: the host asks who it is before it tells
 * any secret. Throws `endpoint_taken`, `secrets_bound`, `address_*`, `plugin_dns_error` and `plugin_identity_mismatch`.
 */
export async function admitMove(
  context: Context,
  actor: Actor,
  record: PluginRecord,
  endpoint: string | undefined,
  { approveEndpoint, dropSecrets }: PluginPatch,
): Promise<void> {
  const isMove = endpoint !== undefined && endpoint !== record.endpoint;
  const refused = refusedPlaceOf(context, record);
  const place = endpoint ?? record.endpoint ?? (refused === null ? null : `http://${refused}`);
  if (place === null || (!isMove && approveEndpoint !== true)) return;
  if (isMove) {
    await requireFree(context, place);
    if (isOtherOrigin(record.endpoint, place))
      await requireReleasedSecrets(context, context.data, record, dropSecrets);
  }
  const address = await inspectAddress(context, actor, place, toConsent(approveEndpoint));
  requireAdmitted(address, "endpoint");
  if (isMove) await requireSameProvider(context, record, place);
}

async function requireFree({ data }: Context, endpoint: string): Promise<void> {
  const holder = await data.plugins.findByEndpoint(endpoint);
  if (holder === null) return;
  throw new AppError("endpoint_taken", `${endpoint} is already registered as ${holder.name}.`, {
    field: "endpoint",
    hint: "Open that plugin, or remove it first.",
    details: { pluginId: holder.id, name: holder.name },
  });
}

/** Secrets were given for one scheme, host and port. Throws `secrets_bound` with their names unless the person lets them go. */
export async function requireReleasedSecrets(
  context: Context,
  repositories: Repositories,
  record: PluginRecord,
  dropSecrets: boolean | undefined,
): Promise<void> {
  if (dropSecrets === true) return;
  const stored = await readStored(context, repositories, record);
  const secrets = [...toConfigured(stored.secrets)].toSorted();
  if (secrets.length === 0) return;
  throw new AppError(
    "secrets_bound",
    `${record.name} has secrets that belong to its present address: ${secrets.join(", ")}.`,
    {
      field: "endpoint",
      hint: 'Another scheme, host or port forgets them, and they have to be entered again. To go on, send "dropSecrets": true.',
      details: { secrets },
    },
  );
}

/** Asks who answers at the new address. Throws `plugin_identity_mismatch`, and what the guard says while connecting. */
async function requireSameProvider({ host }: Context, record: PluginRecord, endpoint: string): Promise<void> {
  const expected = record.manifest.metadata.provider_type;
  const actual = await host.probe(endpoint).then(
    ({ value }) => value.provider_type,
    (error: unknown) => {
      if (isAppError(error) && !error.code.startsWith("address_")) return expected;
      throw error;
    },
  );
  if (actual === expected) return;
  throw new AppError(
    "plugin_identity_mismatch",
    `${record.name} is a plugin for "${expected}", but "${actual}" answers at ${endpoint}.`,
    {
      field: "endpoint",
      hint: `Give the address of a plugin for ${expected}, or register ${actual} as a plugin of its own. Nothing was changed.`,
      details: { expected, actual },
    },
  );
}

/** Another scheme, host or port. */
export function isOtherOrigin(before: string | null, after: string | null): boolean {
  return before !== null && after !== null && originOf(before) !== originOf(after);
}
