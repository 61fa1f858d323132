import {
  Refusal,
  serveProvider,
  type ProviderServer,
  type SeenRequest,
  type Send,
} from "./provider-server.ts";

export interface AnthropicServer extends ProviderServer {
  key: string;
  models: Array<{ type: "model"; id: string; display_name: string; created_at: string }>;
  /** Ends the answer this way instead of the usual one. */
  stopReason: string | null;
}

const FIELDS = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "stream",
  "tools",
  "tool_choice",
  "metadata",
  "thinking",
]);

const model = (id: string, name: string) => ({
  type: "model" as const,
  id,
  display_name: name,
  created_at: "2025-02-19T00:00:00Z",
});

/** A service that speaks Anthropic's Messages API and is strict about what it is sent. */
export async function serveAnthropic(overrides: Partial<AnthropicServer> = {}): Promise<AnthropicServer> {
  const settings = {
    key: "sk-ant-test-0123456789",
    models: [
      model("claude-large-1", "Claude Large 1"),
      model("claude-small-1", "Claude Small 1"),
      model("legacy-1", "Legacy 1"),
    ],
    stopReason: null as string | null,
    ...overrides,
  };
  const base = await serveProvider({ answer: (request) => answer(server, request) });
  const server: AnthropicServer = Object.assign(base, settings);
  return server;
}

function refusal(status: number, type: string, message: string): Refusal {
  return new Refusal(status, { type: "error", error: { type, message }, request_id: "req_1" });
}

const invalid = (message: string) => refusal(400, "invalid_request_error", message);

function answer(server: AnthropicServer, request: SeenRequest): object | ((send: Send) => Promise<void>) {
  const { headers, method, path, body } = request;
  if (headers["x-api-key"] !== server.key) throw refusal(401, "authentication_error", "invalid x-api-key");
  if (headers.authorization !== undefined)
    throw refusal(401, "authentication_error", "unexpected authorization");
  if (headers["anthropic-version"] !== "2023-06-01") throw invalid("anthropic-version: header is required");
  const url = new URL(path, server.origin);
  if (method === "GET" && url.pathname === "/v1/models") return listModels(server, url.searchParams);
  if (method !== "POST" || url.pathname !== "/v1/messages")
    throw refusal(404, "not_found_error", "Not found");
  check(server, body);
  return body["stream"] === true ? (send: Send) => stream(server, body, send) : whole(server, body);
}

function listModels({ models }: AnthropicServer, query: URLSearchParams) {
  // Small pages, so that the next one is needed.
  const limit = Math.min(Number(query.get("limit") ?? 20), 2);
  const after = query.get("after_id");
  const start = after === null ? 0 : models.findIndex(({ id }) => id === after) + 1;
  const data = models.slice(start, start + limit);
  return {
    data,
    has_more: start + limit < models.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}

type Block = Record<string, unknown>;

function check({ models }: AnthropicServer, body: Record<string, unknown>): void {
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw invalid(`${unknown}: Extra inputs are not permitted`);
  if (typeof body["max_tokens"] !== "number") throw invalid("max_tokens: Field required");
  if (!models.some(({ id }) => id === body["model"]))
    throw refusal(404, "not_found_error", `model: ${String(body["model"])}`);
  const temperature = body["temperature"];
  if (typeof temperature === "number" && temperature > 1) throw invalid("temperature: range: 0..1");
  const turns = body["messages"] as Array<{ role: string; content: Block[] }>;
  let open: string[] = [];
  for (const [index, { role, content }] of turns.entries()) {
    if (role !== (index % 2 === 0 ? "user" : "assistant"))
      throw invalid(`messages.${index}: roles must alternate`);
    for (const block of content) checkBlock(block, index);
    const results = content.filter(({ type }) => type === "tool_result").map((block) => block["tool_use_id"]);
    if (role === "user" && open.some((id) => !results.includes(id)))
      throw invalid("`tool_use` ids were found without `tool_result` blocks immediately after");
    open = content.filter(({ type }) => type === "tool_use").map((block) => String(block["id"]));
  }
}

function checkBlock(block: Block, index: number): void {
  const { type, text, source, input } = block;
  if (type === "text" && (typeof text !== "string" || text === ""))
    throw invalid(`messages.${index}: text content blocks must be non-empty`);
  if (type === "tool_use" && (typeof input !== "object" || input === null))
    throw invalid(`messages.${index}: tool_use.input: Input should be a valid dictionary`);
  const image = source as { type?: string; media_type?: string; data?: string; url?: string } | undefined;
  if (type === "image" && !(image?.type === "url" ? image.url : image?.media_type && image.data))
    throw invalid(`messages.${index}: image.source`);
  if (!["text", "image", "tool_use", "tool_result"].includes(String(type)))
    throw invalid(`messages.${index}: unknown type`);
}

function reply(body: Record<string, unknown>) {
  const turns = body["messages"] as Array<{ content: Block[] }>;
  const last = turns.at(-1)?.content ?? [];
  const tools = body["tools"] as Array<{ name: string; input_schema?: unknown }> | undefined;
  if (tools?.some((tool) => typeof tool.input_schema !== "object"))
    throw invalid("tools.0.input_schema: Field required");
  const call = tools?.[0] && !last.some(({ type }) => type === "tool_result") ? tools[0].name : null;
  const said = last.map((block) => {
    if (block["type"] === "tool_result")
      return (block["content"] as Block[]).map(({ text }) => text).join(" ");
    return block["type"] === "image" ? "an image" : String(block["text"]);
  });
  const system = typeof body["system"] === "string" ? ` (${body["system"]})` : "";
  return { call, words: `You said: ${said.join(" and ")}${system}`.split(/(?<= )/) };
}

const USAGE = { input_tokens: 10, cache_creation_input_tokens: 3, cache_read_input_tokens: 2 };
const ARGUMENTS = ['{"city"', ': "Oslo"}'];

function whole({ stopReason }: AnthropicServer, body: Record<string, unknown>) {
  const { call, words } = reply(body);
  const text = call === null ? words.join("") : "Let me look.";
  const use = call === null ? [] : [{ type: "tool_use", id: "toolu_1", name: call, input: { city: "Oslo" } }];
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: body["model"],
    content: [{ type: "text", text }, ...use],
    stop_reason: stopReason ?? (call === null ? "end_turn" : "tool_use"),
    stop_sequence: null,
    usage: { ...USAGE, output_tokens: words.length },
  };
}

async function stream(
  { stopReason }: AnthropicServer,
  body: Record<string, unknown>,
  send: Send,
): Promise<void> {
  const { call, words } = reply(body);
  const push = (type: string, more: object = {}) =>
    send(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: body["model"],
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  await push("message_start", { message: { ...message, usage: { ...USAGE, output_tokens: 1 } } });
  await push("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  const pieces = call === null ? words : ["Let me look."];
  for (const [index, text] of pieces.entries()) {
    if (!(await push("content_block_delta", { index: 0, delta: { type: "text_delta", text } }))) return;
    if (index === 1) await push("ping");
  }
  await push("content_block_stop", { index: 0 });
  if (call !== null) {
    await push("content_block_start", {
      index: 1,
      content_block: { type: "tool_use", id: "toolu_1", name: call, input: {} },
    });
    for (const json of ["", ...ARGUMENTS])
      await push("content_block_delta", {
        index: 1,
        delta: { type: "input_json_delta", partial_json: json },
      });
    await push("content_block_stop", { index: 1 });
  }
  const reason = stopReason ?? (call === null ? "end_turn" : "tool_use");
  await push("message_delta", {
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: words.length },
  });
  await push("message_stop");
}
