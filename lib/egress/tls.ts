import { isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { AppError } from "../contract/error.ts";
import type { Destination } from "./address-guard.ts";

/** TLS on a connected socket, for HTTP/2. Throws Node's own errors, and ours for a peer that speaks no HTTP/2. */
export function connectSecurely(
  socket: Socket,
  target: Destination,
  ca: string | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      host: target.host,
      ALPNProtocols: ["h2"],
      ...(isIP(target.host) ? {} : { servername: target.host }),
      ...(ca === undefined ? {} : { ca: [ca] }),
    });
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
