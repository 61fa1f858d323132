import type { Finding } from "../../contract/manifest.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { FileContent } from "../../host/folder/manifest-file.ts";
import { locate, toFileFinding } from "./manifest-from-file.ts";

/** The finding, at the endpoint in the text as far as there is one. */
export function atEndpoint(finding: Finding, content: FileContent): Finding {
  return { ...finding, ...("text" in content ? locate(content.text, "endpoint") : undefined) };
}

/** Of a plugin at a loopback or private place, host:port, that no admin allowed. */
export function waitingFinding(place: string): Finding {
  return toFileFinding(
    "address_needs_approval",
    `${place} is on this machine or in a private network: nothing is sent there until an admin allows it.`,
    "If you trust what listens there, allow it. A file cannot do that for you.",
  );
}

/** Of a file whose endpoint another plugin has. */
export function toTaken({ name, endpoint, file }: PluginRecord): Finding {
  return file === null
    ? toFileFinding(
        "endpoint_taken",
        `${endpoint} is already registered as ${name}, which is not managed by a file.`,
        `Remove ${name} and reload the folders to manage it by this file, or remove this file.`,
      )
    : toFileFinding(
        "endpoint_taken",
        `${endpoint} is already used by ${name}, from ${file.path}.`,
        "Give each file an endpoint of its own, or remove one of the two.",
      );
}

/** Of a file whose plugin was detached from it. No mistake: somebody wanted it so. */
export function toDetached({ name }: PluginRecord): Finding {
  const message = `${name} was detached from its file, so this file changes nothing.`;
  const fix = `Remove this file. Or remove ${name} and reload the folders: then the file registers it again.`;
  return { ...toFileFinding("detached", message, fix, ""), severity: "warning" };
}
