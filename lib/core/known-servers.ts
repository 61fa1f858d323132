import type { AppError, ErrorCode } from "../contract/error.ts";

/** Where somebody looked for a plugin. */
export interface Reached {
  /** Absolute, with scheme. */
  url: string;
  port: number;
  secure: boolean;
}

/** Model servers by what they say to a path they do not know; `says` is tried on the start of the answer. */
const SERVERS: ReadonlyArray<{ name: string; port?: number; status?: number; says: RegExp }> = [
  // https://github.com/ollama/ollama: default port 11434; a Go router's plain 404 for unknown paths.
  { name: "Ollama", port: 11434, says: /^Ollama is running/i },
  { name: "LM Studio", port: 1234, says: /Unexpected endpoint or method/i },
  { name: "a server written in Go, perhaps Ollama", status: 404, says: /^404 page not found/i },
  { name: "llama.cpp's server", says: /"File Not Found".*"not_found_error"/i },
  {
    name: "vLLM or another server made with FastAPI",
    status: 404,
    says: /^\s*\{\s*"detail"\s*:\s*"Not Found"\s*\}/i,
  },
  { name: "an OpenAI-compatible server", says: /^\s*\{\s*"error"\s*:/ },
];

/** Somebody answered, only not as a plugin does. */
const ANSWERED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "plugin_wrong_content_type",
  "plugin_invalid_json",
  "plugin_invalid_response",
  "plugin_empty_response",
  "plugin_endpoint_missing",
  "invalid_url",
]);

const SPEAKS_TLS = /plain HTTP request was sent to HTTPS port|sent an HTTP request to an HTTPS server/i;

/**
 * What to do when the address leads to something well known that is no plugin: a model server, or https where http was written. Null when nothing is recognised.
 */
export function recogniseServer(target: Reached, error: AppError): string | null {
  const { status, excerpt = "" } = error.extras.plugin ?? {};
  if (!target.secure && (error.code === "plugin_connection_lost" || SPEAKS_TLS.test(excerpt))) {
    const secure = target.url.replace(/^(http|grpc):/, "$1s:");
    return `If it speaks TLS, write ${secure.split("/")[0]}//: ${secure}`;
  }
  if (status === undefined && !ANSWERED.has(error.code)) return null;
  const server = SERVERS.find(
    (one) =>
      (one.port !== undefined && one.port === target.port) ||
      (one.says.test(excerpt) && (one.status === undefined || one.status === status)),
  );
  return server ? adviseBridge(server.name, target.url) : null;
}

function adviseBridge(name: string, url: string): string {
  return (
    `This looks like ${name}: it serves models but is not a plugin. Run a plugin in front of it and register that plugin's address; ` +
    `the one in examples/plugins/example-nodejs works when its base_url is ${new URL("/v1", url.replace(/^grpc/, "http")).href}.`
  );
}
