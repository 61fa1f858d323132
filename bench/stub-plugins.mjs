// Many small healthy plugins in one process: /p/0, /p/1 … each answer the protocol. Prints its address when it listens.
// GET /checks tells when each was asked for its health, epoch ms by number, and forgets it.
import { createServer } from "node:http";

const metadata = (number) => ({
  name: `Stub ${number}`,
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: `stub-${number}`,
  description: "Answers at once, for measuring the console",
  author: "Loom Console",
  capabilities: {
    streaming: false,
    function_calling: false,
    vision: false,
    embeddings: false,
    fine_tuning: false,
  },
  config_schema: [],
});

const answers = {
  "GET /metadata": metadata,
  "POST /initialize": () => ({}),
  "POST /cleanup": () => ({}),
  "GET /health": () => ({ healthy: true, message: "fine" }),
  "GET /models": (number) => [{ id: `stub-${number}-small`, name: `Stub ${number} small` }],
};

/** Those from SLOW_FROM on answer their health after SLOW_MS; those from HANG_FROM on never do. */
const { SLOW_FROM = "Infinity", SLOW_MS = "0", HANG_FROM = "Infinity" } = process.env;

let checks = {};

const server = createServer((request, response) => {
  if (request.url === "/checks") {
    response.end(JSON.stringify(checks));
    checks = {};
    return;
  }
  const [, number, path] = /^\/p\/(\d+)(\/.*)$/.exec(request.url ?? "") ?? [];
  const answer = answers[`${request.method} ${path}`];
  if (path === "/health") (checks[number] ??= []).push(Date.now());
  request.resume();
  if (path === "/health" && Number(number) >= Number(HANG_FROM)) return;
  const delayMs = path === "/health" && Number(number) >= Number(SLOW_FROM) ? Number(SLOW_MS) : 0;
  setTimeout(() => respond(response, answer, number), delayMs);
});

function respond(response, answer, number) {
  response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
  response.end(
    JSON.stringify(answer ? answer(number) : { code: "invalid_request", message: "no such path" }),
  );
}
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
