import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expectAccessible } from "./accessible.ts";
import { expect, test } from "./fixtures.ts";
import { startStreamingPlugin } from "./streaming-plugin.ts";

function manifest(name: string, endpoint: string, provider: string, interval = 60): string {
  return `type: http
endpoint: ${endpoint}
auto_start: true
health_check_interval: ${interval}
metadata:
  name: ${name}
  version: 1.0.0
  provider_type: ${provider}
`;
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

test("a file dropped into the folder becomes a plugin once an admin allows its address", async ({
  page,
  loom,
}) => {
  const plugin = await startStreamingPlugin();
  const file = join(loom.pluginsDirectory, "example/plugin.yaml");
  await page.goto("/plugins");
  await put(file, manifest("From a file", plugin.url, "endless"));
  const row = page.getByRole("row", { name: /From a file/ });
  await expect(row).toBeVisible();
  const problems = page.getByRole("region", { name: /needs? attention/ });
  await expect(problems).toContainText(file);
  await expect(problems).toContainText("line 2, column 1");

  await page.goto("/");
  const attention = page.getByRole("region", { name: "Needs attention" });
  await expect(attention).toContainText("1 manifest file");
  await expect(attention).toContainText(file);
  await expect(attention).toContainText("nothing is sent there until an admin allows it");
  await attention.getByRole("link", { name: "See files" }).click();
  await problems.getByRole("button", { name: `Allow ${plugin.url}` }).click();
  await expect(row).toContainText("Healthy");
  await expect(problems).toHaveCount(0);

  await row.getByRole("link", { name: "From a file" }).click();
  const panel = page.getByRole("region", { name: /Manifest file/ });
  await expect(panel).toContainText(file);
  await panel.getByRole("button", { name: "Detach…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Detach" }).click();
  await expect(panel).toHaveCount(0);
  await page.goto("/plugins");
  await page.getByRole("button", { name: "Reload folders" }).click();
  await expect(page.getByRole("region", { name: /needs? attention/ })).toContainText(
    "From a file was detached from its file",
  );
  await expect(page.getByRole("row", { name: /From a file/ })).toHaveCount(1);
  await rm(dirname(file), { recursive: true });
  await plugin.close();
});

test("good, broken, good again: a running chat notices nothing", async ({ page, loom, api }) => {
  const endless = await startStreamingPlugin();
  const file = join(loom.pluginsDirectory, "endless/plugin.yaml");
  const good = manifest("Endless", endless.url, "endless");
  await put(file, good);
  await page.goto("/plugins");
  await page.getByRole("button", { name: `Allow ${endless.url}` }).click();
  const row = page.getByRole("row", { name: /Endless/ });
  await expect(row).toContainText("Healthy");

  await page.goto("/playground?plugin=Endless&model=endless");
  await page.getByRole("textbox", { name: "Message", exact: true }).fill("Talk");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: /Answer of Endless/ });
  await expect(answer).toContainText("word 20");

  await writeFile(file, `${good}  version: 2.0.0\nhealth_check_interval: never\n`);
  const other = await page.context().newPage();
  await other.goto("/plugins/Endless");
  const panel = other.getByRole("region", { name: /Manifest file/ });
  await expect(panel).toContainText("File broken");
  await expect(panel).toContainText(/line \d+, column \d+/);
  await expectAccessible(other);
  await other.goto("/plugins");
  await expect(other.getByRole("row", { name: /Endless/ })).toContainText("File broken");
  await expectAccessible(other);

  await writeFile(file, manifest("Endless", endless.url, "endless", 7));
  await expect(other.getByRole("row", { name: /Endless/ })).not.toContainText("File broken");
  const { plugin } = (await (await api.get("/api/plugins/Endless")).json()) as {
    plugin: { healthCheckIntervalSeconds: number; badge: string };
  };
  expect(plugin).toMatchObject({ healthCheckIntervalSeconds: 7, badge: "healthy" });
  const said = (await answer.textContent()) ?? "";
  await expect.poll(async () => ((await answer.textContent()) ?? "").length).toBeGreaterThan(said.length);
  expect(endless.aborted()).toBe(0);
  await page.getByRole("button", { name: "Stop" }).click();

  await rm(dirname(file), { recursive: true });
  await other.goto("/plugins/Endless");
  await expect(panel).toContainText("File gone");
  await expect(panel).toContainText("history are kept");
  await other.goto("/plugins/Endless/activity");
  await expect(other.getByText("lost the manifest file of").first()).toBeVisible();
  await other.goto("/plugins/Endless");
  await panel.getByRole("button", { name: "Remove…" }).click();
  await other.getByRole("dialog").getByRole("textbox").fill("Endless");
  await other.getByRole("dialog").getByRole("button", { name: "Remove plugin" }).click();
  await expect(other).toHaveURL(/\/plugins$/);
  await endless.close();
});

test("the log of a plugin that somebody else starts does not promise lines", async ({ page, loom, api }) => {
  const file = join(loom.pluginsDirectory, "elsewhere/plugin.yaml");
  await put(file, `${manifest("Elsewhere", "http://127.0.0.1:18099", "elsewhere")}command: node\n`);
  await expect.poll(async () => (await api.get("/api/plugins/Elsewhere")).status()).toBe(200);
  await page.goto("/plugins/Elsewhere/logs");
  const log = page.getByRole("region", { name: "Log" });
  await expect(log).toContainText("This console does not start it");
  await expect(log).toContainText("LOOM_ALLOW_PROCESSES=true");
  await expect(log).not.toContainText("appears here as it comes");
  await rm(dirname(file), { recursive: true });
});
