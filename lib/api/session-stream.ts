import { AppError } from "../contract/error.ts";
import type { ApiContext, Visit } from "./context.ts";
import { toEventStream } from "./event-stream.ts";

/** A stream of events for one visitor: it ends when they leave, and with an error when their session does. */
export function toSessionStream(
  { clock, sessions }: ApiContext,
  { headers, signal }: Visit,
  start: (signal: AbortSignal) => AsyncGenerator<unknown>,
): Response {
  const controller = new AbortController();
  signal.addEventListener("abort", () => controller.abort(), { once: true });
  return toEventStream(start(controller.signal), {
    clock,
    controller,
    async onKeepAlive() {
      if (await sessions.find(headers)) return;
      controller.abort(new AppError("unauthenticated", "The session has ended.", { hint: "Sign in again." }));
    },
  });
}
