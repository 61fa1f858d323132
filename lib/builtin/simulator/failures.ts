import { AppError, type ErrorCode } from "../../contract/error.ts";
import type { Failure, Settings } from "./settings.ts";

/** Our code for each, whether trying again may help, and what such a provider says. */
const STORIES: Record<Failure, { code: ErrorCode; transient: boolean; says: string }> = {
  authentication_failed: {
    code: "plugin_authentication_failed",
    transient: false,
    says: "the key was not accepted",
  },
  rate_limit_exceeded: {
    code: "plugin_rate_limited",
    transient: true,
    says: "too many requests in one minute",
  },
  invalid_request: {
    code: "plugin_invalid_request",
    transient: false,
    says: "temperature is not supported by this model",
  },
  model_not_found: { code: "plugin_model_not_found", transient: false, says: "there is no such model" },
  provider_unavailable: {
    code: "plugin_provider_unavailable",
    transient: true,
    says: "the provider is overloaded",
  },
  timeout: { code: "plugin_timeout", transient: true, says: "the provider took too long" },
  internal_error: { code: "plugin_error", transient: false, says: "something went wrong inside" },
  quota_exceeded: { code: "plugin_quota_exceeded", transient: false, says: "this month's budget is used up" },
  content_filter: {
    code: "plugin_content_filter",
    transient: false,
    says: "the request was held back by a filter",
  },
  not_initialized: { code: "plugin_not_initialized", transient: true, says: "not initialized yet" },
  unreachable: { code: "plugin_unreachable", transient: true, says: "nothing listens there" },
  connection_lost: { code: "plugin_connection_lost", transient: true, says: "the connection was closed" },
  invalid_response: {
    code: "plugin_invalid_response",
    transient: false,
    says: "choices is missing in its answer",
  },
  invalid_json: { code: "plugin_invalid_json", transient: false, says: "its answer is not valid JSON" },
};

/** The failure that the configuration asks for. */
export function toFailure({ failure, retryAfterSeconds }: Settings): AppError {
  const { code, transient, says } = STORIES[failure];
  return new AppError(code, `The simulator fails as it was told to: ${says}.`, {
    hint: "To make it answer, lower failure_rate and break_rate in its configuration.",
    plugin: {
      code: failure,
      transient,
      ...(code === "plugin_rate_limited" ? { retryAfterSeconds } : {}),
    },
  });
}
