import { Fault } from "./fault.js";

const CODE_BY_STATUS = {
  400: "invalid_request",
  401: "authentication_failed",
  402: "quota_exceeded",
  403: "authentication_failed",
  404: "model_not_found",
  408: "timeout",
  413: "invalid_request",
  422: "invalid_request",
  429: "rate_limit_exceeded",
};

/** What the endpoint calls these in its error body, whatever the status. */
const CODE_BY_NAME = {
  insufficient_quota: "quota_exceeded",
  content_filter: "content_filter",
  model_not_found: "model_not_found",
};

/** Seconds until the time in a Retry-After header, which holds seconds or a date. */
function readRetryAfter(header) {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/** The HTTP side of an OpenAI-style endpoint. Whatever goes wrong is a Fault in the protocol's words, without the key in it. */
export function createEndpoint(config) {
  const base = config.base_url.replace(/\/+$/, "");
  if (!URL.canParse(base)) throw new Fault("invalid_request", "base_url is not an address.");
  const { host } = new URL(base);

  /** Some endpoints repeat the key in their error message; it must not travel on. */
  const redact = (text) => text.replaceAll(config.api_key, "[key]").slice(0, 300);

  async function readRefusal(response) {
    const text = await response.text();
    let error = {};
    try {
      const body = JSON.parse(text);
      error = body.error ?? body;
    } catch {
      // Not JSON: the status alone has to do.
    }
    const code = CODE_BY_NAME[error.code] ?? CODE_BY_STATUS[response.status] ?? "provider_unavailable";
    const said = typeof error.message === "string" ? `: ${redact(error.message)}` : "";
    const retryAfter = readRetryAfter(response.headers.get("retry-after"));
    return new Fault(
      code,
      `${host} answered ${response.status}${said}`,
      retryAfter === undefined ? undefined : { retry_after: retryAfter },
    );
  }

  /** One HTTP call; resolves to a 2xx response or throws a Fault. */
  async function call(path, { body, signal }) {
    let response;
    try {
      response = await fetch(base + path, {
        method: body ? "POST" : "GET",
        headers: { authorization: `Bearer ${config.api_key}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
        // A redirect would carry the key to an address nobody configured.
        redirect: "manual",
        signal,
      });
    } catch (error) {
      if (error.name === "TimeoutError") throw new Fault("timeout", `${host} did not answer in time.`);
      signal.throwIfAborted();
      const reason = error.cause?.code ?? error.message;
      throw new Fault("provider_unavailable", `Cannot reach ${host} (${reason}). Check base_url.`);
    }
    if (!response.ok) throw await readRefusal(response);
    return response;
  }

  async function readJson(response) {
    try {
      return await response.json();
    } catch {
      throw new Fault("provider_unavailable", `${host} did not answer with JSON. Check base_url.`);
    }
  }

  return { host, redact, call, readJson };
}
