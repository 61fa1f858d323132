/**
 * Whether a console survives many requests and much time: reads, pages, changes and chats spread evenly over some minutes, with the
 * memory it holds after each. Needs a build. Exits with 1 when the console died or a request failed.
 *
 *   tsx bench/soak.ts [requests=200000] [minutes=20]
 */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole, waitFor } from "../test/console-process.ts";

const REQUESTS = Number(process.argv[2] ?? 200_000);
const MINUTES = Number(process.argv[3] ?? 20);
/** So many are under way at once, each on a connection of its own. */
const VISITORS = 8;

const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "warn" } });
const { api, cookie } = await signIn(loom);
const eliza = await waitFor("a healthy plugin", async () =>
  (await api.listPlugins()).find(({ badge }) => badge === "healthy"),
);
const [model] = (await api.getModels(eliza.id)).models;

const failures: string[] = [];
let sent = 0;

/** One in fifty is a chat, one in fifty a change, one in ten a page; the others read. */
async function sendOne(index: number): Promise<void> {
  if (index % 50 === 0) {
    await request("/api/playground/runs", "POST", {
      panes: [{ pluginId: eliza.id, model: model?.id }],
      messages: [{ role: "user", content: `I feel like number ${index}` }],
    });
  } else if (index % 50 === 25) {
    await request(`/api/plugins/${eliza.id}`, "PATCH", { healthCheckIntervalSeconds: 60 + (index % 600) });
  } else if (index % 10 === 1) {
    await request(["/plugins", "/", `/plugins/${eliza.id}/health`][index % 3] ?? "/");
  } else {
    const paths = ["/api/plugins", `/api/plugins/${eliza.id}`, `/api/plugins/${eliza.id}/health`];
    await request(paths[index % 3] ?? "");
  }
}

async function request(path: string, method = "GET", body?: unknown): Promise<void> {
  const response = await fetch(loom.url + path, {
    method,
    headers: {
      cookie,
      origin: loom.url,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"type":"error"')) {
    failures.push(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  }
}

function residentMegabytes(): number {
  const status = readFileSync(`/proc/${loom.pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}

/** Sends its share of a minute's requests, then waits for the minute to end. */
async function minute(number: number, endsAt: number): Promise<void> {
  const until = Math.round((REQUESTS * number) / MINUTES);
  await Promise.all(
    Array.from({ length: VISITORS }, async () => {
      while (sent < until && failures.length < 10) await sendOne(sent++);
    }),
  );
  await delay(Math.max(0, endsAt - performance.now()));
}

const rows = [["minute", "requests so far", "resident MB"]];
let isAlive = true;
try {
  const began = performance.now();
  for (let number = 1; number <= MINUTES && failures.length < 10; number++) {
    await minute(number, began + number * 60_000);
    rows.push([String(number), String(sent), String(residentMegabytes())]);
  }
} catch (error) {
  isAlive = false;
  failures.push(`${String(error)}\n${loom.output().slice(-2_000)}`);
}
process.stdout.write(`Node ${process.version}\n${textTable(rows)}\n`);
const code = await loom.stop();
await removeDirectory(loom.dataDirectory);
process.stdout.write(
  isAlive && code === 0 && failures.length === 0
    ? `${sent} requests, none failed; the console lived and ended with 0\n`
    : `FAILED: ended with ${code}; ${failures.join("\n")}\n`,
);
process.exit(isAlive && code === 0 && failures.length === 0 ? 0 : 1);
