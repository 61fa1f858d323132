import { AppError } from "../../contract/error.ts";
import { INTERVAL_SECONDS, type Finding, type Manifest } from "../../contract/manifest.ts";
import type { PluginCreate } from "../../contract/registration.ts";
import { parseEndpoint } from "../../core/address.ts";
import { presetsOf, type BuiltinPreset } from "../../core/builtin-presets.ts";
import { createReach, explainReach } from "../../core/reach.ts";
import { findingsOf, manifestFromMetadata } from "../../intake/metadata.ts";
import type { Person } from "../actor.ts";
import { inspectAddress, isAdmitted, reachOf, toConsent, type Address } from "../address/address-consent.ts";
import { SOURCES, type RegistrationCandidate, type SourceReader, type SourceKind } from "./candidate.ts";
import type { Context } from "../context.ts";
import { readManifestText, readManifestUrl } from "./manifest-source.ts";

/**
 * Reads a source as far as its address may be contacted. Throws `validation_failed` unless exactly one source is given,
 * `invalid_url`, `payload_too_large`, and the `plugin_*` errors of the address that was asked.
 */
export async function readRegistrationSource(
  context: Context,
  actor: Person,
  source: PluginCreate,
): Promise<RegistrationCandidate> {
  const reader: SourceReader = { context, consent: toConsent(actor, source.approveEndpoint) };
  const [kind, value] = pickSource(source);
  if (source.preset !== undefined && kind !== "builtin") {
    throw new AppError("validation_failed", "A preset goes with a built-in plugin only.", {
      field: "preset",
      hint: 'Send it as {"builtin": "openai-compatible", "preset": "ollama"}.',
    });
  }
  switch (kind) {
    case "endpoint":
      return readEndpoint(reader, value);
    case "manifestUrl":
      return readManifestUrl(reader, value);
    case "manifestText":
      return readManifestText(reader, value);
    case "builtin":
      return readBuiltin(reader, value, source.preset);
  }
}

function pickSource(source: PluginCreate): [SourceKind, string] {
  const given = SOURCES.flatMap((kind): Array<[SourceKind, string]> => {
    const value = source[kind];
    return value === undefined ? [] : [[kind, value]];
  });
  const [first] = given;
  if (first && given.length === 1) return first;
  const message = `Send exactly one of ${SOURCES.join(", ")}; this has ${given.length}.`;
  throw new AppError("validation_failed", message, {
    hint: 'For a plugin that is running, send {"endpoint": "http://host:port"}.',
  });
}

async function readEndpoint(
  { context, consent }: SourceReader,
  text: string,
): Promise<RegistrationCandidate> {
  const target = parseEndpoint(text);
  const { url: endpoint } = target;
  const reach = createReach(context.clock);
  try {
    const address = await inspectAddress(context, endpoint, consent);
    const known: RegistrationCandidate = {
      origin: "address",
      field: "endpoint",
      manifest: null,
      findings: [],
      endpoint,
      address,
      reach: reachOf(address, reach),
      manifestText: null,
    };
    if (!isAdmitted(address)) return known;
    const { value: metadata, warnings } = await context.host.probe(endpoint, { trace: reach });
    return {
      ...known,
      manifest: manifestFromMetadata(endpoint, metadata),
      findings: [...findingsOf(metadata), ...warnings.map(toLeniency)],
      reach: reach.steps(),
    };
  } catch (error) {
    throw explainReach(error, reach, target);
  }
}

function toLeniency(message: string): Finding {
  return { severity: "warning", code: "lenient_reading", path: "metadata", message };
}

async function readBuiltin(
  reader: SourceReader,
  name: string,
  presetId?: string,
): Promise<RegistrationCandidate> {
  const { host } = reader.context;
  const metadata = host.builtinMetadata(name);
  if (!metadata) {
    throw new AppError("validation_failed", `There is no built-in plugin "${name}".`, {
      field: "builtin",
      hint: `Built in are: ${host.builtinNames().join(", ")}.`,
    });
  }
  const manifest = toBuiltinManifest(metadata);
  const preset = findPreset(name, presetId);
  const address = preset?.local ? await inspectService(reader, manifest, preset) : null;
  return {
    origin: "builtin",
    field: "builtin",
    manifest,
    findings: [],
    endpoint: null,
    address,
    reach: [],
    manifestText: null,
    preset,
  };
}

/** Where a preset leads on this machine or network. Hosted services are not even looked up before somebody enables one. */
async function inspectService(
  { context, consent }: SourceReader,
  manifest: Manifest,
  { values }: BuiltinPreset,
): Promise<Address | null> {
  const origin = context.host.secretOrigins.originOf({ endpoint: null, manifest }, values);
  return origin === null ? null : inspectAddress(context, origin, consent);
}

function findPreset(builtin: string, id: string | undefined): BuiltinPreset | undefined {
  const presets = presetsOf(builtin);
  const preset = presets.find((candidate) => candidate.id === id);
  if (id === undefined || preset) return preset;
  const known = presets.map((candidate) => candidate.id).join(", ");
  throw new AppError("validation_failed", `${builtin} has no preset "${id}".`, {
    field: "preset",
    hint: known === "" ? "Leave it out: it has none." : `It has ${known}.`,
  });
}

/** The manifest of a built-in plugin: it has no address and starts when someone wants it. */
export function toBuiltinManifest(metadata: Manifest["metadata"]): Manifest {
  return { type: "builtin", metadata, auto_start: false, health_check_interval: INTERVAL_SECONDS.default };
}
