import { Client, type Dispatcher } from "undici";
import { createConnector, type ConnectorOptions } from "./connector.ts";

/** An answer whose headers have arrived and whose body is still on the wire. Nothing is decompressed. */
export type HttpResponse = Dispatcher.ResponseData;

/** One request. `path` begins with a slash and carries the query. */
export type HttpRequest = Dispatcher.RequestOptions;

/** HTTP/1.1 to one origin. Whoever opens it destroys it. */
export interface HttpConnection {
  /** Resolves when the headers are there, whatever the status; redirects are not followed. Rejects with the error of the network. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Destroys the socket; what still waits for it fails with `reason`. */
  destroy(reason: Error): Promise<void>;
}

/**
 * A connection to `origin` (scheme, host and port of `options.target`), made with the first request. Response headers of more than
 * `maxHeaderBytes` are refused. Has no limit of time but `connectMs`: whoever asks passes a signal.
 */
export function openHttpConnection(
  origin: string,
  maxHeaderBytes: number,
  options: ConnectorOptions,
): HttpConnection {
  return new Client(origin, {
    connect: createConnector(options),
    pipelining: 0,
    maxHeaderSize: maxHeaderBytes,
    // Our own clock ends requests; undici's timers would end them in its words.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
