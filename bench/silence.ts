/**
 * A thousand chats with a plugin that takes every request and never answers: file descriptors of the console before, meanwhile, after
 * half of the readers have left, and after the other half was given up at the deadline. Needs a build (`npm run build`).
 * Prints, asserts nothing.
 *
 *   tsx bench/silence.ts [chats=1000]
 */
import { readdirSync } from "node:fs";
import { loadavg } from "node:os";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";
import { startStreamingStub } from "../test/streaming-stub.ts";
import { throughConsole } from "./stream-reader.ts";

const CHATS = Number(process.argv[2] ?? 1_000);
/** The first byte of a chat has 60 s to come. */
const DEADLINE_MS = 90_000;

const stub = await startStreamingStub();
const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "error" } });
const { api, cookie } = await signIn(loom);
const { id: pluginId } = await api.registerPlugin({ endpoint: stub.endpoint, approveEndpoint: true });
await api.enablePlugin(pluginId);
const ask = throughConsole({ url: loom.url, cookie, pluginId });

const descriptors = () => readdirSync(`/proc/${loom.pid}/fd`).length;
const rows: string[][] = [];
const note = (what: string) =>
  rows.push([what, String(descriptors()), String(stub.open()), loadavg()[0]?.toFixed(1) ?? ""]);

let ended = 0;

async function chat(number: number, signal: AbortSignal): Promise<string> {
  const order = { id: `silent-${number}`, chunks: 0, everyMs: 0, silent: true };
  try {
    return await (await ask(order, signal)).text();
  } catch (error) {
    return signal.aborted ? "left" : String(error);
  } finally {
    ended++;
  }
}

note("before");
const leaving = new AbortController();
const all = Array.from({ length: CHATS }, (_, number) =>
  chat(number, number % 2 === 0 ? leaving.signal : new AbortController().signal),
);
await waitFor(
  "every chat at the plugin, or ended",
  () => (stub.open() + ended >= CHATS ? true : undefined),
  60_000,
);
note("every chat waits");
leaving.abort();
await waitFor("half of them gone", () => (stub.open() <= CHATS / 2 ? true : undefined));
note("half of the readers have left");
await waitFor("all of them gone", () => (stub.open() === 0 ? true : undefined), DEADLINE_MS);
const outcomes = await Promise.all(all);
const before = Number(rows[0]?.[1]);
await waitFor("descriptors closed", () => (descriptors() <= before ? true : undefined), 20_000).catch(
  () => undefined,
);
note("the others were given up");
const timedOut = outcomes.filter((text) => text.includes('"plugin_timeout"')).length;
const otherwise = outcomes.filter((text) => text !== "left" && !text.includes('"plugin_timeout"'));
const left = outcomes.filter((text) => text === "left").length;
process.stdout.write(
  `${textTable([["when", "descriptors", "open at the plugin", "load"], ...rows])}\n${left} left, ${timedOut} told plugin_timeout, ${otherwise.length} otherwise\n${otherwise.slice(0, 3).join("\n")}`,
);
await loom.stop();
await stub.close();
await removeDirectory(loom.dataDirectory);
