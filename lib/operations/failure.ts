import { isAppError, type ErrorInfo } from "../contract/error.ts";
import type { Log } from "../log.ts";

/** What people may see of a failure. Anything that is not ours becomes `internal_error`; its cause goes to the log and nowhere else. */
export function toErrorInfo(error: unknown, log: Log, requestId: string | null): ErrorInfo {
  if (isAppError(error)) {
    if (error.status >= 500 && error.cause !== undefined) {
      log.warn({ err: error.cause, code: error.code, requestId }, error.message);
    }
    return error.toInfo();
  }
  log.error({ err: error, requestId }, "unexpected failure");
  return {
    code: "internal_error",
    message: "Something went wrong inside the console.",
    hint: "Try again. If it stays, look for the request id in the console's log.",
  };
}
