import { isAppError } from "../../contract/error.ts";
import type { Finding, Manifest } from "../../contract/manifest.ts";
import { formatPlace, parseEndpoint } from "../../core/address.ts";
import { LOCAL_ENDPOINT } from "../../intake/manifest-rules.ts";
import type { FileContent } from "../../host/folder/manifest-file.ts";
import { SYSTEM } from "../actor.ts";
import { toConsent } from "../address/address-consent.ts";
import type { Context } from "../context.ts";
import { readManifestText } from "../registration/manifest-source.ts";

/** What a manifest file means. */
export interface FileReading {
  /** Null when a finding is an error: then the file cannot be used. */
  manifest: Manifest | null;
  /** Normalised; null for a built-in plugin. */
  endpoint: string | null;
  findings: Finding[];
  /** The loopback or private place that nobody allowed yet. A file cannot consent in an admin's place. */
  waitsFor: { host: string; port: number } | null;
}

/** Reads a manifest file's content. What is wrong is in the findings, with positions; contacts nothing but DNS. */
export async function readFileContent(context: Context, content: FileContent): Promise<FileReading> {
  if ("problem" in content) return unusable([content.problem]);
  try {
    return await readText(context, content.text);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return unusable([toFileFinding(error.code, error.message, error.extras.hint)]);
  }
}

async function readText(context: Context, text: string): Promise<FileReading> {
  const reader = { context, actor: SYSTEM, consent: toConsent(false) };
  const { manifest, endpoint, address, findings: all } = await readManifestText(reader, text);
  // Nobody registers a file by hand: that its place needs consent is told by what waits for it.
  const findings = all.filter(({ code }) => code !== LOCAL_ENDPOINT);
  if (address?.tier === "forbidden") {
    const place = formatPlace(address.host, address.port);
    const fix = "Write the address the plugin really listens on.";
    const finding = toFileFinding("address_forbidden", `The console never connects to ${place}.`, fix);
    return unusable([...findings, { ...finding, ...locate(text, "endpoint") }]);
  }
  // A name that nobody knows yet may be known when its plugin is up; the guard looks again at every connection.
  const checked = findings.map((finding): Finding =>
    finding.code === "plugin_dns_error"
      ? { ...finding, severity: "warning", ...locate(text, "endpoint") }
      : finding,
  );
  if (manifest === null || checked.some(({ severity }) => severity === "error")) return unusable(checked);
  const place = endpoint ?? (manifest.endpoint === undefined ? null : parseEndpoint(manifest.endpoint).url);
  const isWaiting = address?.tier === "approval";
  return {
    manifest: place === null ? manifest : { ...manifest, endpoint: place },
    endpoint: place,
    findings: checked,
    waitsFor: isWaiting ? { host: address.host, port: address.port } : null,
  };
}

function unusable(findings: Finding[]): FileReading {
  return { manifest: null, endpoint: null, findings, waitsFor: null };
}

/** An error about the endpoint, or about the file when `path` is empty. */
export function toFileFinding(code: string, message: string, fix?: string, path = "endpoint"): Finding {
  return { severity: "error", code, path, message, ...(fix === undefined ? {} : { fix }) };
}

/** Where a key of the top level stands in YAML or JSON text, as far as a look tells. */
export function locate(text: string, key: string): { line: number; column: number } | undefined {
  const lines = text.split("\n");
  const index = lines.findIndex((line) => new RegExp(`^[\\s{]*["']?${key}["']?\\s*:`, "i").test(line));
  if (index < 0) return undefined;
  return { line: index + 1, column: (lines[index]?.search(/[^\s{]/) ?? 0) + 1 };
}
