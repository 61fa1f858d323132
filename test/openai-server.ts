import {
  Refusal,
  serveProvider,
  type ProviderServer,
  type SeenRequest,
  type Send,
} from "./provider-server.ts";

export interface OpenAiServer extends ProviderServer {
  /** Ends in /v1. */
  baseUrl: string;
  /** Null: a local service without keys. */
  key: string | null;
  models: Array<{ id: string } & Record<string, unknown>>;
  /** Answers `stream_options` as a service does that does not know it. */
  refusesStreamOptions: boolean;
  /** Models that take `max_completion_tokens` only. */
  renamedLimit: Set<string>;
  /** The answer to a chat is this text; null makes it repeat what it was sent. */
  says: string | null;
}

/** Everything OpenAI documents for chat completions that we may send. Anything else is a mistake of ours. */
const FIELDS = new Set([
  "model",
  "messages",
  "temperature",
  "max_tokens",
  "max_completion_tokens",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "stop",
  "stream",
  "stream_options",
  "user",
  "tools",
  "tool_choice",
  "seed",
  "response_format",
]);

const ROLES = new Set(["system", "user", "assistant", "function", "tool"]);

/** A service that speaks OpenAI's wire format and is strict about what it is sent. */
export async function serveOpenAi(overrides: Partial<OpenAiServer> = {}, port = 0): Promise<OpenAiServer> {
  const settings = {
    key: "sk-test-0123456789abcdef" as string | null,
    models: [
      { id: "gpt-4o", object: "model", created: 1715367049, owned_by: "system" },
      { id: "gpt-4o-audio-preview", object: "model", created: 1715367049, owned_by: "system" },
      { id: "text-embedding-3-small", object: "model", created: 1705948997, owned_by: "system" },
    ] as OpenAiServer["models"],
    refusesStreamOptions: false,
    renamedLimit: new Set<string>(),
    says: null as string | null,
    ...overrides,
  };
  const base = await serveProvider({ answer: (request) => answer(server, request) }, port);
  const server: OpenAiServer = Object.assign(base, settings, { baseUrl: `${base.origin}/v1` });
  return server;
}

function answer(server: OpenAiServer, request: SeenRequest): object | ((send: Send) => Promise<void>) {
  requireKey(server, request);
  switch (`${request.method} ${request.path}`) {
    case "GET /v1/models":
      return { object: "list", data: server.models };
    case "POST /v1/chat/completions":
      checkChat(server, request);
      return request.body["stream"] === true
        ? (send: Send) => stream(server, request, send)
        : whole(server, request);
    default:
      throw refusal(404, `Invalid URL (${request.method} ${request.path})`, "invalid_request_error", null);
  }
}

function requireKey({ key }: OpenAiServer, { headers }: SeenRequest): void {
  if (key === null || headers.authorization === `Bearer ${key}`) return;
  const message = headers.authorization
    ? `Incorrect API key provided: ${headers.authorization.slice(7)}. You can find your API key in your account.`
    : "You didn't provide an API key.";
  throw refusal(401, message, "invalid_request_error", headers.authorization ? "invalid_api_key" : null);
}

function checkChat(server: OpenAiServer, { body, headers }: SeenRequest): void {
  if (headers["content-type"] !== "application/json")
    throw refusal(400, "We could not parse the JSON body of your request.");
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw refusal(400, `Unrecognized request argument supplied: ${unknown}`);
  if (server.refusesStreamOptions && "stream_options" in body) {
    const issue = {
      type: "extra_forbidden",
      loc: ["body", "stream_options"],
      msg: "Extra inputs are not permitted",
    };
    throw new Refusal(422, { detail: [issue] });
  }
  if ("stream_options" in body && body["stream"] !== true) {
    throw refusal(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  }
  const model = body["model"];
  if (!server.models.some(({ id }) => id === model)) {
    const message = `The model \`${String(model)}\` does not exist or you do not have access to it.`;
    throw refusal(404, message, "invalid_request_error", "model_not_found");
  }
  if (server.renamedLimit.has(String(model)) && "max_tokens" in body) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    throw refusal(400, message, "invalid_request_error", "unsupported_parameter");
  }
  if (!Array.isArray(body["messages"]) || body["messages"].length === 0)
    throw refusal(400, "[] is too short - 'messages'");
  body["messages"].forEach((message: unknown, index) =>
    checkMessage(message as Record<string, unknown>, index),
  );
}

