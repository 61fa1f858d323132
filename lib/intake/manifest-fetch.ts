import { STATUS_CODES } from "node:http";
import { AppError } from "../contract/error.ts";
import type { ReachTrace } from "../core/reach.ts";
import { capBytes, checkDeclaredLength, joinBytes, type ByteCap } from "../egress/byte-cap.ts";
import { fetchUrl, type FetchGuard } from "../egress/fetch.ts";
import type { HttpResponse } from "../egress/http-connection.ts";
import { MAX_MANIFEST_BYTES } from "./yaml-text.ts";

/**
 * The text of a manifest at an http or https address, at most 64 KB of UTF-8. The name is resolved once, judged, and only the judged
 * addresses are connected to. No redirects. Throws `address_forbidden`, `address_needs_approval`, `payload_too_large`,
 * `invalid_url` (nothing there) and the `plugin_*` codes of the network.
 */
export function fetchManifestText(url: string, guard: FetchGuard): Promise<string> {
  const request = {
    accept: "application/yaml, text/yaml, application/json, text/plain, */*;q=0.1",
    step: "the request for the manifest",
    tooLate,
  };
  return fetchUrl(url, request, guard, async (response, label) =>
    decode(await readManifestBody(response, url, label, guard.trace), label),
  );
}

async function readManifestBody(
  response: HttpResponse,
  url: string,
  label: string,
  trace?: ReachTrace,
): Promise<Uint8Array> {
  const cap: ByteCap = { maxBytes: MAX_MANIFEST_BYTES, tooLarge: () => tooLarge(label) };
  checkStatus(response, url, label);
  trace?.ok("http", `${response.statusCode} ${STATUS_CODES[response.statusCode] ?? ""}`.trim());
  checkHead(response, label, cap);
  trace?.ok("content_type", (response.headers["content-type"] ?? "").slice(0, 100) || "None");
  return joinBytes(capBytes(response.body as AsyncIterable<Uint8Array>, cap));
}

function checkStatus({ statusCode: status, headers }: HttpResponse, url: string, label: string): void {
  if (status >= 300 && status < 400) {
    const location = headers["location"] ?? "";
    const target = location !== "" && URL.canParse(location, url) ? new URL(location, url) : null;
    throw new AppError(
      "plugin_redirect_refused",
      `${label} redirects${target ? ` to ${target.host.slice(0, 100)}` : ""}.`,
      {
        field: "manifestUrl",
        hint: "Redirects are not followed: use the final address of the file.",
      },
    );
  }
  if (status < 200 || status >= 300) {
    throw new AppError("invalid_url", `${label} answered ${status}: there is no manifest at this address.`, {
      field: "manifestUrl",
      hint: "Open the address in a browser and check that it shows the file itself.",
    });
  }
}

function checkHead(response: HttpResponse, label: string, cap: ByteCap): void {
  const { headers } = response;
  if (/^text\/html\b/i.test(headers["content-type"] ?? "")) {
    throw new AppError(
      "plugin_wrong_content_type",
      `${label} answered with a web page, not with a manifest.`,
      {
        field: "manifestUrl",
        hint: "Use the address of the raw file; on GitHub that is the link behind “Raw”.",
      },
    );
  }
  checkDeclaredLength(response, cap);
  const encoding = headers["content-encoding"] || "identity";
  if (encoding !== "identity") {
    throw new AppError(
      "plugin_wrong_content_type",
      `${label} sends the manifest compressed (${encoding.slice(0, 40)}).`,
      {
        field: "manifestUrl",
        hint: "Serve it without compression, or paste its text.",
      },
    );
  }
}

function decode(bytes: Uint8Array, label: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid_manifest", `What ${label} sent is not UTF-8 text.`, {
      field: "manifestUrl",
      hint: "Save the manifest as UTF-8.",
      cause,
    });
  }
}

function tooLate(label: string): AppError {
  return new AppError("plugin_timeout", `${label} did not send the manifest in time.`, {
    field: "manifestUrl",
    hint: "Try again, or paste the manifest's text.",
  });
}

function tooLarge(label: string): AppError {
  return new AppError(
    "payload_too_large",
    `What ${label} sends is larger than 64 KB, the most a manifest may have.`,
    {
      field: "manifestUrl",
      hint: "Check that the address leads to a plugin.yaml or plugin.json.",
    },
  );
}
