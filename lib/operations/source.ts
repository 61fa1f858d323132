import { AppError, isAppError, type ErrorCode } from "../contract/error.ts";
import type { Finding, Manifest } from "../contract/manifest.ts";
import type { PluginCreate, PluginOrigin } from "../contract/plugin.ts";
import { parseEndpoint } from "../core/address.ts";
import { fetchManifestText } from "../intake/fetch.ts";
import { findingsOf, manifestFromMetadata } from "../intake/metadata.ts";
import { readManifest } from "../intake/manifest.ts";
import type { Actor } from "./actor.ts";
import { inspectAddress, isAdmitted, toConsent, type Address, type Consent } from "./address.ts";
import type { Context } from "./context.ts";

/** 64 KB of UTF-8 (`reliability.md`, bad input). */
export const MANIFEST_MAX_BYTES = 65_536;

const SOURCES = ["endpoint", "manifestUrl", "manifestText", "builtin"] as const;
type SourceKind = (typeof SOURCES)[number];

/** What was understood of a source. Nothing is stored. */
export interface Candidate {
  origin: PluginOrigin;
  /** The field of the request it came from. */
  field: SourceKind;
  /** Null when an error stopped the reading, or when `address` may not be contacted. */
  manifest: Manifest | null;
  findings: Finding[];
  /** Normalised; null for a built-in plugin or when unknown. */
  endpoint: string | null;
  address: Address | null;
}

/**
 * Reads a source as far as its address may be contacted. Throws `validation_failed` unless exactly one source is given,
 * `invalid_url`, `payload_too_large`, and the `plugin_*` errors of the address that was asked.
 */
export async function readSource(context: Context, actor: Actor, source: PluginCreate): Promise<Candidate> {
  const consent = toConsent(source.approveEndpoint);
  const [field, value] = pickSource(source);
  switch (field) {
    case "endpoint":
      return readEndpoint(context, actor, value, consent);
    case "manifestUrl":
      return readManifestUrl(context, actor, value, consent);
    case "manifestText":
      return readText(context, actor, value, field, consent);
    case "builtin":
      return readBuiltin(context, value);
  }
}

function pickSource(source: PluginCreate): [SourceKind, string] {
  const given = SOURCES.flatMap((kind): Array<[SourceKind, string]> => {
    const value = source[kind];
    return value === undefined ? [] : [[kind, value]];
  });
  const [first] = given;
  if (first && given.length === 1) return first;
  throw new AppError(
    "validation_failed",
    `Send exactly one of ${SOURCES.join(", ")}; this has ${given.length}.`,
    {
      hint: 'For a plugin that is running, send {"endpoint": "http://host:port"}.',
    },
  );
}

async function readEndpoint(
  context: Context,
  actor: Actor,
  text: string,
  consent: Consent,
): Promise<Candidate> {
  const { url: endpoint } = parseEndpoint(text);
  const address = await inspectAddress(context, actor, endpoint, consent);
  const candidate: Candidate = {
    origin: "address",
    field: "endpoint",
    manifest: null,
    findings: [],
    endpoint,
    address,
  };
  if (!isAdmitted(address)) return candidate;
  const { value: metadata, warnings } = await context.host.probe(endpoint);
  const leniencies = warnings.map((message): Finding => ({
    severity: "warning",
    code: "lenient_reading",
    path: "metadata",
    message,
  }));
  return {
    ...candidate,
    manifest: manifestFromMetadata(endpoint, metadata),
    findings: [...findingsOf(metadata), ...leniencies],
  };
}

async function readManifestUrl(
  context: Context,
  actor: Actor,
  text: string,
  consent: Consent,
): Promise<Candidate> {
  const url = parseManifestUrl(text);
  const address = await inspectAddress(context, actor, url, consent);
  if (!isAdmitted(address)) {
    return {
      origin: "manifest",
      field: "manifestUrl",
      manifest: null,
      findings: [],
      endpoint: null,
      address,
    };
  }
  const manifest = await fetchManifestText(url, {
    approvals: context.approvals,
    ownPort: context.ownPort(),
    clock: context.clock,
  });
  return readText(context, actor, manifest, "manifestUrl", consent);
}

/** Like an endpoint, but a query is fine here. */
function parseManifestUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) {
    url.hash = "";
    return url.href;
  }
  throw new AppError("invalid_url", "This is not the address of a manifest.", {
    field: "manifestUrl",
    hint: "Use an http or https address without user name or password, like https://example.com/plugin.yaml.",
  });
}

async function readText(
  context: Context,
  actor: Actor,
  text: string,
  field: "manifestUrl" | "manifestText",
  consent: Consent,
): Promise<Candidate> {
  const bytes = Buffer.byteLength(text);
  if (bytes > MANIFEST_MAX_BYTES) {
    throw new AppError(
      "payload_too_large",
      `A manifest has at most ${MANIFEST_MAX_BYTES} bytes; this has ${bytes}.`,
      {
        field,
        hint: "Check that this is a plugin.yaml or plugin.json and not something else.",
      },
    );
  }
  const { manifest, findings } = readManifest(text);
  const candidate: Candidate = {
    origin: "manifest",
    field,
    manifest,
    findings,
    endpoint: null,
    address: null,
  };
  if (!manifest) return candidate;
  if (manifest.type === "builtin")
    return { ...candidate, findings: [...findings, ...checkBuiltin(context, manifest)] };
  if (manifest.endpoint === undefined) return candidate;
  try {
    const { url: endpoint } = parseEndpoint(manifest.endpoint);
    const address = await inspectAddress(context, actor, endpoint, consent);
    return { ...candidate, manifest: { ...manifest, endpoint }, endpoint, address };
  } catch (error) {
    // A bad address is one finding among the others: the manifest is shown with it.
    if (!isAppError(error) || !ADDRESS_CODES.has(error.code)) throw error;
    return { ...candidate, findings: mergeFinding(findings, toFinding(error)) };
  }
}

const ADDRESS_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["invalid_url", "plugin_dns_error"]);

function toFinding({ code, message, extras: { hint } }: AppError): Finding {
  return {
    severity: "error",
    code,
    path: "endpoint",
    message,
    ...(hint === undefined ? {} : { fix: hint }),
  };
}

/** Intake may have said the same already, with a position. */
function mergeFinding(findings: Finding[], finding: Finding): Finding[] {
  const isKnown = findings.some(({ severity, path }) => severity === "error" && path === finding.path);
  return isKnown ? findings : [...findings, finding];
}

function checkBuiltin(context: Context, { metadata }: Manifest): Finding[] {
  if (context.host.builtinMetadata(metadata.provider_type)) return [];
  return [
    {
      severity: "error",
      code: "unknown_builtin",
      path: "metadata.provider_type",
      message: `There is no built-in plugin "${metadata.provider_type}".`,
      fix: `Built in are: ${context.host.builtinNames().join(", ")}. For a program of your own use type: http.`,
    },
  ];
}

function readBuiltin(context: Context, name: string): Candidate {
  const metadata = context.host.builtinMetadata(name);
  if (!metadata) {
    throw new AppError("validation_failed", `There is no built-in plugin "${name}".`, {
      field: "builtin",
      hint: `Built in are: ${context.host.builtinNames().join(", ")}.`,
    });
  }
  const manifest: Manifest = { type: "builtin", metadata, auto_start: false, health_check_interval: 60 };
  return { origin: "builtin", field: "builtin", manifest, findings: [], endpoint: null, address: null };
}
