import { lookup as resolve, type LookupAddress, type LookupOptions } from "node:dns";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import type { Clock } from "../core/clock.ts";
import { slowNameFault } from "../core/network-fault.ts";
import { connectTimeout, refuseAddresses, refusePeerOf, type PeerGuardOptions } from "./address-guard.ts";

export interface ConnectorOptions extends PeerGuardOptions {
  clock: Clock;
  connectMs: number;
  /** PEM of one more certificate authority to trust. */
  ca?: string | undefined;
}

/**
 * Opens sockets for undici, to allowed peers only. A literal address is judged before anything is sent, a name after it
 * is resolved and before the first packet, and the peer's own address once more after the connection stands.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { target, clock, connectMs, trace } = options;
  return (_request, callback) => {
    const isLiteral = isIP(target.host) !== 0;
    const refusal = isLiteral ? refuseAddresses([target.host], options) : null;
    if (refusal) return callback(refusal, null);

    let isNamed = isLiteral;
    const socket = openSocket(options, () => (isNamed = true));
    const deadline = clock.deadline(connectMs);
    let settled = false;
    const settle = (error: Error | null) => {
      if (settled) return;
      settled = true;
      deadline.clear();
      if (!error) return callback(null, socket);
      socket.destroy();
      callback(error, null);
    };
    const late = () =>
      isNamed ? connectTimeout(target, connectMs) : slowNameFault(target, connectMs / 1000);
    deadline.signal.addEventListener("abort", () => settle(late()), { once: true });
    socket.once("connect", () => trace?.ok("tcp", `Connected to ${socket.remoteAddress ?? target.label}`));
    socket.once(target.secure ? "secureConnect" : "connect", () => {
      settle(refusePeerOf(socket, options));
      if (socket instanceof TLSSocket) trace?.ok("tls", socket.getProtocol() ?? "");
      else trace?.skip("tls", "Plain http");
    });
    socket.on("error", settle);
    socket.once("close", () => settle(new Error("The connection was closed before it stood.")));
  };
}

function openSocket(options: ConnectorOptions, onNamed: () => void): Socket {
  const { target, ca } = options;
  const address = {
    host: target.host,
    port: target.port,
    lookup: createGuardedLookup(options, onNamed),
    autoSelectFamily: true,
    noDelay: true,
  };
  if (!target.secure) return connectTcp(address);
  return connectTls({
    ...address,
    ALPNProtocols: ["http/1.1"],
    ...(isIP(target.host) ? {} : { servername: target.host }),
    ...(ca === undefined ? {} : { ca: [ca] }),
  });
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** `dns.lookup` that fails unless every address of the name may be talked to. */
function createGuardedLookup(guard: PeerGuardOptions, onNamed: () => void) {
  return (name: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(name, { ...options, all: true }, (error, found) => {
      onNamed();
      if (error) return callback(error, "");
      const refusal = refuseAddresses(
        found.map((entry) => entry.address),
        guard,
      );
      if (refusal) return callback(refusal, "");
      const first = found[0];
      if (options.all === true || first === undefined) return callback(null, found);
      callback(null, first.address, first.family);
    });
  };
}
