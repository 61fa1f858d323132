import type { Socket } from "node:net";
import { ChannelCredentials, Client, credentials, experimental, type ChannelOptions } from "@grpc/grpc-js";
import { slowNameFault } from "../core/network-fault.ts";
import {
  refuseConnected,
  resolveAllowed,
  type AddressGuard,
  type Destination,
} from "../egress/address-guard.ts";
import { connectTimeout } from "../egress/connector.ts";
import type { ResolvedAddress } from "../egress/dns.ts";
import { startHttp2Tls } from "../egress/tls.ts";
import type { Call } from "./call.ts";

export interface ChannelSettings extends Omit<AddressGuard, "ownPort"> {
  target: Destination;
  /** The port the console itself listens on, asked at every connection. */
  ownPort(): number;
  connectMs: number;
  /** PEM of one more certificate authority to trust. */
  ca?: string | undefined;
}

/** The connection of one call, gone when the call is disposed of. */
export interface Channel {
  client: Client;
  /** How far connecting came, which the library reports only as text. */
  progress: Progress;
}

export interface Progress {
  /** TCP, TLS and the guard are content. */
  isConnected: boolean;
  /** Why not: the guard's refusal or an error of TLS. */
  failure: unknown;
}

/**
 * Resolves and judges the target, then makes a channel that can reach the judged addresses and nothing else. A channel of
 * its own for every call, as with HTTP: nothing that arrives unasked can answer another call, a restarted plugin never
 * meets a stale connection, and disposing of the call destroys the socket whatever state it is in.
 */
export async function openChannel(settings: ChannelSettings, call: Call, maxBytes: number): Promise<Channel> {
  const { target, connectMs } = settings;
  const guard: AddressGuard = { ...settings, ownPort: settings.ownPort() };
  let isNamed = false;
  const lift = call.limit(connectMs, () =>
    isNamed ? connectTimeout(target, connectMs) : slowNameFault(target, connectMs / 1000),
  );
  const addresses = await call.race(() => resolveAllowed(target, guard));
  isNamed = true;
  const over = new AbortController();
  const progress: Progress = { isConnected: false, failure: undefined };
  const guarded = new GuardedCredentials(target.secure, async (socket) => {
    try {
      const secured = await admit(socket, settings, guard);
      progress.isConnected = true;
      lift();
      return secured;
    } catch (error) {
      progress.failure = error;
      throw error;
    }
  });
  const authority = `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
  const client = new Client(`${JUDGED}:${authority}`, guarded, {
    ...CHANNEL_OPTIONS,
    "grpc.default_authority": authority,
    "grpc.max_receive_message_length": maxBytes,
    [ADDRESSES]: addresses.map(({ address }) => ({ host: address, port: target.port, signal: over.signal })),
  });
  call.onDispose(() => {
    client.close();
    over.abort(CALL_OVER);
  });
  return { client, progress };
}

/** The peer's own address once more, then TLS where the endpoint asks for it. */
async function admit(socket: Socket, settings: ChannelSettings, guard: AddressGuard): Promise<Socket> {
  // Destroying the socket at the end of a call is nobody's error.
  socket.on("error", () => undefined);
  const { target, trace, ca } = settings;
  const refusal = refuseConnected(socket, target, guard);
  if (refusal) throw refusal;
  trace?.ok("tcp", `Connected to ${socket.remoteAddress ?? target.label}`);
  if (!target.secure) {
    trace?.skip("tls", "Plain gRPC");
    return socket;
  }
  const secured = await startHttp2Tls(socket, target, ca);
  trace?.ok("tls", secured.getProtocol() ?? "");
  return secured;
}

/** Nothing is retried, configured by DNS, sent through a proxy of the environment, shared or kept for statistics. */
const CHANNEL_OPTIONS: ChannelOptions = {
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.enable_channelz": 0,
  "grpc.primary_user_agent": "loom-console",
};

/** Made once: an error with its stack for every call would cost more than the call's own work. */
const CALL_OVER = new Error("The call is over.");

/** The scheme of targets whose addresses were judged before, and the option that carries them. */
const JUDGED = "loom-judged";
const ADDRESSES = "loom.judged_addresses";

/** An address as the library hands it to `net.connect`, which also takes a signal that destroys the socket. */
interface JudgedAddress {
  host: ResolvedAddress["address"];
  port: number;
  signal: AbortSignal;
}

/** Resolves to what the channel was made with: the library's own resolver would ask DNS again, and could hear otherwise. */
class JudgedResolver implements experimental.Resolver {
  readonly #addresses: JudgedAddress[];
  readonly #listener: experimental.ResolverListener;
  #isAnswered = false;

  constructor(
    _target: experimental.GrpcUri,
    listener: experimental.ResolverListener,
    options: ChannelOptions,
  ) {
    this.#listener = listener;
    this.#addresses = options[ADDRESSES] as JudgedAddress[];
  }

  /** Answers once: the library asks again after every failure, and would then connect again without a pause. */
  updateResolution(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    const endpoints = this.#addresses.map((address) => ({ addresses: [address] }));
    process.nextTick(() => this.#listener(experimental.statusOrFromValue(endpoints), {}, null, ""));
  }

  destroy(): void {}

  static getDefaultAuthority({ path }: experimental.GrpcUri): string {
    return path;
  }
}
experimental.registerResolver(JUDGED, JudgedResolver);

const NO_CALL_CREDENTIALS = credentials.createEmpty();

/** Lets us see each socket before the first byte goes out, and do TLS as everywhere else in the console. */
class GuardedCredentials extends ChannelCredentials {
  readonly #isSecure: boolean;
  readonly #admit: (socket: Socket) => Promise<Socket>;

  constructor(isSecure: boolean, admitSocket: (socket: Socket) => Promise<Socket>) {
    super();
    this.#isSecure = isSecure;
    this.#admit = admitSocket;
  }

  override compose(): ChannelCredentials {
    return this;
  }

  override _isSecure(): boolean {
    return this.#isSecure;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(
    ...[, , callCredentials]: Parameters<ChannelCredentials["_createSecureConnector"]>
  ): experimental.SecureConnector {
    return {
      connect: async (socket) => ({ socket: await this.#admit(socket), secure: this.#isSecure }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => callCredentials ?? NO_CALL_CREDENTIALS,
      destroy: () => undefined,
    };
  }
}
