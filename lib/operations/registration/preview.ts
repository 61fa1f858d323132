import { PluginName, type PluginCreate, type PluginPreview } from "../../contract/registration.ts";
import type { Finding } from "../../contract/manifest.ts";
import { formatPlace } from "../../core/address.ts";
import { diffManifests } from "../../core/manifest-diff.ts";
import type { PluginRecord, Repositories } from "../../data/data.ts";
import type { Authorized } from "../actor.ts";
import type { RegistrationCandidate } from "./candidate.ts";
import type { Context } from "../context.ts";
import { toCurrentManifest } from "../export.ts";
import { toPluginReference } from "../plugin-view.ts";
import { readRegistrationSource } from "./registration-source.ts";

/**
 * What registering this source would mean. Stores nothing but the consent it was given (`approveEndpoint: true`), and
 * contacts no loopback or private address without one: then `address.tier` is `approval` and `manifest` may be null.
 */
export async function previewPlugin(
  context: Context,
  actor: Authorized<"plugins:write">,
  source: PluginCreate,
): Promise<PluginPreview> {
  const candidate = await readRegistrationSource(context, actor, source);
  const { manifest, origin, address, endpoint } = candidate;
  const records = manifest === null ? [] : await context.data.plugins.list();
  const record = endpoint === null ? null : await context.data.plugins.findByEndpoint(endpoint);
  const instances = records.filter(
    (other) =>
      other.id !== record?.id && other.manifest.metadata.provider_type === manifest?.metadata.provider_type,
  );
  const findings = [
    ...candidate.findings,
    ...findForbidden(candidate),
    ...findAmbiguousType(candidate, records, context.host.builtinNames()),
  ];
  return {
    manifest,
    origin,
    findings,
    registrable:
      manifest !== null && record === null && !findings.some(({ severity }) => severity === "error"),
    address,
    reach: candidate.reach,
    manifestText: candidate.manifestText,
    existing: record && toPluginReference(record),
    changes: record && manifest ? diffManifests(toCurrentManifest(record), manifest) : [],
    instances: instances.map(toPluginReference),
    suggestedName:
      manifest && (await suggestName(context.data, candidate.preset?.title ?? manifest.metadata.name)),
    values: candidate.preset?.values ?? {},
    calls: manifest && manifest.type !== "builtin" ? toCalls(endpoint) : [],
    commandLine: manifest?.command === undefined ? null : [manifest.command, ...(manifest.args ?? [])],
  };
}

function findForbidden({ address, field, manifest, endpointAt, preset }: RegistrationCandidate): Finding[] {
  if (address?.tier !== "forbidden") return [];
  const code = "address_forbidden";
  const message = `The console never connects to ${formatPlace(address.host, address.port)}.`;
  if (preset) {
    const [path = field] = Object.keys(preset.values);
    return [
      { severity: "warning", code, path, message, fix: `Give ${path} another address before you enable it.` },
    ];
  }
  return [
    {
      severity: "error",
      code,
      path: manifest === null ? field : "endpoint",
      ...endpointAt,
      message,
      fix: "Use the address the plugin really listens on; metadata, link-local and the console's own addresses are refused.",
    },
  ];
}

/** A provider_type that people would take for another one's. */
export function findAmbiguousType(
  { manifest }: RegistrationCandidate,
  records: readonly PluginRecord[],
  builtins: readonly string[],
): Finding[] {
  if (manifest === null || manifest.type === "builtin") return [];
  const type = manifest.metadata.provider_type;
  const isAlike = (other: string) => other.toLowerCase() === type.toLowerCase();
  const finding = {
    severity: "warning" as const,
    code: "ambiguous_provider_type",
    path: "metadata.provider_type",
  };
  const builtin = builtins.find(isAlike);
  if (builtin !== undefined) {
    const message = `${type} is the provider_type of the built-in plugin ${builtin}.`;
    return [
      {
        ...finding,
        message,
        fix: "Choose another provider_type, unless it is meant to stand in for that plugin.",
      },
    ];
  }
  const twin = records.find(({ manifest: other }) => {
    const registered = other.metadata.provider_type;
    return registered !== type && isAlike(registered);
  });
  if (!twin) return [];
  const message = `${type} differs only in capitals from ${twin.manifest.metadata.provider_type}, the provider_type of ${twin.name}.`;
  return [{ ...finding, message, fix: "Write both alike, or choose another provider_type." }];
}

/** The name if it is free, else the first free of "name 2", "name 3" … Always a valid `PluginName`. */
export async function suggestName({ plugins }: Repositories, wanted: string): Promise<string> {
  return chooseName((await plugins.listTaken()).names, wanted);
}

/** Same, from the names in use. */
export function chooseName(taken: ReadonlySet<string>, wanted: string): string {
  const base = wanted
    .replace(/[/\\\p{C}]+/gu, " ")
    .trim()
    .slice(0, 90)
    .trim();
  const name = PluginName.safeParse(base).data ?? "Plugin";
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? name : `${name} ${attempt}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function toCalls(endpoint: string | null): string[] {
  const base = endpoint ?? "";
  if (base.startsWith("grpc")) {
    return ["GetMetadata", "Initialize", "HealthCheck", "GetModels"].map((call) => `${call} ${base}`);
  }
  return [`GET ${base}/metadata`, `POST ${base}/initialize`, `GET ${base}/health`, `GET ${base}/models`];
}
