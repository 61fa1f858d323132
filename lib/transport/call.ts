import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";

/**
 * The abort of one call to a plugin. Whatever ends it first gives the reason, always an `AppError`:
 * the caller's signal (`request_aborted`), a limit, or `cancel`.
 */
export interface Call {
  readonly signal: AbortSignal;
  /** Aborts the call with `late()` after `ms`. The function returned lifts the limit again. */
  limit(ms: number, late: () => AppError): () => void;
  /** Begins `work` unless the call is aborted already; settles like it, or rejects with the reason on abort. */
  race<T>(work: () => Promise<T>): Promise<T>;
  cancel(reason: AppError): void;
  /** Runs `cleanup` once, when the call is disposed of. */
  onDispose(cleanup: () => void): void;
  /** Removes every timer and listener and runs the cleanups. Safe to call twice. */
  dispose(): void;
}

export function createCall(clock: Clock, caller?: AbortSignal): Call {
  const controller = new AbortController();
  const cleanups = new Set<() => void>();

  const cancel = (reason: AppError) => controller.abort(reason);
  const onCallerAbort = () => cancel(abortedByCaller());
  if (caller?.aborted) onCallerAbort();
  else caller?.addEventListener("abort", onCallerAbort, { once: true });
  cleanups.add(() => caller?.removeEventListener("abort", onCallerAbort));

  return {
    signal: controller.signal,
    cancel,
    onDispose: (cleanup) => void cleanups.add(cleanup),
    limit(ms, late) {
      const deadline = clock.deadline(ms);
      const expire = () => cancel(late());
      deadline.signal.addEventListener("abort", expire, { once: true });
      const lift = () => {
        deadline.signal.removeEventListener("abort", expire);
        deadline.clear();
        cleanups.delete(lift);
      };
      cleanups.add(lift);
      return lift;
    },
    async race(work) {
      controller.signal.throwIfAborted();
      let onAbort: () => void = () => undefined;
      const aborted = new Promise<never>((_, reject) => {
        onAbort = () => reject(controller.signal.reason as AppError);
      });
      controller.signal.addEventListener("abort", onAbort, { once: true });
      try {
        return await Promise.race([work(), aborted]);
      } finally {
        controller.signal.removeEventListener("abort", onAbort);
      }
    },
    dispose() {
      for (const cleanup of [...cleanups]) cleanup();
      cleanups.clear();
    },
  };
}

/** The caller changed its mind: not the plugin's fault. */
export function abortedByCaller(): AppError {
  return new AppError("request_aborted", "The request was stopped before the plugin had answered.");
}
