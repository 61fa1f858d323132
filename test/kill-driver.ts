import { mkdtemp, readdir, readFile, readlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createApi, type Api } from "../lib/client/api.ts";
import { createSend } from "../lib/client/http.ts";
import { RUN_VARIABLE } from "../lib/host/process/process-tree.ts";
import { ADMIN, removeDirectory, startConsole, waitFor, type ConsoleProcess } from "./console-process.ts";
import { createWriters, type WriteReport, type WrittenPlugins } from "./kill-writers.ts";
import { dropProcessPlugin } from "./process-folder.ts";
import { createStubPlugin } from "./stub-plugin.ts";

export interface KillOptions {
  kills: number;
  /** 0 up to but not including 1. */
  random?: () => number;
  /** Hears of every kill. */
  onKill?: (number: number, report: KillReport) => void;
}

export interface KillReport extends WriteReport {
  kills: number;
  /** Of these some hit a console that was still bringing its plugins back. */
  duringStart: number;
  /** Processes of plugins that outlived their console by five seconds. */
  orphans: number;
  /** From the kill until the last process of a plugin was gone, ms. */
  goneMs: number[];
  /** From starting the console again until it answers, ms. */
  readyMs: number[];
  /** From starting the console again until every plugin that is wanted is healthy, ms. */
  backMs: number[];
  /** What plugins said that were not back within five seconds, in words. */
  slow: string[];
}

const PROCESS_PLUGINS = ["First process", "Second process"];
/** What is still there then is an orphan. */
const GONE_MS = 15_000;
const LIMIT_MS = 60_000;
/** What took longer is explained. */
const SLOW_MS = 5_000;

/**
 * Kills a console with SIGKILL at random moments while people write to it and chat through it, and looks after each kill whether
 * anything acknowledged is lost, any process is left, and when everything runs again. Needs a build.
 */
export async function driveKills({ kills, random = Math.random, onKill }: KillOptions): Promise<KillReport> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "loom-kill-"));
  const env = {
    LOOM_ADMIN_EMAIL: ADMIN.email,
    LOOM_ADMIN_PASSWORD: ADMIN.password,
    LOOM_ALLOW_PROCESSES: "true",
    LOOM_LOG_LEVEL: "warn",
  };
  const start = () => startConsole({ dataDirectory, env });
  const stubs = await Promise.all(
    ["Interval", "Config", "Switch"].map((name) =>
      createStubPlugin({ name, providerType: name.toLowerCase(), schema: [{ name: "step", type: "int" }] }),
    ),
  );
  let loom = await start();
  const cookie = await signIn(loom);
  const ids = await install(connect(loom, cookie), loom.pluginsDirectory, stubs);
  const report: KillReport = {
    ...{
      kills: 0,
      duringStart: 0,
      acknowledged: 0,
      lost: [],
      orphans: 0,
      goneMs: [],
      readyMs: [],
      backMs: [],
      slow: [],
      chats: 0,
    },
  };
  const writers = createWriters(ids, report);

  async function kill(): Promise<void> {
    await loom.kill();
    const killedAt = performance.now();
    let left = await findProcesses(dataDirectory);
    while (left.length > 0 && performance.now() - killedAt < GONE_MS) {
      await delay(5);
      left = await findProcesses(dataDirectory);
    }
    report.goneMs.push(performance.now() - killedAt);
    report.orphans += left.length;
    report.kills++;
    onKill?.(report.kills, report);
  }

  try {
    while (report.kills < kills) {
      const controller = new AbortController();
      const load = Promise.all(writers.run(connect(loom, cookie), loom.url, cookie, controller.signal));
      await delay(50 + random() * 1_200);
      const killed = kill();
      controller.abort();
      await Promise.all([killed, load]);

      if (random() < 0.25 && report.kills < kills) {
        loom = await start();
        await delay(random() * 800);
        await kill();
        report.duringStart++;
      }
      const startedAt = performance.now();
      loom = await start();
      report.readyMs.push(performance.now() - startedAt);
      const api = connect(loom, cookie);
      await writers.verify(api);
      const stragglers = await allBack(api);
      report.backMs.push(performance.now() - startedAt);
      if (performance.now() - startedAt > SLOW_MS) report.slow.push(...stragglers);
    }
    await loom.stop();
    return report;
  } finally {
    await loom.kill();
    await Promise.all(stubs.map((stub) => stub.close()));
    await removeDirectory(dataDirectory);
  }
}

function connect(loom: Pick<ConsoleProcess, "url">, cookie: string): Api {
  return createApi(createSend({ origin: loom.url, headers: { cookie } }));
}

/** The session outlives the console. */
async function signIn({ url }: ConsoleProcess): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  });
  if (!response.ok) throw new Error(`Sign-in answered ${response.status}: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** Three plugins that answer by themselves and two that the console starts, all running. */
async function install(
  api: Api,
  folder: string,
  stubs: Array<{ endpoint: string }>,
): Promise<WrittenPlugins> {
  const [interval = "", config = "", switched = ""] = await Promise.all(
    stubs.map(async ({ endpoint }) => {
      const { id } = await api.registerPlugin({ endpoint, approveEndpoint: true });
      await api.enablePlugin(id);
      return id;
    }),
  );
  const processes: string[] = [];
  for (const name of PROCESS_PLUGINS) {
    await dropProcessPlugin(folder, name);
    await api.rescanFolders();
    const { id } = await waitFor(name, () => api.getPlugin(name).catch(() => undefined), LIMIT_MS);
    const { command } = await api.getProcess(id);
    if (command === null) throw new Error(`${name} has nothing to approve`);
    await api.approveProcess(id, command);
    await api.enablePlugin(id);
    processes.push(id);
  }
  await allBack(api);
  return { interval, config, switched, processes };
}

/** Resolves when every plugin that is wanted is healthy, with what the last of them had said before. */
async function allBack(api: Api): Promise<string[]> {
  const reasons = new Set<string>();
  await waitFor(
    "every enabled plugin healthy",
    async () => {
      const plugins = await api.listPlugins();
      const waiting = plugins.filter(({ desired, badge }) => desired === "enabled" && badge !== "healthy");
      for (const { id } of waiting) {
        const { name, lifecycle, badge, reason, failure } = await api.getPlugin(id);
        const why = failure ? `${failure.code} ${failure.message}` : (reason ?? "");
        reasons.add(`${name}, ${lifecycle}, ${badge}: ${why}`);
      }
      return waiting.length === 0 ? true : undefined;
    },
    LIMIT_MS,
  );
  return [...reasons];
}

/** Processes with a run's mark whose folder is in `directory`: other consoles on this machine have theirs. */
async function findProcesses(directory: string): Promise<number[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const place = await readlink(`/proc/${name}/cwd`).catch(() => "");
      if (!place.startsWith(directory)) return [];
      const environment = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
      return environment.includes(`${RUN_VARIABLE}=`) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}
