/**
 * Fails when a route makes the browser load more than 90 KB (gzip) of our own script before it can be used.
 *
 *   tsx scripts/bundle-budget.ts                    starts dist/server.js on a data directory of its own
 *   tsx scripts/bundle-budget.ts URL COOKIE PLUGIN  asks a running console as whoever owns the cookie, with one plugin's id
 *
 * Own script is every script tag of the route's HTML, less those that every route has, the not-found page included: React,
 * Next's runtime, and what the root layout needs.
 */
import { gzipSync } from "node:zlib";
import { removeDirectory, startConsole } from "../test/console-process.ts";
import { setUp } from "./session.ts";
import { textTable } from "./text-table.ts";

const BUDGET_BYTES = 90 * 1024;

const routes = (plugin: string) => [
  "/",
  "/plugins",
  "/plugins/new",
  `/plugins/${plugin}`,
  `/plugins/${plugin}/configuration`,
  `/plugins/${plugin}/health`,
  `/plugins/${plugin}/models`,
  `/plugins/${plugin}/activity`,
  "/playground",
  "/activity",
  "/settings/addresses",
];
const PUBLIC_ROUTES = ["/sign-in", "/no-such-page"];

interface Page {
  route: string;
  scripts: Set<string>;
}

async function readPage(url: string, route: string, cookie: string): Promise<Page> {
  const response = await fetch(url + route, { headers: { cookie }, redirect: "manual" });
  if (response.status !== (route === "/no-such-page" ? 404 : 200)) {
    throw new Error(`${route} answered ${response.status}: the budget needs the page itself.`);
  }
  const tags = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
  // Browsers that can run the console ignore the polyfills marked noModule.
  const sources = tags
    .filter((tag) => !/\bnomodule\b/i.test(tag))
    .map((tag) => /\bsrc="([^"]+)"/.exec(tag)?.[1]);
  return { route, scripts: new Set(sources.filter((source) => source !== undefined)) };
}

async function gzipSizes(url: string, pages: Page[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const script of new Set(pages.flatMap((page) => [...page.scripts]))) {
    const response = await fetch(new URL(script, url));
    if (!response.ok) throw new Error(`${script} answered ${response.status}.`);
    sizes.set(script, gzipSync(Buffer.from(await response.arrayBuffer())).length);
  }
  return sizes;
}

/** Prints the table; true when every route is within the budget. */
async function measure(url: string, cookie: string, plugin: string, others: Page[] = []): Promise<boolean> {
  const signedIn = await Promise.all(routes(plugin).map((route) => readPage(url, route, cookie)));
  const visitor = await Promise.all(PUBLIC_ROUTES.map((route) => readPage(url, route, "")));
  const pages = [...signedIn, ...visitor, ...others];
  const sizes = await gzipSizes(url, pages);
  const sum = (scripts: Iterable<string>) =>
    [...scripts].reduce((total, script) => total + (sizes.get(script) ?? 0), 0);
  const shared = new Set(
    [...sizes.keys()].filter((script) => pages.every((page) => page.scripts.has(script))),
  );
  const figures = pages.map(({ route, scripts }) => {
    const own = sum([...scripts].filter((script) => !shared.has(script)));
    return { route: route.replace(plugin, ":id"), own, all: sum(scripts), within: own <= BUDGET_BYTES };
  });
  const rows = figures.map(({ route, own, all, within }) => [
    route,
    kilobytes(own),
    kilobytes(all),
    within ? "" : "OVER",
  ]);
  process.stdout.write(`${textTable([["route", "own KB", "all KB", ""], ...rows])}\n`);
  process.stdout.write(
    `shared by all: ${kilobytes(sum(shared))} KB; budget for own: ${kilobytes(BUDGET_BYTES)} KB (gzip)\n`,
  );
  return figures.every(({ within }) => within);
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}

async function measureOwnConsole(): Promise<boolean> {
  const loom = await startConsole();
  try {
    // The setup page exists only until the first administrator does.
    const setup = await readPage(loom.url, "/setup", "");
    const { api, cookie } = await setUp(loom);
    const [plugin] = await api.listPlugins();
    if (!plugin) throw new Error("The console has no plugin to show; a first start registers ELIZA.");
    return await measure(loom.url, cookie, plugin.id, [setup]);
  } finally {
    await loom.stop();
    await removeDirectory(loom.dataDirectory);
  }
}

const [url, cookie, plugin] = process.argv.slice(2);
const within = url && cookie && plugin ? await measure(url, cookie, plugin) : await measureOwnConsole();
process.exitCode = within ? 0 : 1;
