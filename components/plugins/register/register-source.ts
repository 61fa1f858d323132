import type { PluginCreate } from "@/lib/contract/registration.ts";

/** What the one field of the form holds. */
export type Reading =
  | { kind: "empty" }
  /** `assumed` is true when we put http:// in front. */
  | { kind: "address"; address: string; assumed: boolean; of: "plugin" | "manifest" }
  | { kind: "manifest"; text: string };

const HAS_SCHEME = /^(https?|grpcs?):\/\//i;
/** `localhost:8090`, `127.0.0.1:8090/prefix`, `[::1]:8090`, `plugins.example.com:8443` */
const HOST_AND_PORT = /^([\w-]+(\.[\w-]+)*|\[[\da-f:.]+\]):\d{1,5}(\/\S*)?$/i;
const MANIFEST_FILE = /\.(ya?ml|json)$/i;

/** Tells an address from a manifest. `of` overrides the guess of what an address points to. */
export function readSource(typed: string, of: "plugin" | "manifest" | null = null): Reading {
  const text = typed.trim();
  if (text === "") return { kind: "empty" };
  const isOneWord = !/\s/.test(text);
  const assumed = isOneWord && !HAS_SCHEME.test(text) && HOST_AND_PORT.test(text);
  if (!assumed && !(isOneWord && HAS_SCHEME.test(text))) return { kind: "manifest", text: typed };
  const address = assumed ? `http://${text}` : text;
  return { kind: "address", address, assumed, of: of ?? guessTarget(address) };
}

function guessTarget(address: string): "plugin" | "manifest" {
  const path = URL.canParse(address) ? new URL(address).pathname : "";
  return MANIFEST_FILE.test(path) ? "manifest" : "plugin";
}

/** The request that previews or registers what was read; null when there is nothing yet. */
export function toSource(reading: Reading): PluginCreate | null {
  if (reading.kind === "empty") return null;
  if (reading.kind === "manifest") return { manifestText: reading.text };
  return reading.of === "plugin" ? { endpoint: reading.address } : { manifestUrl: reading.address };
}
