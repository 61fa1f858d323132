import { appendFile, copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { ConsoleProcess } from "../test/console-process.ts";
import { expectAccessible } from "./accessible.ts";
import { aConsole, ADMIN_ENV, expect, test as base } from "./fixtures.ts";

/** A console whose operator lets it start processes. */
const test = base.extend<object, { loom: ConsoleProcess }>({
  loom: aConsole({ ...ADMIN_ENV, LOOM_ALLOW_PROCESSES: "true" }),
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Puts a plugin with its manifest into the watched folder. Its program runs on a port of its own. */
async function drop(loom: ConsoleProcess, name: string, extra = ""): Promise<string> {
  const folder = join(loom.pluginsDirectory, name);
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, "../test/process-plugin.mjs"), join(folder, "plugin.mjs"));
  const manifest = [
    "type: http",
    `endpoint: http://127.0.0.1:${port}`,
    "metadata:",
    `  name: ${name}`,
    '  version: "1.0.0"',
    "  provider_type: own-process",
    "  config_schema:",
    "    - { name: greeting, type: string, default: You said }",
    "command: node",
    "args: [plugin.mjs]",
    `env: { PORT: "${port}"${extra} }`,
    "",
  ];
  await writeFile(join(folder, "plugin.yaml"), manifest.join("\n"));
  return folder;
}

test("the page of a plugin with a command is hydrated as it was served, however early its process is known", async ({
  loom,
  page,
  api,
  pageErrors,
}) => {
  await drop(loom, "Early");
  await expect.poll(async () => (await api.get("/api/plugins/Early")).status()).toBe(200);
  // Which part of a page is hydrated first is a race: one visit proves little.
  for (let visit = 0; visit < 6; visit += 1) {
    await page.goto("/plugins/Early");
    await expect(page.getByText("Waits for your approval of its command")).toBeVisible();
  }
  expect(pageErrors).toEqual([]);
});

test("approve a command, watch it run, kill it, see it come back; read its log", async ({
  loom,
  page,
  api,
}) => {
  await drop(loom, "Own process");
  await expect.poll(async () => (await api.get("/api/plugins/Own%20process")).status()).toBe(200);
  await page.goto("/plugins/Own%20process");
  const panel = page.getByRole("region", { name: "Process" });
  await expect(panel).toContainText("An admin has to agree");
  await expect(panel).toContainText("plugin.mjs");
  await expect(panel).toContainText(/[0-9a-f]{64}/);
  await expectAccessible(page);
  await panel.getByRole("button", { name: "Approve exactly this" }).click();
  await expect(panel).toContainText("Approved by");

  await page
    .getByRole("switch")
    .or(page.getByRole("button", { name: "Enable" }))
    .first()
    .click();
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await expect(panel).toContainText("Running");

  const { plugin } = (await (await api.get("/api/plugins/Own%20process")).json()) as {
    plugin: { id: string };
  };
  const processOf = async () =>
    (
      (await (await api.get(`/api/plugins/${plugin.id}/process`)).json()) as {
        process: { pid: number | null; status: string };
      }
    ).process;
  const { pid } = await processOf();
  process.kill(pid ?? 0, "SIGKILL");
  await expect(panel).toContainText("killed from outside");
  await expect.poll(async () => (await processOf()).status).toBe("running");
  expect((await processOf()).pid).not.toBe(pid);
  await expect(page.getByText("Healthy").first()).toBeVisible();

  await page.getByRole("link", { name: "Logs" }).click();
  const log = page.getByRole("log");
  await expect(log).toContainText("listening on");
  await expect(log).toContainText("was killed from outside");
  const run = await api.post("/api/playground/runs", {
    data: {
      panes: [{ pluginId: plugin.id, model: "echo" }],
      messages: [{ role: "user", content: "log \u001b[31mthree\u001b[0m blind mice" }],
    },
  });
  expect(run.status()).toBe(200);
  await expect(log).toContainText("three blind mice");
  await expect(log.getByText("three", { exact: true })).toHaveClass(/text-bad/);
  await expectAccessible(page);
  await page.getByRole("searchbox", { name: "Search the log" }).fill("listening");
  await expect(log).not.toContainText("blind mice");
  await expect(log).toContainText("listening on");
});

test("a command that changed is asked about again, with the difference", async ({ loom, page, api }) => {
  const folder = await drop(loom, "Changing");
  await expect.poll(async () => (await api.get("/api/plugins/Changing")).status()).toBe(200);
  await page.goto("/plugins/Changing");
  const panel = page.getByRole("region", { name: "Process" });
  await panel.getByRole("button", { name: "Approve exactly this" }).click();
  await expect(panel).toContainText("Approved by");
  await writeFile(join(folder, "plugin.mjs"), "process.exit(0)");
  await page.reload();
  await expect(panel).toContainText("What would run is not what was approved");
  await expect(panel.locator("del")).toHaveCount(1);
  await expect(panel.getByRole("list", { name: "Files that differ" })).toHaveText(/Changed: plugin\.mjs/);
  await mkdir(join(folder, "lib"));
  await writeFile(join(folder, "lib/extra.js"), "");
  await page.reload();
  await expect(panel.getByRole("list", { name: "Files that differ" })).toContainText("Added: lib/extra.js");
  await expectAccessible(page);
});

test("a restart asks before it stops anything: what runs goes on, and approving the change restarts it", async ({
  loom,
  page,
  api,
}) => {
  const folder = await drop(loom, "Going on");
  await expect.poll(async () => (await api.get("/api/plugins/Going%20on")).status()).toBe(200);
  await page.goto("/plugins/Going%20on");
  const panel = page.getByRole("region", { name: "Process" });
  const card = page.getByRole("region", { name: "What to do" });
  await expect(card).toContainText("Waits for your approval of its command");
  await expect(card.getByRole("button", { name: "Enable" })).toBeDisabled();
  // In the head too, and every tab says why.
  await expect(page.getByRole("button", { name: "Enable" }).first()).toBeDisabled();
  await page.getByRole("navigation", { name: "Plugin" }).getByRole("link", { name: "Health" }).click();
  await expect(card).toContainText("Waits for your approval of its command");
  await page.getByRole("navigation", { name: "Plugin" }).getByRole("link", { name: "Overview" }).click();
  await card.getByRole("button", { name: "Review and approve" }).click();
  await expect(panel).toBeFocused();
  // The card says what to do; nobody has to start it by hand, as they would where the console may not.
  await expect(page.getByText("The command is run only where the operator allows it")).toHaveCount(0);
  await panel.getByRole("button", { name: "Approve exactly this" }).click();
  await expect(card).toContainText("Ready to be switched on");
  await expect(card).toContainText("Enabling starts its program, asks http://127.0.0.1:");
  await card.getByRole("button", { name: "Enable" }).click();
  await expect(panel).toContainText("Running");
  await expect(page.getByText("The command is run only where the operator allows it")).toHaveCount(0);
  await expect(page.getByText("Not checked in the last hour")).toHaveCount(0);
  const pidOf = async () =>
    (
      (await (await api.get("/api/plugins/Going%20on/process")).json()) as {
        process: { pid: number | null };
      }
    ).process.pid;
  const pid = await pidOf();

  await appendFile(join(folder, "plugin.mjs"), "\n// newer\n");
  await page.getByRole("button", { name: "Restart" }).first().click();
  const refusal = page.getByRole("region", { name: "Not restarted" });
  await expect(refusal).toContainText("Not restarted: plugin.mjs changed since it was approved.");
  await expect(refusal).toContainText("What runs now is the approved version.");
  await expect(panel).toContainText("What runs now is the approved version.");
  await expect(panel.getByRole("list", { name: "Files that differ" })).toHaveText(/Changed: plugin\.mjs/);
  await expect(page.getByText("Healthy").first()).toBeVisible();
  expect(await pidOf()).toBe(pid);
  await expect(page.getByText("The command is run only where the operator allows it")).toHaveCount(0);
  await expectAccessible(page);
  await page.goto("/plugins/Going%20on/configuration");
  await refusal.getByRole("button", { name: "Review and approve" }).click();
  await expect(panel).toBeFocused();
  await panel.getByRole("button", { name: "Approve exactly this" }).click();
  await expect(refusal).toHaveCount(0);
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await expect.poll(pidOf).not.toBe(pid);
});

test("a folder that leads elsewhere is refused, with what to do", async ({ loom, page, api }) => {
  const folder = await drop(loom, "Leading out");
  await symlink("/usr/lib", join(folder, "lib"));
  await expect.poll(async () => (await api.get("/api/plugins/Leading%20out")).status()).toBe(200);
  await page.goto("/plugins/Leading%20out");
  const panel = page.getByRole("region", { name: "Process" });
  await expect(panel).toContainText("process_folder_uncovered");
  await expect(panel.getByRole("button", { name: "Approve exactly this" })).toHaveCount(0);
});

test("an approval is taken back on the page: the process ends, and the page asks again", async ({
  loom,
  page,
  api,
}) => {
  await drop(loom, "Taken back");
  await expect.poll(async () => (await api.get("/api/plugins/Taken%20back")).status()).toBe(200);
  await page.goto("/plugins/Taken%20back");
  const panel = page.getByRole("region", { name: "Process" });
  await panel.getByRole("button", { name: "Approve exactly this" }).click();
  await expect(panel).toContainText("Approved by");
  await api.post("/api/plugins/Taken%20back/enable", { data: {} });
  await expect(panel).toContainText("Running");
  await expect(panel.getByRole("img", { name: "Starts over the last half hour: 1" })).toBeVisible();
  await panel.getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Revoke and stop" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(panel).toContainText("An admin has to agree");
  await expect(panel).toContainText("Not running");
  await expect(page.getByText("process_needs_approval").first()).toBeVisible();
});

test("a log opens at its end, long lines and all, stays there, and is downloaded as plain text", async ({
  loom,
  page,
  api,
}) => {
  await drop(loom, "Talkative");
  await expect.poll(async () => (await api.get("/api/plugins/Talkative")).status()).toBe(200);
  const { process } = (await (await api.get("/api/plugins/Talkative/process")).json()) as {
    process: { command: object };
  };
  await api.post("/api/plugins/Talkative/process/approve", { data: { command: process.command } });
  await api.post("/api/plugins/Talkative/enable", { data: {} });
  const { plugin } = (await (await api.get("/api/plugins/Talkative")).json()) as { plugin: { id: string } };
  const say = (content: string) =>
    api.post("/api/playground/runs", {
      data: { panes: [{ pluginId: plugin.id, model: "echo" }], messages: [{ role: "user", content }] },
    });
  await say(`log ${"a long line that wraps, ".repeat(50).trim()}\n`.repeat(100));
  await say("log the \u001b[32mlast\u001b[0m line");
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto("/plugins/Talkative/logs");
  const log = page.getByRole("log");
  const isAtEnd = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40);
  await expect(log).toContainText("the last line");
  await expect.poll(isAtEnd).toBe(true);
  await say("log one more");
  await expect(log).toContainText("one more");
  await expect.poll(isAtEnd).toBe(true);
  await expect(page.getByRole("button", { name: "Newest" })).toHaveCount(0);
  await log.evaluate((box) => (box.scrollTop -= 500));
  await expect(page.getByRole("button", { name: "Newest" })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain("stderr  the last line\n");
});

test("a plugin that ends at once says why, with its last words", async ({ loom, page, api }) => {
  await drop(loom, "Broken", ", BEHAVIOUR: exits");
  await expect.poll(async () => (await api.get("/api/plugins/Broken")).status()).toBe(200);
  await page.goto("/plugins/Broken");
  const panel = page.getByRole("region", { name: "Process" });
  await panel.getByRole("button", { name: "Approve exactly this" }).click();
  await expect(panel).toContainText("Approved by");
  await api.post("/api/plugins/Broken/enable", { data: {} });
  await page.reload();
  await expect(panel).toContainText("exit code 3");
  await expect(panel).toContainText("cannot find the model file");
  // It can always be switched off and nothing of it stays.
  expect((await api.post("/api/plugins/Broken/disable", { data: {} })).status()).toBe(200);
});
