import { isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { AppError } from "../contract/error.ts";
import type { Destination } from "./address-guard.ts";

/** How TLS is spoken with a destination. `ca` is the PEM of one more certificate authority to trust. */
export function toTlsOptions(
  { host }: Destination,
  protocol: "http/1.1" | "h2",
  ca: string | undefined,
): ConnectionOptions {
  return {
    ALPNProtocols: [protocol],
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca: [ca] }),
  };
}

/** TLS on a connected socket, for HTTP/2. Throws Node's own errors, and ours for a peer that speaks no HTTP/2. */
export function startHttp2Tls(
  socket: Socket,
  target: Destination,
  ca: string | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ socket, host: target.host, ...toTlsOptions(target, "h2", ca) });
    secured.once("secureConnect", () => {
      if (secured.alpnProtocol === "h2") resolve(secured);
      else reject(speaksNoHttp2(target));
    });
    secured.on("error", (error: NodeJS.ErrnoException) =>
      reject(/NO_APPLICATION_PROTOCOL/.test(error.code ?? "") ? speaksNoHttp2(target, error) : error),
    );
    secured.once("close", () => reject(new Error("The connection was closed before it stood.")));
  });
}

function speaksNoHttp2({ label }: Destination, cause?: unknown): AppError {
  return new AppError("plugin_wrong_content_type", `${label} speaks TLS but not HTTP/2, which gRPC needs.`, {
    hint: "If it is an HTTP plugin, write https:// instead of grpcs://.",
    cause,
  });
}
