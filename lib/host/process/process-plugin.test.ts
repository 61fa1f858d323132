import { appendFile, copyFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { createServer as createNetServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestData, type TestData } from "../../../test/database.ts";
import type { TestStep } from "../../contract/config-test.ts";
import { Manifest } from "../../contract/manifest.ts";
import type { PluginRecord, ProcessStore } from "../../data/data.ts";
import { createLog } from "../../log.ts";
import { createClock } from "../../real-clock.ts";
import { createPluginClient } from "../../transport/create.ts";
import { createHost } from "../create-host.ts";
import type { Host } from "../host.ts";
import { findRun } from "./process-tree.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";

let folder: string;
let logs: string;
let database: TestData;
/** What the console itself wrote to its log. */
const logged: string[] = [];
let host: Host;
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-own-"));
  logs = await mkdtemp(join(tmpdir(), "loom-logs-"));
  await copyFile(join(import.meta.dirname, "../../../test/process-plugin.mjs"), join(folder, "plugin.mjs"));
  database = await createTestData(createClock());
  ({ host, supervisor } = makeHost(true));
});
afterEach(async () => {
  await host.stop();
  await supervisor.close();
  await database.close();
  await Promise.all([folder, logs].map((path) => rm(path, { recursive: true })));
});

function makeHost(allowed: boolean, processes: ProcessStore = database.data.processes) {
  const clock = createClock();
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLog({ level: "warn", pretty: false, destination });
  const keeper = createSupervisor({
    ...{ processes, clock, log, allowed },
    environment: { PATH: process.env["PATH"], HOME: "/root", LOOM_SECRET_KEY: "never" },
    logDirectory: logs,
    guardianScript: join(import.meta.dirname, "guardian.mjs"),
  });
  const made = createHost({
    ...{ data: database.data, clock, log, builtins: {}, supervisor: keeper },
    createClient: createPluginClient({
      ...{ approvals: { isApproved: () => true }, ownPort: () => 1, builtins: {}, clock },
    }),
  });
  return { host: made, supervisor: keeper };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function register(behaviour = "", port?: number): Promise<PluginRecord> {
  const path = join(folder, "plugin.yaml");
  await writeFile(path, "");
  const at = port ?? (await freePort());
  return database.data.plugins.create({
    ...{ name: "Own", origin: "folder", findings: [], desired: "enabled", healthCheckIntervalSeconds: 60 },
    endpoint: `http://127.0.0.1:${at}`,
    file: { path, folder, state: "ok", findings: [], changedAt: new Date().toISOString(), hash: "" },
    manifest: Manifest.parse({
      type: "http",
      endpoint: `http://127.0.0.1:${at}`,
      metadata: {
        ...{ name: "Own process", version: "1.0.0", provider_type: "own-process" },
        config_schema: [
          { name: "greeting", type: "string", default: "You said" },
          { name: "key", type: "string", sensitive: true },
        ],
      },
      command: "node",
      args: ["plugin.mjs"],
      env: { PORT: String(at), ...(behaviour === "" ? {} : { BEHAVIOUR: behaviour }) },
    }),
  });
}

async function approve(record: PluginRecord): Promise<void> {
  const look = await host.command(record);
  if (!look) throw new Error("nothing to approve");
  const approvedAt = new Date().toISOString();
  await database.data.processes.approve(record.id, { ...look, approvedBy: "Ann", approvedAt });
}

async function chat(id: string, text: string): Promise<string> {
  let answer = "";
  const request = { model: "echo", messages: [{ role: "user" as const, content: text }] };
  for await (const chunk of host.chat(id, request, new AbortController().signal)) {
    answer += chunk.choices[0]?.delta?.content ?? "";
  }
  return answer;
}

/** Somebody who answers like the plugin would, at its port, and remembers what was asked. */
async function impersonate(port: number) {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    "/metadata": { name: "Own process", version: "1.0.0", provider_type: "own-process" },
    "/health": { healthy: true },
    "/models": [],
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(answers[request.url ?? ""] ?? {}));
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const runIds = async () => (await database.data.processes.listRuns()).map(({ runId }) => runId);
const lines = async (record: PluginRecord) =>
  (await host.processLog(record.id))?.list({ limit: 100 }).map(({ text }) => text) ?? [];

describe("a plugin with a command", () => {
  it("is not started before an admin approved exactly this command", async () => {
    const record = await register();
    const status = await host.reconcile(record.id);
    expect(status).toMatchObject({ lifecycle: "failed", failure: { code: "process_needs_approval" } });
    expect(status.nextCheckAt).toBeNull();
    await approve(record);
    expect(await host.reconcile(record.id, { restart: true })).toMatchObject({ badge: "healthy" });
    expect(await chat(record.id, "hello")).toBe("You said: hello");
  });

  it("goes on when its program has changed and a restart is wanted, and is started anew once that is approved", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const before = await runIds();
    const program = join(folder, "plugin.mjs");
    await appendFile(program, "\n// newer\n");
    expect(await host.process(record)).toMatchObject({ approved: false, status: "running" });
    const status = await host.reconcile(record.id, { restart: true, process: true });
    expect(status).toMatchObject({
      ...{ badge: "healthy", lifecycle: "ready", failure: null },
      refusal: {
        subject: "restart",
        error: { code: "process_needs_approval", message: "plugin.mjs changed since it was approved" },
      },
    });
    expect(await runIds()).toEqual(before);
    expect(await host.process(record)).toMatchObject({ runsApproved: true, status: "running" });
    expect(await chat(record.id, "hello")).toBe("You said: hello");
    await approve(record);
    expect(await host.process(record)).toMatchObject({ runsApproved: false, status: "running" });
    expect(await host.reconcile(record.id, { restart: true, process: true })).toMatchObject({
      ...{ badge: "healthy", refusal: null },
    });
    expect(await runIds()).not.toEqual(before);
    expect(await host.process(record)).toMatchObject({ runsApproved: true });
  });

  it("goes on when its folder cannot be covered any more and a restart is wanted", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const before = await runIds();
    await symlink("/usr/lib", join(folder, "lib"));
    const { badge, refusal } = await host.reconcile(record.id, { restart: true, process: true });
    expect({ badge, code: refusal?.error.code }).toEqual({
      ...{ badge: "healthy", code: "process_folder_uncovered" },
    });
    expect(await runIds()).toEqual(before);
  });

  it("goes on with the command that was approved when its manifest names another", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const before = await runIds();
    const manifest = { ...record.manifest, env: { ...record.manifest.env, EXTRA: "1" } };
    const changed = await database.data.plugins.update(record.id, { manifest });
    const status = await host.reconcile(record.id, { restart: true });
    expect(status).toMatchObject({
      ...{ badge: "healthy", failure: null },
      refusal: {
        subject: "restart",
        error: { message: "The manifest's env changed since it was approved" },
      },
    });
    expect(await runIds()).toEqual(before);
    expect(await chat(record.id, "hello")).toBe("You said: hello");
    await approve(changed);
    expect(await host.reconcile(record.id, { restart: true })).toMatchObject({
      ...{ badge: "healthy", refusal: null },
    });
    expect(await runIds()).not.toEqual(before);
    expect(await chat(record.id, "hello")).toBe("You said: hello");
  });

  it("does not go on at a place that its manifest has left: it waits for the approval of what starts at the new one", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const before = await runIds();
    const stranger = await impersonate(await freePort());
    const endpoint = `http://127.0.0.1:${stranger.port}`;
    const manifest = { ...record.manifest, endpoint, env: { PORT: String(stranger.port) } };
    const moved = await database.data.plugins.update(record.id, { manifest, endpoint });
    expect(await host.reconcile(record.id, { restart: true })).toMatchObject({
      ...{ badge: "failed", refusal: null },
      failure: {
        code: "process_needs_approval",
        message: "The manifest's env changed since it was approved",
      },
    });
    expect(stranger.asked).not.toContain("POST /initialize");
    stranger.close();
    await approve(moved);
    expect(await host.reconcile(record.id, { restart: true })).toMatchObject({
      ...{ badge: "healthy", refusal: null, failure: null },
    });
    expect(await runIds()).not.toEqual(before);
    expect(await chat(record.id, "hello")).toBe("You said: hello");
  });

  it("is ended at once when its approval is taken back, changed files or not", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    await appendFile(join(folder, "plugin.mjs"), "\n// newer\n");
    await database.data.processes.revoke(record.id);
    const status = await host.reconcile(record.id, { restart: true, process: true });
    expect(status).toMatchObject({ lifecycle: "failed", refusal: null });
    expect(status.failure?.code).toBe("process_needs_approval");
    expect(await runIds()).toEqual([]);
  });

  it("is left alone where the operator does not allow processes", async () => {
    const record = await register();
    await approve(record);
    const other = makeHost(false);
    expect((await other.host.reconcile(record.id)).failure?.code).toBe("plugin_unreachable");
    expect(await other.host.process(record)).toMatchObject({
      allowed: false,
      approved: true,
      status: "stopped",
    });
    await other.host.stop();
  });

  it("gets a short environment, none of the console's secrets, and keeps its output", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const { pid } = (await host.process(record)) ?? {};
    const [entry] = await findRun((await runIds())[0] ?? "");
    expect(entry?.pid).toBe(pid);
    expect(await chat(record.id, "log three blind mice")).toContain("three blind mice");
    await vi.waitFor(async () => expect(await lines(record)).toContain("three blind mice"));
  });

  it("cannot put its secrets into the log", async () => {
    const record = await register();
    await approve(record);
    await database.data.configs.save(record.id, {
      ...{ version: 0, values: {}, changedBy: "Ann" },
      secrets: { key: { set: "canary-hunter2" } },
    });
    await host.reconcile(record.id);
    await chat(record.id, "log my key is canary-hunter2, Bearer abcdefghijkl");
    await vi.waitFor(async () => expect((await lines(record)).join()).toContain("my key is"));
    expect((await lines(record)).join()).not.toMatch(/hunter2|abcdefgh/);
  });

  it("cannot put what it kept of its secrets into the log when it is started by the next console", async () => {
    const record = await register(`keeps ${join(logs, "kept.json")}`);
    await approve(record);
    await database.data.configs.save(record.id, {
      ...{ version: 0, values: {}, changedBy: "Ann" },
      secrets: { key: { set: "canary-hunter2" } },
    });
    await host.reconcile(record.id);
    await host.stop();
    await supervisor.close();
    ({ host, supervisor } = makeHost(true));
    await host.reconcile(record.id);
    await vi.waitFor(async () => expect((await lines(record)).join()).toContain("kept: {"));
    expect((await lines(record)).join()).not.toContain("hunter2");
  });

  it("cannot put the parts of a secret that is an object into the log", async () => {
    const record = await register();
    const { metadata } = record.manifest;
    const schema = metadata.config_schema.map((field) =>
      field.name === "key" ? { ...field, type: "json" } : field,
    );
    await database.data.plugins.update(record.id, {
      manifest: { ...record.manifest, metadata: { ...metadata, config_schema: schema } },
    });
    await approve(record);
    await database.data.configs.save(record.id, {
      ...{ version: 0, values: {}, changedBy: "Ann" },
      secrets: { key: { set: '{ "user": "svc", "login": { "password": "canary-hunter2" } }' } },
    });
    await host.reconcile(record.id);
    await chat(record.id, "log connecting with canary-hunter2 now");
    await vi.waitFor(async () => expect((await lines(record)).join()).toContain("connecting with"));
    expect((await lines(record)).join()).not.toContain("hunter2");
  });

  it("that crashes once is back by itself, initialised again, and says why it ended", async () => {
    const record = await register();
    await approve(record);
    await host.start();
    await vi.waitFor(() => expect(host.status(record.id).badge).toBe("healthy"), 30_000);
    const before = (await host.process(record))?.pid;
    await expect(chat(record.id, "crash")).rejects.toMatchObject({ code: expect.stringMatching(/^plugin_/) });
    await vi.waitFor(async () => {
      const { pid } = (await host.process(record)) ?? {};
      expect([before, null]).not.toContain(pid);
      expect(host.status(record.id).badge).toBe("healthy");
    }, 30_000);
    expect(await chat(record.id, "again")).toBe("You said: again");
    const { exits } = (await host.process(record)) ?? {};
    expect(exits?.[0]).toMatchObject({
      signal: "SIGSEGV",
      reason: { message: expect.stringContaining("segmentation") },
    });
  });

  it("that is killed right before it would be told its configuration is not mistaken for a stranger", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const steps: TestStep[] = [];
    const report = (step: TestStep) => {
      steps.push(step);
      if (step.name === "initialize" && step.status === "running") process.kill(pid, "SIGKILL");
    };
    const pid = (await host.process(record))?.pid ?? 0;
    const draft = { values: {}, secrets: {} };
    const trial = { draft, origin: record.endpoint, check: () => undefined, chat: false, save: null };
    await host.tryConfig(record.id, { ...trial, report }, new AbortController().signal);
    expect(steps.find(({ status }) => status === "failed")?.error).toMatchObject({
      code: "process_exited",
      message: expect.stringContaining("killed"),
    });
  });

  describe("that a configuration ends", () => {
    const greet = (record: PluginRecord, version: number, greeting: string) =>
      database.data.configs.save(record.id, { version, values: { greeting }, secrets: {}, changedBy: "Ann" });

    it("says how it ended, and is started again by the rule for processes", async () => {
      const record = await register();
      await approve(record);
      await greet(record, 0, "crash");
      const status = await host.reconcile(record.id);
      expect(status).toMatchObject({ lifecycle: "failed", failure: { code: "process_exited" } });
      expect(status.failure?.message).toContain("exit code 4");
      expect(await host.process(record)).toMatchObject({
        status: "waiting",
        lastErrors: ["TypeError: greeting is not a greeting"],
      });
    });

    it("goes on with the one that worked last, in a process started anew", async () => {
      const record = await register();
      await approve(record);
      await greet(record, 0, "Hello");
      await host.reconcile(record.id);
      const before = (await host.process(record))?.pid;
      await greet(record, 1, "crash");
      const status = await host.reconcile(record.id, { restart: true });
      expect(status).toMatchObject({
        lifecycle: "ready",
        refusal: { subject: "configuration", error: { code: "process_exited" } },
      });
      expect(await chat(record.id, "you")).toBe("Hello: you");
      expect((await host.process(record))?.pid).not.toBe(before);
    });

    it("is started anew when that was only a test, whose step says how it ended", async () => {
      const record = await register();
      await approve(record);
      await greet(record, 0, "Hello");
      await host.reconcile(record.id);
      const steps: TestStep[] = [];
      const draft = { values: { greeting: "crash" }, secrets: {} };
      const trial = { draft, origin: record.endpoint, check: () => undefined, chat: false, save: null };
      const report = (step: TestStep) => void steps.push(step);
      const outcome = await host.tryConfig(record.id, { ...trial, report }, new AbortController().signal);
      expect(outcome.ok).toBe(false);
      expect(steps.find(({ status }) => status === "failed")).toMatchObject({
        name: "initialize",
        error: { code: "process_exited" },
      });
      expect(steps.at(-1)).toMatchObject({ name: "restore", status: "ok" });
      expect(host.status(record.id)).toMatchObject({ lifecycle: "ready", failure: null });
      expect(await chat(record.id, "you")).toBe("Hello: you");
    });
  });

  it("that ends at once says so with its last words, and waits longer each time", async () => {
    const record = await register("exits");
    await approve(record);
    const status = await host.reconcile(record.id);
    expect(status).toMatchObject({ lifecycle: "failed", failure: { code: "process_exited" } });
    expect(status.failure?.message).toContain("exit code 3");
    expect(await host.process(record)).toMatchObject({
      status: "waiting",
      lastErrors: ["cannot find the model file"],
    });
  });

  it("that ended and then lost its folder is tried again at the usual distance, not at once", async () => {
    const record = await register("exits");
    await approve(record);
    expect((await host.reconcile(record.id)).failure?.code).toBe("process_exited");
    await database.data.plugins.update(record.id, { file: null });
    const status = await host.reconcile(record.id, { restart: true });
    expect(status.failure?.code).toBe("process_not_found");
    expect(await host.process({ ...record, file: null })).toMatchObject({
      status: "stopped",
      nextStartAt: null,
    });
  });

  it("whose port somebody else has is not started, and nothing is sent there", async () => {
    const asked: string[] = [];
    const stranger = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("hello");
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const record = await register("", (stranger.address() as AddressInfo).port);
    await approve(record);
    expect((await host.reconcile(record.id)).failure?.code).toBe("process_port_taken");
    expect(new Set(asked)).toEqual(new Set(["GET /metadata"]));
    expect(await runIds()).toEqual([]);
    stranger.closeAllConnections();
    stranger.close();
  });

  it("waits a moment for whoever is just leaving its port, instead of failing", async () => {
    const leaving = createServer((_request, response) => {
      response.end("{}");
      leaving.closeAllConnections();
      leaving.close();
    }).listen(0, "127.0.0.1");
    await once(leaving, "listening");
    const record = await register("", (leaving.address() as AddressInfo).port);
    await approve(record);
    expect(await host.reconcile(record.id)).toMatchObject({ badge: "healthy", failure: null });
    expect(await chat(record.id, "hello")).toBe("You said: hello");
  });

  it("is written down before it is started, so that a console killed in between is followed by one that looks", async () => {
    const { processes } = database.data;
    const before: number[] = [];
    const watched = makeHost(true, {
      ...processes,
      async rememberRun(run) {
        before.push((await findRun(run.runId)).length);
        await processes.rememberRun(run);
      },
    });
    const record = await register();
    await approve(record);
    expect((await watched.host.reconcile(record.id)).badge).toBe("healthy");
    expect(before[0]).toBe(0);
    const { pid } = (await watched.host.process(record)) ?? {};
    await vi.waitFor(async () => expect(await processes.listRuns()).toMatchObject([{ pid }]));
    // As a kill in between would have left it.
    const [{ runId = "" } = {}] = await processes.listRuns();
    await processes.rememberRun({ runId, pid: 0, startTicks: 0 });
    const next = makeHost(true);
    await next.supervisor.cleanUp();
    expect(await findRun(runId)).toEqual([]);
    await next.supervisor.close();
    await watched.host.stop();
    await watched.supervisor.close();
  });

  it("whose port somebody takes while it starts is ended, and its configuration told to nobody", async () => {
    const port = await freePort();
    const record = await register("mute", port);
    await approve(record);
    const starting = host.reconcile(record.id);
    await vi.waitFor(async () => expect(await runIds()).toHaveLength(1), 30_000);
    const stranger = await impersonate(port);
    expect((await starting).failure).toMatchObject({
      code: "process_port_taken",
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect(stranger.asked).not.toContain("POST /initialize");
    expect(await runIds()).toEqual([]);
    expect((await host.process(record))?.exits[0]?.reason.code).toBe("process_port_taken");
    stranger.close();
  });

  it("whose port somebody takes over later is not initialised again through it", async () => {
    const port = await freePort();
    const record = await register("", port);
    await approve(record);
    await host.start();
    await vi.waitFor(() => expect(host.status(record.id).badge).toBe("healthy"), 30_000);
    await chat(record.id, "deafen");
    await vi.waitFor(async () => expect((await host.checkNow(record.id)).lastCheck?.ok).toBe(false), 30_000);
    const stranger = await impersonate(port);
    const { failure } = await host.checkNow(record.id);
    expect(failure?.code).toBe("process_port_taken");
    expect(stranger.asked).toContain("GET /metadata");
    expect(stranger.asked).not.toContain("POST /initialize");
    stranger.close();
  });

  it("is not tested through somebody else on its port while it is off", async () => {
    const port = await freePort();
    const record = await register("", port);
    await database.data.plugins.update(record.id, { desired: "disabled" });
    await host.reconcile(record.id);
    const stranger = await impersonate(port);
    const steps: TestStep[] = [];
    const draft = { values: {}, secrets: {} };
    const trial = { draft, origin: record.endpoint, check: () => undefined, chat: false, save: null };
    const outcome = await host.tryConfig(
      record.id,
      { ...trial, report: (step) => void steps.push(step) },
      new AbortController().signal,
    );
    expect(outcome.ok).toBe(false);
    expect(steps.find(({ status }) => status === "failed")?.error?.code).toBe("process_port_taken");
    expect(stranger.asked).toEqual(["GET /metadata"]);
    stranger.close();
  });

  it("that is switched off while it waits for its port is no mistake of the console", async () => {
    const port = await freePort();
    const holder = createNetServer().listen(port, "127.0.0.1");
    await once(holder, "listening");
    const record = await register("", port);
    await approve(record);
    logged.length = 0;
    const starting = host.reconcile(record.id);
    const [socket] = (await once(holder, "connection")) as [Socket];
    await database.data.plugins.update(record.id, { desired: "disabled" });
    expect((await host.reconcile(record.id)).badge).toBe("disabled");
    await starting;
    expect(logged.filter((line) => line.includes("unexpected"))).toEqual([]);
    socket.destroy();
    holder.close();
  });

  it("ends with everything it started when it is switched off, however stubborn", async () => {
    const record = await register("stubborn");
    await approve(record);
    expect((await host.reconcile(record.id)).badge).toBe("healthy");
    const [runId = ""] = await runIds();
    await vi.waitFor(async () => expect((await findRun(runId)).length).toBeGreaterThanOrEqual(2));
    await database.data.plugins.update(record.id, { desired: "disabled" });
    expect((await host.reconcile(record.id)).badge).toBe("disabled");
    expect(await findRun(runId)).toEqual([]);
    expect(await runIds()).toEqual([]);
  });

  it("leaves nothing behind when the console ends, and is back when it starts", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const [runId = ""] = await runIds();
    await chat(record.id, "fork");
    await host.stop();
    await supervisor.close();
    expect(await findRun(runId)).toEqual([]);
    ({ host, supervisor } = makeHost(true));
    await host.start();
    await vi.waitFor(() => expect(host.status(record.id).badge).toBe("healthy"), 30_000);
  });

  it("that an earlier console left behind is ended before anything is started", async () => {
    const record = await register();
    await approve(record);
    await host.reconcile(record.id);
    const [run] = await database.data.processes.listRuns();
    // A second host knows of the first one's process only by what was written down.
    const next = makeHost(true);
    await next.supervisor.cleanUp();
    expect(await findRun(run?.runId ?? "")).toEqual([]);
    await next.supervisor.close();
  });
});
