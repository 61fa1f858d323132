import type { IncomingMessage, ServerResponse } from "node:http";

/** Takes requests under `/v1/`. A plain node:http listener: this path carries the load. */
export type Gateway = (request: IncomingMessage, response: ServerResponse) => void;

/** The mount point of the OpenAI-compatible gateway. It answers in OpenAI's error shape, so that client libraries can show it. */
export function createGateway(): Gateway {
  const body = JSON.stringify({
    error: {
      message:
        "The OpenAI-compatible gateway is not part of this version of Loom Console. Talk to plugins in the playground, or through POST /api/playground/runs.",
      type: "invalid_request_error",
      param: null,
      code: "gateway_not_available",
    },
  });
  return (request, response) => {
    // The body is not wanted: let it flow away, so that the connection can be used again.
    request.resume();
    response.writeHead(404, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };
}
