import { createEndpoint } from "./endpoint.js";
import { Fault } from "./fault.js";

/** A good answer of the endpoint is trusted this long, so that frequent health checks do not use up its rate limit. */
const CHECK_VALID_MS = 30_000;
/** A host gives a health check 5 seconds: have an answer before that. */
const CHECK_TIMEOUT_MS = 4_000;

/** A deadline that starts anew with every sign of life. */
function createIdleTimer(timeoutMs, error) {
  const controller = new AbortController();
  let timer;
  const stop = () => clearTimeout(timer);
  const restart = () => {
    stop();
    timer = setTimeout(() => controller.abort(error), timeoutMs);
  };
  restart();
  return { signal: controller.signal, restart, stop };
}

/** Reads server-sent events from a response body and yields what stands after `data:`. */
async function* readEvents(body, onActivity) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    onActivity();
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    rest = lines.pop();
    yield* lines.filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length).trim());
  }
}

/** Forwards to an OpenAI-style endpoint. Has the same methods as createOffline. */
export function createUpstream(config) {
  const { host, redact, call, readJson } = createEndpoint(config);
  let lastCheck;

  /** Runs `work` with a signal that aborts when the caller stops or when the endpoint falls silent. */
  async function* withDeadline(callerSignal, work) {
    const silence = new Fault("timeout", `${host} sent nothing for ${config.timeout_seconds} seconds.`);
    const idle = createIdleTimer(config.timeout_seconds * 1000, silence);
    const signal = AbortSignal.any([callerSignal, idle.signal]);
    try {
      yield* work(signal, idle.restart);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof Fault
        ? error
        : new Fault("provider_unavailable", `${host} broke off: ${redact(error.message)}`);
    } finally {
      idle.stop();
    }
  }

  const assertOffered = (model) => {
    if (model.includes(config.model ?? "")) return;
    throw new Fault("model_not_found", `This plugin only offers models with "${config.model}" in their id.`);
  };

  return {
    /** Never throws: says whether the endpoint answers, asking it at most every CHECK_VALID_MS when all is well. */
    async check() {
      if (lastCheck?.healthy && Date.now() - lastCheck.at < CHECK_VALID_MS) return lastCheck;
      try {
        await (await call("/models", { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })).body?.cancel();
        lastCheck = { healthy: true, message: "OK", status: "connected", at: Date.now() };
      } catch (error) {
        // An endpoint without a model list still answers, and that is the question here.
        const answers = error.code === "model_not_found";
        lastCheck = answers
          ? {
              healthy: true,
              message: `OK, but ${host} has no model list`,
              status: "connected",
              at: Date.now(),
            }
          : { healthy: false, message: error.message, status: error.code, at: Date.now() };
      }
      return lastCheck;
    },

    async models(signal) {
      const list = await readJson(await call("/models", { signal }));
      const entries = Array.isArray(list) ? list : (list?.data ?? []);
      return entries
        .filter(({ id }) => typeof id === "string" && id.includes(config.model ?? ""))
        .map(({ id, name, context_length: context }) => ({
          id,
          name: name ?? id,
          ...(Number.isInteger(context) && { context_window: context }),
          capabilities: { streaming: true, function_calling: false, vision: false },
        }));
    },

    /** The whole answer, as the endpoint gave it. */
    async complete(request, callerSignal) {
      assertOffered(request.model);
      const body = { ...request, stream: false };
      const answers = withDeadline(callerSignal, async function* (signal) {
        yield await readJson(await call("/chat/completions", { body, signal }));
      });
      for await (const answer of answers) return answer;
    },

    /** Yields the chunks of one answer, as the endpoint sends them. */
    async *stream(request, callerSignal) {
      assertOffered(request.model);
      yield* withDeadline(callerSignal, async function* (signal, onActivity) {
        const body = { ...request, stream: true, stream_options: { include_usage: true } };
        const response = await call("/chat/completions", { body, signal });
        if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
          // An endpoint that cannot stream answers in one piece: pass it on as one chunk.
          const {
            choices: [{ message, finish_reason }],
            usage,
          } = await readJson(response);
          yield { choices: [{ index: 0, delta: message, finish_reason }], ...(usage && { usage }) };
          return;
        }
        for await (const data of readEvents(response.body, onActivity)) {
          if (data === "[DONE]") return;
          const chunk = JSON.parse(data);
          if (chunk.error) throw new Fault("provider_unavailable", redact(String(chunk.error.message)));
          yield chunk;
        }
        throw new Fault("provider_unavailable", `${host} ended its answer in the middle.`);
      });
    },
  };
}
