import { AppError, isAppError } from "../contract/error.ts";
import type { ConfigValues } from "../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import { formatDuration } from "../core/quantity.ts";
import { abortedByCaller, createCall, type Call } from "./call.ts";
import { ChatReader } from "./chat-reader.ts";
import { truncated } from "./chat-stream.ts";
import type { BuiltinPlugin, PluginClient, Reply } from "./client.ts";
import { readHealth, readMetadata, readModels } from "./lenient.ts";
import { TIMEOUTS, type Timeouts } from "./limits.ts";
import { toPluginFault } from "./plugin-fault.ts";
import type { Reading } from "./reading.ts";
import { createRedaction, type Redaction } from "./redaction.ts";

/**
 * A built-in plugin behind the same promises as every other one: deadlines, abort, and nothing shared, since every
 * value is copied as JSON on its way in and out.
 */
export function createBuiltinClient(
  plugin: BuiltinPlugin,
  clock: Clock,
  overrides: Partial<Timeouts> = {},
): PluginClient {
  const timeouts: Timeouts = { ...TIMEOUTS, ...overrides };
  const redaction = createRedaction(sensitiveFieldsOf(plugin));
  const running = new Set<Call>();
  let isClosed = false;

  function begin(signal?: AbortSignal): Call {
    const call = createCall(clock, signal);
    if (isClosed) call.cancel(abortedByCaller());
    running.add(call);
    return call;
  }

  function end(call: Call): void {
    running.delete(call);
    call.dispose();
  }

  async function exchange<T>(
    step: string,
    limitMs: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal, warn: (text: string) => void) => Promise<unknown>,
    read: (value: unknown, reading: Reading) => T,
  ): Promise<Reply<T>> {
    const call = begin(signal);
    call.limit(limitMs, () => tooLate(step, limitMs));
    const startedAt = clock.monotonic();
    try {
      const reading: Reading = { subject: `The plugin's answer to ${step}`, warnings: [] };
      const answer = await call.race(() => work(call.signal, (text) => reading.warnings.push(text)));
      const value = read(copy(answer), reading);
      return { value, latencyMs: clock.monotonic() - startedAt, warnings: reading.warnings };
    } catch (error) {
      throw toFault(error, step, call);
    } finally {
      end(call);
    }
  }

  async function* chat(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatChunk> {
    const call = begin(signal);
    const reading: Reading = { subject: "The plugin's answer", warnings: [] };
    call.limit(timeouts.totalMs, () => tooLate("chat", timeouts.totalMs));
    const reader = new ChatReader({
      reading,
      redaction,
      toFault: (body) => toReportedFault(body, redaction),
    });
    let source: AsyncIterator<ChatChunk> | undefined;
    try {
      const { firstByteMs, idleMs } = { ...timeouts, ...plugin.timeouts?.() };
      source = plugin.chat(copy(request), call.signal)[Symbol.asyncIterator]();
      const pull = source.next.bind(source);
      for (let waitMs = firstByteMs; ; waitMs = idleMs) {
        const lift = call.limit(waitMs, () => tooLate("chat", waitMs));
        const next = await call.race(pull);
        lift();
        if (next.done === true) break;
        const chunk = reader.chunk(copy(next.value));
        yield chunk;
        if (chunk.done === true) return;
      }
    } catch (error) {
      const rest = reader.flush();
      if (rest) yield rest;
      throw toFault(error, "chat", call);
    } finally {
      call.cancel(abortedByCaller());
      end(call);
      // A chat that waits at a yield notices no signal. One that is stuck elsewhere never comes back: nobody waits for it.
      void source?.return?.().catch(() => undefined);
    }
    const rest = reader.isComplete ? reader.end() : reader.flush();
    if (rest) yield rest;
    if (!reader.isComplete) throw truncated(reading.subject);
  }

  return {
    // Its way out to the service redacts whole secrets already; this finds those that a stream cuts in two.
    redact: redaction.add,
    metadata: (signal) =>
      exchange("metadata", timeouts.metadataMs, signal, async () => plugin.metadata(), readMetadata),
    initialize(config: ConfigValues, signal) {
      redaction.learn(config);
      return exchange(
        "initialize",
        timeouts.initializeMs,
        signal,
        (stop) => plugin.initialize(copy(config), stop),
        () => null,
      );
    },
    health: (signal) =>
      exchange(
        "health",
        timeouts.healthMs,
        signal,
        (stop) => plugin.health(stop),
        (value, reading) => readHealth(value, reading, clock.now()),
      ),
    models: (signal) =>
      exchange("models", timeouts.modelsMs, signal, (stop, warn) => plugin.models(stop, warn), readModels),
    chat,
    cleanup: (signal) =>
      exchange(
        "cleanup",
        timeouts.cleanupMs,
        signal,
        (stop) => plugin.cleanup(stop),
        () => null,
      ),
    close() {
      isClosed = true;
      for (const call of running) call.cancel(abortedByCaller());
      return Promise.resolve();
    },
  };
}

/** What would have travelled: JSON, and nothing of the other side's objects. */
function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function toFault(error: unknown, step: string, call: Call): AppError {
  if (call.signal.aborted) return call.signal.reason as AppError;
  if (isAppError(error)) return error;
  return new AppError("plugin_error", `The built-in plugin failed at ${step}.`, {
    hint: "This is a fault in the console itself: its log has the details.",
    cause: error,
  });
}

function sensitiveFieldsOf(plugin: BuiltinPlugin): string[] {
  const fields = plugin.metadata().config_schema.filter(({ sensitive }) => sensitive);
  return fields.map(({ name }) => name);
}

/** A complaint that a service hid in an answer its plugin passed on. */
function toReportedFault(body: unknown, redaction: Redaction): AppError {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const source = {
    label: "The service",
    step: "the chat",
    body,
    text,
    nowMs: 0,
    speaker: "provider",
  } as const;
  return toPluginFault(source, redaction);
}

function tooLate(step: string, limitMs: number): AppError {
  return new AppError(
    "plugin_timeout",
    `The built-in plugin did not answer ${step} within ${formatDuration(limitMs)}.`,
    {
      hint: "The console may be overloaded: look at its log.",
    },
  );
}
