import { AppError, isAppError, type ErrorCode } from "../../contract/error.ts";
import type { Finding, Manifest } from "../../contract/manifest.ts";
import { parseEndpoint, parseManifestAddress } from "../../core/address.ts";
import { createReach, explainReach } from "../../core/reach.ts";
import { fetchManifestText } from "../../intake/manifest-fetch.ts";
import { LOCAL_ENDPOINT } from "../../intake/manifest-rules.ts";
import { readManifest } from "../../intake/manifest.ts";
import { inspectAddress, isAdmitted, reachOf, type Address } from "../address/address-consent.ts";
import type { RegistrationCandidate, SourceReader } from "./candidate.ts";
import type { Context } from "../context.ts";

/** 64 KB of UTF-8 (`reliability.md`, bad input). */
const MANIFEST_MAX_BYTES = 65_536;

type ManifestField = "manifestUrl" | "manifestText";

/** Fetches a manifest, if its address may be contacted, and reads it. Throws `invalid_url` and what `fetchManifestText` throws. */
export async function readManifestUrl(reader: SourceReader, text: string): Promise<RegistrationCandidate> {
  const { context, consent } = reader;
  const target = parseManifestAddress(text);
  const { url } = target;
  const reach = createReach(context.clock);
  try {
    const address = await inspectAddress(context, url, consent, "manifestUrl");
    const known = { ...toCandidate("manifestUrl"), address, reach: reachOf(address, reach) };
    if (!isAdmitted(address)) return known;
    const { approvals, clock } = context;
    const guard = { approvals, ownPort: context.ownPort(), clock, trace: reach };
    const manifest = await fetchManifestText(url, guard);
    for (const name of ["json", "schema"] as const)
      reach.skip(name, "Read as a manifest: see what was understood");
    const candidate = await readManifestText(reader, manifest, "manifestUrl");
    return { ...candidate, reach: reach.steps(), manifestText: manifest };
  } catch (error) {
    throw explainReach(error, reach, target);
  }
}

/** Reads a manifest's text. What is wrong with it is in the findings; throws `payload_too_large` only. */
export async function readManifestText(
  reader: SourceReader,
  text: string,
  field: ManifestField = "manifestText",
): Promise<RegistrationCandidate> {
  requireSize(text, field);
  const { manifest, findings, positionOf } = readManifest(text);
  const candidate: RegistrationCandidate = { ...toCandidate(field), manifest, findings };
  if (!manifest) return candidate;
  const { address, endpoint, problems } = await resolveEndpoint(reader, manifest);
  const placed = problems.map((problem) => ({ ...problem, ...positionOf(problem.path) }));
  return {
    ...candidate,
    ...(endpoint === null ? {} : { manifest: { ...manifest, endpoint } }),
    endpoint,
    address,
    endpointAt: positionOf("endpoint"),
    findings: placed.reduce(mergeFinding, withoutAnswered(findings, address)),
  };
}

function toCandidate(field: ManifestField): RegistrationCandidate {
  return {
    origin: "manifest",
    field,
    manifest: null,
    findings: [],
    endpoint: null,
    address: null,
    reach: [],
    manifestText: null,
  };
}

function requireSize(text: string, field: ManifestField): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MANIFEST_MAX_BYTES) return;
  const message = `A manifest has at most ${MANIFEST_MAX_BYTES} bytes; this has ${bytes}.`;
  throw new AppError("payload_too_large", message, {
    field,
    hint: "Check that this is a plugin.yaml or plugin.json and not something else.",
  });
}

const ADDRESS_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["invalid_url", "plugin_dns_error"]);

interface ResolvedEndpoint extends Pick<RegistrationCandidate, "endpoint" | "address"> {
  problems: Finding[];
}

/** Where the plugin is. A bad address is one finding among the others: the manifest is shown with it. */
async function resolveEndpoint(
  { context, consent }: SourceReader,
  manifest: Manifest,
): Promise<ResolvedEndpoint> {
  const nowhere = { endpoint: null, address: null };
  if (manifest.endpoint === undefined) return { ...nowhere, problems: checkBuiltin(context, manifest) };
  try {
    const { url: endpoint } = parseEndpoint(manifest.endpoint);
    const address = await inspectAddress(context, endpoint, consent);
    return { endpoint, address, problems: [] };
  } catch (error) {
    if (!isAppError(error) || !ADDRESS_CODES.has(error.code)) throw error;
    return { ...nowhere, problems: [toFinding(error)] };
  }
}

function toFinding({ code, message, extras: { hint } }: AppError): Finding {
  const fix = hint === undefined ? {} : { fix: hint };
  return { severity: "error", code, path: "endpoint", message, ...fix };
}

/** Intake may have said the same already. */
function mergeFinding(findings: Finding[], finding: Finding): Finding[] {
  const isKnown = findings.some(({ severity, path }) => severity === "error" && path === finding.path);
  return isKnown ? findings : [...findings, finding];
}

/** That an admin will be asked is of no interest once one has answered. */
function withoutAnswered(findings: Finding[], address: Address | null): Finding[] {
  if (address?.tier === "approval") return findings;
  return findings.filter(({ code }) => code !== LOCAL_ENDPOINT);
}

function checkBuiltin({ host }: Context, { metadata }: Manifest): Finding[] {
  if (host.builtinMetadata(metadata.provider_type)) return [];
  return [
    {
      severity: "error",
      code: "unknown_builtin",
      path: "metadata.provider_type",
      message: `There is no built-in plugin "${metadata.provider_type}".`,
      fix: `Built in are: ${host.builtinNames().join(", ")}. For a program of your own use type: http.`,
    },
  ];
}
