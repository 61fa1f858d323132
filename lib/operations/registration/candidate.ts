import type { Finding, Manifest } from "../../contract/manifest.ts";
import type { PluginOrigin } from "../../contract/plugin.ts";
import type { PluginCreate, ReachStep } from "../../contract/registration.ts";
import type { BuiltinPreset } from "../../core/builtin-presets.ts";
import type { Actor } from "../actor.ts";
import type { Address, Consent } from "../address/address-consent.ts";
import type { Context } from "../context.ts";

/** Where a registration can come from; the fields of `PluginCreate` of which exactly one is given. */
export const SOURCES = [
  "endpoint",
  "manifestUrl",
  "manifestText",
  "builtin",
] as const satisfies ReadonlyArray<keyof PluginCreate>;
export type SourceKind = (typeof SOURCES)[number];

/** What was understood of a source. Nothing is stored. */
export interface Candidate {
  origin: PluginOrigin;
  /** The field of the request it came from. */
  field: SourceKind;
  /** Null when an error stopped the reading, or when `address` may not be contacted. */
  manifest: Manifest | null;
  findings: Finding[];
  /** Where the manifest's text names the address; absent without text. */
  endpointAt?: Pick<Finding, "line" | "column"> | undefined;
  /** Normalised; null for a built-in plugin or when unknown. */
  endpoint: string | null;
  /** Of `endpoint`, or of the service on this machine or network that a preset leads to. */
  address: Address | null;
  /** What was tried to reach the address. */
  reach: ReachStep[];
  /** The text that was fetched, when the source is a manifest address. */
  manifestText: string | null;
  /** What a plugin in the box was chosen for; absent without a choice. */
  preset?: BuiltinPreset | undefined;
}

/** Who reads a source, and how far the consent that came with it still reaches. */
export interface Reader {
  context: Context;
  actor: Actor;
  consent: Consent;
}
