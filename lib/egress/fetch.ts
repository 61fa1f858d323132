import { isAppError, type AppError } from "../contract/error.ts";
import { abortable } from "../async/abortable.ts";
import type { Clock } from "../core/clock.ts";
import { toNetworkFault } from "../core/network-fault.ts";
import { resolveAllowedInTime, toDestination, type AddressGuard } from "./address-guard.ts";
import { openHttpConnection, type HttpResponse } from "./http-connection.ts";

export interface FetchGuard extends AddressGuard {
  clock: Clock;
  /** Whole fetch, name resolution included; 5 s unless told otherwise. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** Made once: an error with its stack for every fetch would cost more than it tells. */
const FETCH_OVER = new Error("The fetch is over.");

/** What is asked for, and how to speak of it. */
export interface FetchRequest {
  /** The `accept` header. */
  accept: string;
  /** What is asked, for messages: "the request for the manifest". */
  step: string;
  /** The error when the time is over. `label` is host:port. */
  tooLate(label: string): AppError;
}

/**
 * One GET of an http or https address, its response given to `read`, whatever its status. The name is resolved once, judged, and only
 * the judged addresses are connected to. Redirects are not followed. The connection is gone when the promise settles. Throws
 * `address_forbidden`, `address_needs_approval`, `request.tooLate`, the `plugin_*` codes of the network and what `read` throws.
 */
export async function fetchUrl<T>(
  url: string,
  request: FetchRequest,
  guard: FetchGuard,
  read: (response: HttpResponse, label: string) => Promise<T>,
): Promise<T> {
  const { clock, timeoutMs = TIMEOUT_MS } = guard;
  const target = toDestination(url);
  const deadline = clock.deadline(timeoutMs);
  try {
    const addresses = await abortable(resolveAllowedInTime(target, guard, clock), deadline.signal);
    const { origin, pathname, search } = new URL(url);
    const connection = openHttpConnection(origin, MAX_HEADER_BYTES, {
      ...guard,
      target,
      addresses,
      connectMs: timeoutMs,
    });
    try {
      const asked = {
        method: "GET" as const,
        path: pathname + search,
        headers: {
          accept: request.accept,
          "accept-encoding": "identity",
          "user-agent": "loom-console",
        },
        signal: deadline.signal,
      };
      // Nobody there was told a secret.
      const response = await connection.request(asked, String);
      // A body that nobody reads to its end fails with the connection, which is nobody's error.
      response.body.on("error", () => undefined);
      return await read(response, target.label);
    } finally {
      void connection.destroy(FETCH_OVER);
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    if (deadline.signal.aborted) throw request.tooLate(target.label);
    throw toNetworkFault(error, target, request.step);
  } finally {
    deadline.clear();
  }
}
