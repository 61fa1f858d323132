import { ErrorInfo, isAppError } from "@/lib/contract/error.ts";

/** Whatever was thrown, as the one error shape. Foreign errors become `internal_error` without their text: it was not written for people. */
export function toErrorInfo(error: unknown): ErrorInfo {
  if (isAppError(error)) return error.toInfo();
  const info = ErrorInfo.safeParse(error);
  if (info.success) return info.data;
  return {
    code: "internal_error",
    message: "Something went wrong on this page",
    hint: "Reload the page. If it happens again, the browser's console and the server's log say more.",
  };
}
