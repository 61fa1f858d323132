import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startExamplePlugin } from "../test/console-process.ts";
import { expect, registerExample, test } from "./fixtures.ts";

const source = "Where is the plugin?";

test("an address is allowed once, shown in Settings, revoked with its consequences, and allowed again", async ({
  page,
  plugin,
  api,
}) => {
  const id = await registerExample(api, plugin, "Neighbour");
  const place = `127.0.0.1:${plugin.port}`;
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL(/\/settings\/addresses$/);
  const row = page.getByRole("row").filter({ hasText: place });
  await expect(row).toContainText("Neighbour");
  await expect(row).toContainText("Administrator");

  await row.getByRole("button", { name: `Revoke ${place}` }).click();
  const confirm = page.getByRole("dialog");
  await expect(confirm).toContainText("Neighbour");
  await confirm.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(row).toHaveCount(0);

  await page.goto("/");
  const broken = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Neighbour" }) });
  await expect(broken.getByRole("button", { name: "Start again" })).toHaveCount(0);
  await broken.getByRole("link", { name: "Allow its address" }).click();
  await expect(page).toHaveURL(`/plugins/${id}`);
  await expect(page.getByText("Failed").first()).toBeVisible();
  const advice = page.getByRole("region", { name: "What to do" });
  await expect(advice).toContainText(
    `${place} is on this machine or in a private network, and no admin has allowed it`,
  );
  await advice.getByRole("button", { name: "Allow this address" }).click();
  await expect(page.getByText("Healthy").first()).toBeVisible();

  await page.goto("/settings/addresses");
  await expect(page.getByRole("row").filter({ hasText: place })).toContainText("Neighbour");
  await page.goto("/activity");
  await expect(page.getByText("no longer allows connections to").first()).toBeVisible();
});

test.describe("something that is no plugin", () => {
  const servers: Server[] = [];
  test.afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(status: number, type: string, body: string): Promise<string> {
    const server = createServer((_request, response) => {
      response.writeHead(status, { "content-type": type }).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  for (const { name, answer, step, hint } of [
    {
      name: "a web page",
      answer: [200, "text/html", "<!doctype html><title>Router</title>"],
      step: "Content type",
      hint: /web page answers there/i,
    },
    {
      name: "Ollama",
      answer: [200, "text/plain; charset=utf-8", "Ollama is running"],
      step: "Content type",
      hint: /looks like Ollama.*is not a plugin/,
    },
    {
      name: "vLLM",
      answer: [404, "application/json", '{"detail":"Not Found"}'],
      step: "HTTP status",
      hint: /vLLM/,
    },
  ] as const) {
    test(`${name} shows how far it got and what to do`, async ({ page }) => {
      const [status, type, body] = answer;
      await page.goto("/plugins/new");
      await page.getByLabel(source).fill(await serve(status, type, body));
      await page.getByLabel(source).press("Enter");
      await page.getByRole("button", { name: "Allow and check" }).click();
      const ladder = page.getByRole("list", { name: "Steps to the address" });
      await expect(ladder.getByRole("listitem").filter({ hasText: "failed" })).toContainText(step);
      await expect(ladder).toContainText(hint);
      await expect(ladder.getByRole("listitem").filter({ hasText: "Connected (TCP)" })).toContainText(
        /ok.*ms/,
      );
    });
  }
});

test("a reached plugin shows its ladder in one line", async ({ page, plugin }) => {
  await page.goto("/plugins/new");
  await page.getByLabel(source).fill(plugin.url);
  await page.getByLabel(source).press("Enter");
  await page.getByRole("button", { name: "Allow and check" }).click();
  const ladder = page.getByRole("list", { name: "Steps to the address" });
  await expect(page.getByText("Reached, step by step")).toBeVisible();
  await expect(ladder).toBeHidden();
  await page.getByText("Reached, step by step").click();
  await expect(ladder.getByRole("listitem")).toHaveCount(8);
});

test("moving a plugin with a secret warns first, keeps its history and asks for the secret again", async ({
  page,
  api,
  plugin,
}) => {
  const other = await startExamplePlugin();
  const id = await registerExample(api, plugin, "Mover");
  const saved = await api.put(`/api/plugins/${id}/config`, {
    data: { version: 1, values: { offline: true }, secrets: { api_key: { set: "sk-canary-move" } } },
  });
  expect(saved.status()).toBe(200);
  await api.post(`/api/plugins/${id}/check`, { data: {} });

  await page.goto(`/plugins/${id}`);
  await page.getByRole("button", { name: "More for Mover" }).click();
  await page.getByRole("menuitem", { name: /edit/i }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill(other.url);
  await dialog.getByRole("button", { name: "Save" }).click();
  const warning = dialog.getByRole("alert", { name: "Secrets that would be forgotten" });
  await expect(warning).toContainText("api_key");
  await warning.getByRole("button", { name: "Forget and move" }).click();
  await dialog.getByRole("button", { name: "Allow and check" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(other.url).first()).toBeVisible();
  await expect(page.getByText("Healthy").first()).toBeVisible();

  const config = (await (await api.get(`/api/plugins/${id}/config`)).json()) as {
    secrets: { api_key: { configured: boolean } };
  };
  expect(config.secrets.api_key.configured).toBe(false);
  await page.goto(`/plugins/${id}/activity`);
  await expect(page.getByText("api_key").first()).toBeVisible();
  const health = (await (await api.get(`/api/plugins/${id}/health`)).json()) as { markers: unknown[] };
  expect(health.markers.length).toBeGreaterThan(0);
  await other.stop();
});
