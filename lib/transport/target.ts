import { parseEndpoint, type Endpoint } from "../core/address.ts";

/** Where a plugin listens and how its messages name it. */
export interface Target extends Endpoint {
  /** Scheme, host and port, without path. */
  origin: string;
  /** Path prefix without a trailing slash; often empty. */
  prefix: string;
  /** `127.0.0.1:8090`, `[::1]:8090`: for messages. */
  label: string;
}

/** Throws `invalid_url` like `parseEndpoint`. */
export function toTarget(endpoint: string): Target {
  const parsed = parseEndpoint(endpoint);
  const url = new URL(parsed.url);
  return {
    ...parsed,
    origin: url.origin,
    prefix: url.pathname.replace(/\/+$/, ""),
    label: `${url.hostname}:${parsed.port}`,
  };
}
