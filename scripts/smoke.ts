/**
 * A console of its own that starts, answers a chat with the built-in plugin and stops: `npm run test:nodes` runs it on each Node.
 * Needs a build. Exits with 0 when all of it went well.
 *
 *   tsx scripts/smoke.ts
 */
import { createParser } from "eventsource-parser";
import { RunEvent } from "../lib/contract/playground.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";
import { ADMIN_ENV, signIn } from "./session.ts";

const loom = await startConsole({ env: ADMIN_ENV });
let problem: string | undefined;
try {
  process.stdout.write(`  chat on Node ${process.version}: ${JSON.stringify(await chat())}\n`);
} catch (error) {
  problem = String(error);
}
const code = await loom.stop();
await removeDirectory(loom.dataDirectory);
if (code !== 0) problem ??= `The console ended with ${code}.`;
if (problem !== undefined) process.stderr.write(`${problem}\n${loom.output()}\n`);
process.exit(problem === undefined ? 0 : 1);

/** Says hello to the built-in plugin once it is healthy; answers what it said. Throws when that is nothing, or an error. */
async function chat(): Promise<string> {
  const { api, cookie } = await signIn(loom);
  const plugin = await waitFor("a healthy plugin", async () =>
    (await api.listPlugins()).find(({ badge }) => badge === "healthy"),
  );
  const [model] = (await api.getModels(plugin.id)).models;
  const response = await fetch(`${loom.url}/api/playground/runs`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: loom.url, cookie },
    body: JSON.stringify({
      panes: [{ pluginId: plugin.id, model: model?.id }],
      messages: [{ role: "user", content: "Hello" }],
    }),
  });
  const events: RunEvent[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(RunEvent.parse(JSON.parse(data))) });
  parser.feed(await response.text());
  const said = events.map((event) => (event.type === "delta" ? event.text : "")).join("");
  if (said === "" || events.at(-1)?.type !== "done")
    throw new Error(`The chat failed: ${JSON.stringify(events)}`);
  return said;
}
