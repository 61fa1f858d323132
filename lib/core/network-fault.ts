import { AppError, isAppError } from "../contract/error.ts";
/** Who was being talked to. */
export interface Remote {
  host: string;
  /** `127.0.0.1:8090`, `[::1]:8090`. */
  label: string;
  secure: boolean;
  /** The whole address, where it is known. */
  url?: string;
}

/**
 * An error of the socket, the resolver, TLS or undici's parser, in the console's own language.
 * Every message names host:port; the original error is the cause. `step` is what was being asked: `GET /health`.
 */
export function toNetworkFault(error: unknown, remote: Remote, step: string): AppError {
  if (isAppError(error)) return error;
  const code = codeOf(error);
  const fault = FAULTS.find((row) => row.codes.test(code)) ?? LOST;
  return new AppError(fault.code, fault.message(remote, step), { hint: fault.hint(remote), cause: error });
}

/** The resolver neither found `host` nor gave up within `seconds`. */
export function slowNameFault({ host, label }: Pick<Remote, "host" | "label">, seconds: number): AppError {
  const message = `The name ${host} (of ${label}) was not resolved within ${seconds} s.`;
  return new AppError("plugin_dns_error", message, {
    hint: "This machine's DNS is slow or does not answer: try again, or use the IP address.",
  });
}

/** The first frame an HTTP/2 server sends: a length of three bytes, type 4 (SETTINGS), no flags. */
const HTTP2_SETTINGS = /^\0[^]{2}\u0004\0/;

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("data" in error && typeof error.data === "string" && HTTP2_SETTINGS.test(error.data)) return "HTTP2";
  if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
  // undici's parser gives some of its errors no code. This one is HTTP that ended in the middle: a chunked body, or the headers.
  if (error.name === "HTTPParserError") {
    return /Invalid EOF state/.test(error.message) ? "ECONNRESET" : "HPE_INVALID";
  }
  // Two addresses tried at once (localhost: ::1 and 127.0.0.1) fail together.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? "" : codeOf(error.cause);
}

interface FaultRow {
  codes: RegExp;
  code: ConstructorParameters<typeof AppError>[0];
  message(remote: Remote, step: string): string;
  hint(remote: Remote): string;
}

const LOST: FaultRow = {
  // The mismatch is a body that ended before its declared length: HTTP does not read beyond it.
  codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|ECONNABORTED)$/,
  code: "plugin_connection_lost",
  message: ({ label }, step) => `${label} closed the connection before its answer to ${step} was complete.`,
  hint: () => "The plugin may have crashed or restarted: look at its log.",
};

const FAULTS: FaultRow[] = [
  {
    codes: /^ECONNREFUSED$/,
    code: "plugin_unreachable",
    message: ({ label }) => `Nothing is listening at ${label}: the connection was refused.`,
    hint: () => "Start the plugin, or correct the port in its endpoint.",
  },
  {
    codes: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/,
    code: "plugin_unreachable",
    message: ({ label }) => `There is no route from the console to ${label}.`,
    hint: () => "Check the address and the network between the console and the plugin.",
  },
  {
    codes: /^ETIMEDOUT$/,
    code: "plugin_timeout",
    message: ({ label }) => `${label} did not accept a connection in time.`,
    hint: () => "Check the host and port, and that no firewall stands between the console and the plugin.",
  },
  {
    codes: /^(ENOTFOUND|EAI_[A-Z]+|ENODATA|ESERVFAIL)$/,
    code: "plugin_dns_error",
    message: ({ host }) => `The name ${host} could not be resolved: no name server knows it.`,
    hint: () => "Check the spelling, and that the machine the console runs on can resolve the name.",
  },
  {
    codes: /^CERT_HAS_EXPIRED$/,
    code: "plugin_tls_error",
    message: ({ label }) => `The certificate of ${label} has expired.`,
    hint: () => "Renew the plugin's certificate.",
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: "plugin_tls_error",
    message: ({ host, label }) => `The certificate of ${label} was issued for another host than ${host}.`,
    hint: () => "Use the host name that is in the certificate, or have it issued for this one.",
  },
  {
    codes:
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/,
    code: "plugin_tls_error",
    message: ({ label }) => `The certificate of ${label} is signed by nobody this machine trusts.`,
    hint: () => "Start the console with NODE_EXTRA_CA_CERTS=/path/to/ca.pem, the authority that signed it.",
  },
  {
    codes: /^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+)$/,
    code: "plugin_tls_error",
    message: ({ label }) => `A secure connection to ${label} could not be agreed on.`,
    hint: ({ url = "" }) =>
      /^grpc/.test(url)
        ? "If the plugin does not speak TLS, write grpc:// instead of grpcs://."
        : "If the plugin does not speak TLS, write http:// instead of https://.",
  },
  {
    codes: /^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/,
    code: "plugin_response_too_large",
    message: ({ label }, step) => `${label} answered ${step} with more than 16 KB of headers.`,
    hint: () => "Send fewer or smaller response headers.",
  },
  {
    codes: /^HTTP2$/,
    code: "plugin_invalid_response",
    message: ({ label }) => `${label} speaks HTTP/2, as gRPC plugins do, and not HTTP/1.1.`,
    hint: ({ label }) => `If it is a gRPC plugin, write grpc://${label} instead of http://.`,
  },
  {
    codes: /^HPE_\w+$/,
    code: "plugin_invalid_response",
    message: ({ label }, step) => `What ${label} sent in answer to ${step} is not HTTP.`,
    hint: ({ secure }) =>
      secure
        ? "Another program may own that port."
        : "Another program may own that port, or it speaks TLS: try https://.",
  },
  {
    // zlib's, brotli's and zstd's own.
    codes: /^(?:Z_\w+|ERR_(?:_|BROTLI|ZSTD)\w*)$/,
    code: "plugin_invalid_response",
    message: ({ label }, step) => `The compressed answer of ${label} to ${step} is damaged.`,
    hint: () => "Send the answer without compression: the console asks for identity.",
  },
];
