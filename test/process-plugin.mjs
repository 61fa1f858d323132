// A plugin that the console starts itself, without a dependency: PORT from the environment. Its chat does what it is told:
// "crash" kills it, "exit 3" ends it, "log text" writes to stderr, "fork" starts a child,
// A greeting "crash" ends it while it is initialised.
// BEHAVIOUR "keeps path" writes what it was told to a file, and that file to stderr when it starts.
// "deafen" closes its port and goes on living, "flood 100 10" has a child write 100 MB a second to stdout for 10 s, everything else is echoed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const { PORT = "0", BEHAVIOUR = "" } = process.env;
if (BEHAVIOUR === "exits") {
  console.error("cannot find the model file");
  process.exit(3);
}
const keptPath = BEHAVIOUR.startsWith("keeps ") ? BEHAVIOUR.slice(6) : null;
if (keptPath !== null && existsSync(keptPath)) console.error(`kept: ${readFileSync(keptPath, "utf8")}`);
if (BEHAVIOUR === "stubborn") {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => undefined);
  // One that stays in the group, and one in a session of its own.
  for (const detached of [false, true])
    spawn("/bin/sh", ["-c", "trap '' TERM; while :; do sleep 66; done"], { stdio: "ignore", detached });
}
process.stdin.resume();
process.stdin.on("end", () => BEHAVIOUR === "stubborn" || process.exit(0));

let config = null;
let deaf = false;
const metadata = {
  name: "Own process",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "own-process",
  description: "",
  author: "",
  capabilities: {
    streaming: false,
    function_calling: false,
    vision: false,
    embeddings: false,
    fine_tuning: false,
  },
  config_schema: [{ name: "greeting", type: "string", default: "You said" }],
};

const FLOOD = `
const [megabytes, seconds] = process.argv.slice(1).map(Number);
const line = "a line of the flood, as long as lines of a log tend to be: " + "x".repeat(40) + "\\n";
const block = Buffer.from(line.repeat(Math.ceil(65536 / line.length)));
const began = Date.now();
let written = 0;
(function pour() {
  const passed = Date.now() - began;
  if (passed >= seconds * 1000) return require("fs").writeSync(1, "flooded " + written + " bytes\\n");
  while (written < (megabytes * 1e6 * (Date.now() - began)) / 1000 && Date.now() - began < passed + 50) {
    written += require("fs").writeSync(1, block);
  }
  setTimeout(pour, 2);
})();
`;

function say(text) {
  const [word, ...rest] = text.split(" ");
  if (word === "crash") process.kill(process.pid, "SIGSEGV");
  if (word === "exit") process.exit(Number(rest[0] ?? 1));
  if (word === "log") console.error(rest.join(" "));
  if (word === "deafen") deaf = true;
  if (word === "fork") spawn("/bin/sh", ["-c", "sleep 67"], { stdio: "ignore", detached: true });
  if (word === "flood")
    spawn(process.execPath, ["-e", FLOOD, ...rest], { stdio: ["ignore", "inherit", "ignore"] });
  return `${config?.greeting ?? "?"}: ${text}`;
}

const ANSWERS = {
  "GET /metadata": () => metadata,
  "POST /initialize": (body) => {
    config = body;
    // A plugin that does not look at what it is told.
    if (body.greeting === "crash") {
      console.error("TypeError: greeting is not a greeting");
      process.exit(4);
    }
    if (keptPath !== null) writeFileSync(keptPath, JSON.stringify(body));
    return {};
  },
  "GET /health": () => ({ healthy: config !== null, message: config ? "ready" : "not initialized" }),
  "GET /models": () => [{ id: "echo" }],
  "POST /cleanup": () => ((config = null), {}),
  "POST /chat/completions": ({ model, messages }) => ({
    id: "1",
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: say(messages.at(-1).content) },
        finish_reason: "stop",
      },
    ],
  }),
};

const server = createServer(async (request, response) => {
  let text = "";
  for await (const piece of request) text += piece;
  const answer = ANSWERS[`${request.method} ${request.url}`];
  response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
  response.on("close", () => deaf && server.close(() => undefined).closeAllConnections());
  response.end(JSON.stringify(answer ? answer(text ? JSON.parse(text) : {}) : { detail: "Not Found" }));
});
server.on("error", (error) => {
  console.error(String(error));
  process.exit(1);
});
// "mute" runs and never opens its port.
if (BEHAVIOUR === "mute") setInterval(() => undefined, 60_000);
else server.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