function checkMessage(message: Record<string, unknown>, index: number): void {
  const { role, content, tool_calls: calls, tool_call_id: callId } = message;
  if (typeof role !== "string" || !ROLES.has(role))
    throw refusal(400, `Invalid value: '${String(role)}' at messages[${index}].role`);
  if (role === "tool" && typeof callId !== "string")
    throw refusal(400, `Missing parameter 'messages[${index}].tool_call_id'`);
  if (calls !== undefined && role !== "assistant")
    throw refusal(400, `messages[${index}].tool_calls is for assistants`);
  if (typeof content === "string" || (content === null && calls !== undefined)) return;
  if (!Array.isArray(content)) throw refusal(400, `Invalid type for 'messages[${index}].content'`);
  for (const part of content as Array<Record<string, unknown>>) {
    const url = (part["image_url"] as { url?: unknown } | undefined)?.url;
    if (part["type"] === "text" && typeof part["text"] === "string") continue;
    if (part["type"] === "image_url" && /^(https?:|data:image\/\w+;base64,)/.test(String(url))) continue;
    throw refusal(400, `Invalid image or part at 'messages[${index}].content'`);
  }
}

function refusal(
  status: number,
  message: string,
  type = "invalid_request_error",
  code: string | null = null,
): Refusal {
  return new Refusal(status, { error: { message, type, param: null, code } });
}

/** The words to say: what it was sent, the image it was shown, or a call of the first tool. */
function reply(server: OpenAiServer, { body }: SeenRequest) {
  const messages = body["messages"] as Array<{ role: string; content: unknown }>;
  const last = messages.at(-1);
  const tools = body["tools"] as Array<{ function: { name: string } }> | undefined;
  const prompt = messages
    .map(({ content }) => JSON.stringify(content))
    .join(" ")
    .split(/\s+/).length;
  if (tools?.[0] && last?.role === "user") return { words: [], call: tools[0].function.name, prompt };
  const parts = Array.isArray(last?.content)
    ? (last.content as Array<{ text?: string }>)
    : [{ text: String(last?.content) }];
  const said = parts.map(({ text }) => text ?? "an image").join(" and ");
  return { words: (server.says ?? `You said: ${said}`).split(/(?<= )/), call: null, prompt };
}

const FRAME = { id: "chatcmpl-1", created: 1764000000, system_fingerprint: "fp_1" };
const ARGUMENTS = ['{"ci', 'ty":"Os', 'lo"}'];

function whole(server: OpenAiServer, request: SeenRequest) {
  const { words, call, prompt } = reply(server, request);
  const calls =
    call === null
      ? {}
      : {
          tool_calls: [
            { id: "call_1", type: "function", function: { name: call, arguments: ARGUMENTS.join("") } },
          ],
        };
  return {
    ...FRAME,
    object: "chat.completion",
    model: request.body["model"],
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: call === null ? words.join("") : null,
          refusal: null,
          ...calls,
        },
        logprobs: null,
        finish_reason: call === null ? "stop" : "tool_calls",
      },
    ],
    usage: usageOf(prompt, words.length),
  };
}

async function stream(server: OpenAiServer, request: SeenRequest, send: Send): Promise<void> {
  const { words, call, prompt } = reply(server, request);
  const withUsage = "stream_options" in request.body;
  const frame = {
    ...FRAME,
    object: "chat.completion.chunk",
    model: request.body["model"],
    ...(withUsage ? { usage: null } : {}),
  };
  const push = (delta: unknown, finish: string | null = null) =>
    send(
      `data: ${JSON.stringify({ ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`,
    );
  await send(": the service is thinking\n\n");
  if (!(await push({ role: "assistant", content: call === null ? "" : null, refusal: null }))) return;
  if (call !== null)
    await push({
      tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: call, arguments: "" } }],
    });
  const pieces =
    call === null
      ? words.map((content) => ({ content }))
      : ARGUMENTS.map((text) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] }));
  for (const piece of pieces) if (!(await push(piece))) return;
  await push({}, call === null ? "stop" : "tool_calls");
  if (withUsage)
    await send(
      `data: ${JSON.stringify({ ...frame, choices: [], usage: usageOf(prompt, words.length) })}\n\n`,
    );
  await send("data: [DONE]\n\n");
}

function usageOf(prompt: number, completion: number) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
  };
}
