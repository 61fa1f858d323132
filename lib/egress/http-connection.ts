import { Client, type Dispatcher } from "undici";
import { createConnector, type ConnectorOptions } from "./connector.ts";

/** An answer whose headers have arrived and whose body is still on the wire. Nothing is decompressed. */
export interface HttpResponse {
  statusCode: number;
  /**
   * Names in lower case; of a name that was sent more than once the first value, without spaces around it. They have passed the
   * `redact` of their request: no header reaches a message, a log or our own code as it came.
   */
  headers: Readonly<Record<string, string>>;
  body: Dispatcher.ResponseData["body"];
}

/** Takes out of a text from outside what its sender must not make us repeat. */
export type Redact = (text: string) => string;

/** One request. `path` begins with a slash and carries the query. */
export type HttpRequest = Dispatcher.RequestOptions;

/** HTTP/1.1 to one origin. Whoever opens it destroys it. */
export interface HttpConnection {
  /** Resolves when the headers are there, whatever the status; redirects are not followed. Rejects with the error of the network. */
  request(request: HttpRequest, redact: Redact): Promise<HttpResponse>;
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
  const client = new Client(origin, {
    connect: createConnector(options),
    pipelining: 0,
    maxHeaderSize: maxHeaderBytes,
    // Our own clock ends requests; undici's timers would end them in its words.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async request(request, redact) {
      const { statusCode, headers, body } = await client.request(request);
      return { statusCode, body, headers: readHeaders(headers, redact) };
    },
    destroy: (reason) => client.destroy(reason),
  };
}

function readHeaders(headers: Dispatcher.ResponseData["headers"], redact: Redact): HttpResponse["headers"] {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    const text = Array.isArray(value) ? (value[0] ?? "") : (value ?? "");
    return [redact(name), redact(text.trim())];
  });
  return Object.fromEntries(entries);
}
