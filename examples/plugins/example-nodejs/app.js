// The six calls of the plugin protocol.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import express from "express";
import { parse } from "yaml";
import { readConfig } from "./config.js";
import { Fault, toFault } from "./fault.js";
import { createOffline } from "./offline.js";
import { createUpstream } from "./upstream.js";

const { metadata } = parse(readFileSync(new URL("plugin.yaml", import.meta.url), "utf8"));
const MODELS_TIMEOUT_MS = 5_000;

/** Keeps what the guide defines and checks what we rely on. */
function readChatRequest(body) {
  const { model, messages, plugin_specific: extra, ...parameters } = body ?? {};
  if (typeof model !== "string" || model === "") throw new Fault("invalid_request", "model is required.");
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Fault("invalid_request", "messages must be a list with at least one message.");
  }
  for (const [index, message] of messages.entries()) {
    if (typeof message?.role !== "string" || message.content === undefined) {
      throw new Fault("invalid_request", `messages[${index}] needs a role and a content.`);
    }
  }
  return { ...extra, ...parameters, model, messages };
}

/** Sends chunks as server-sent events. The first one is awaited before any header, so that an early error keeps its status. */
async function sendEvents(res, chunks, envelope, signal) {
  const send = (data) => res.write(`data: ${data}\n\n`) || once(res, "drain", { signal });
  try {
    let next = await chunks.next();
    res.set({ "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" });
    for (; !next.done; next = await chunks.next()) {
      await send(JSON.stringify({ ...envelope, ...next.value }));
    }
    await send("[DONE]");
    res.end();
  } finally {
    await chunks.return();
  }
}

/** Makes one plugin, not initialized yet, as an Express application. */
export function createApp() {
  const boot = { boot_id: randomUUID(), started_at: new Date().toISOString() };
  /** Null until `/initialize` and after `/cleanup`: `{ provider, closing }`. */
  let running = null;

  const requireRunning = () => {
    if (running) return running;
    throw new Fault("invalid_request", "The plugin is not initialized. Call POST /initialize first.");
  };

  const app = express().disable("x-powered-by").disable("etag");
  // Long conversations are large; the guide sets no limit.
  app.use(express.json({ limit: "8mb" }));

  app.get("/metadata", (req, res) => {
    res.json(metadata);
  });

  // May be called again at any time with a complete new configuration; answers under way keep the old one.
  app.post("/initialize", (req, res) => {
    const config = readConfig(metadata.config_schema, req.body);
    const provider = config.offline ? createOffline(config) : createUpstream(config);
    running = { provider, closing: running?.closing ?? new AbortController() };
    res.json({});
  });

  app.get("/health", async (req, res) => {
    const began = performance.now();
    const check = running
      ? await running.provider.check()
      : { healthy: false, message: "not initialized", status: "not_initialized" };
    res.status(running ? 200 : 503).json({
      healthy: check.healthy,
      message: check.message,
      latency_ms: Math.round(performance.now() - began),
      timestamp: new Date().toISOString(),
      details: { ...boot, provider_status: check.status },
    });
  });

  app.get("/models", async (req, res) => {
    res.json(await requireRunning().provider.models(AbortSignal.timeout(MODELS_TIMEOUT_MS)));
  });

  app.post("/chat/completions", async (req, res) => {
    const { provider, closing } = requireRunning();
    const request = readChatRequest(req.body);
    const left = new AbortController();
    res.on("close", () => left.abort());
    const signal = AbortSignal.any([left.signal, closing.signal]);
    const envelope = {
      id: `chatcmpl-${randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: request.model,
    };
    if (request.stream) {
      const chunks = provider.stream(request, signal);
      await sendEvents(res, chunks, { ...envelope, object: "chat.completion.chunk" }, signal);
    } else {
      res.json({ ...envelope, object: "chat.completion", ...(await provider.complete(request, signal)) });
    }
  });

  app.post("/cleanup", (req, res) => {
    running?.closing.abort(new Fault("provider_unavailable", "The plugin was switched off."));
    running = null;
    res.json({});
  });

  app.use((req) => {
    throw new Fault("invalid_request", `There is no ${req.method} ${req.path} in the plugin protocol.`);
  });

  // Express recognises an error handler by its four parameters.
  app.use((error, req, res, next) => {
    if (res.closed) return; // The caller has left; nobody is waiting for this error.
    const fault = toFault(error);
    if (res.headersSent) res.end(`data: ${JSON.stringify({ error: fault })}\n\n`);
    else res.status(fault.status).json(fault);
  });

  return app;
}
