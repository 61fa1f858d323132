import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { startExamplePlugin, waitFor } from "../test/console-process.ts";
import { expect, test } from "./fixtures.ts";

/** An OpenAI-style endpoint that never stops talking; `left` counts the callers that hung up. */
async function startEndlessProvider() {
  let left = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/models")) {
      response.setHeader("content-type", "application/json");
      return response.end(JSON.stringify({ data: [{ id: "endless" }] }));
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    let word = 0;
    const timer = setInterval(() => {
      const choices = [{ index: 0, delta: { content: `word ${(word += 1)} ` } }];
      response.write(`data: ${JSON.stringify({ choices })}\n\n`);
    }, 20);
    response.once("close", () => {
      clearInterval(timer);
      left += 1;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    left: () => left,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function say(page: Page, text: string) {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.keyboard.press("Enter");
}

test("a gRPC plugin is registered, configured, switched on, talked to, lost and found", async ({
  page,
  api,
}) => {
  const provider = await startEndlessProvider();
  let plugin = await startExamplePlugin(0, "example-grpc");
  expect(plugin.url).toMatch(/^grpc:/);

  await page.goto("/plugins/new");
  await page.getByLabel("Where is the plugin?").fill(plugin.url);
  await page.getByLabel("Where is the plugin?").press("Enter");
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.getByText("example-grpc").first()).toBeVisible();
  await page.getByLabel("Name in this console").fill("Wire");
  await page.getByRole("button", { name: "Register" }).click();

  await expect(page).toHaveURL(/\/configuration#config-koffline$/);
  const id = /plugins\/([^/]+)\//.exec(page.url())?.[1] ?? "";
  await page.getByRole("radio", { name: "On" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);
  await page.getByRole("button", { name: "Enable" }).first().click();
  await expect(page.getByText("Healthy").first()).toBeVisible();

  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  await say(page, "Good morning");
  const answer = page.getByRole("article", { name: "Answer of Wire" });
  await expect(answer).toContainText("You said: Good morning");
  await expect(answer.locator("dl")).toContainText(/Tokens\d+ in · \d+ out/);
  await say(page, "/fail rate_limit_exceeded");
  await expect(answer.last()).toContainText("rate_limit_exceeded");
  await expect(answer.last()).toContainText(/5 s/);

  const values = { offline: false, base_url: provider.url };
  const { version } = (await (await api.get(`/api/plugins/${id}/config`)).json()) as { version: number };
  const saved = await api.put(`/api/plugins/${id}/config`, {
    data: { version, values, secrets: { api_key: { set: "sk-any-text" } } },
  });
  expect(saved.status(), await saved.text()).toBe(200);
  await page.goto(`/playground?plugin=${id}&model=endless`);
  await say(page, "Go on for ever");
  await expect(answer.last()).toContainText("word 3");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(answer.last()).toContainText("Stopped");
  await waitFor(
    "the provider to see its caller leave",
    () => (provider.left() > 0 ? true : undefined),
    2_000,
  );

  await api.patch(`/api/plugins/${id}`, { data: { healthCheckIntervalSeconds: 5 } });
  await page.goto(`/plugins/${id}`);
  await plugin.stop();
  // Sooner than by itself: three checks in a row make it Down.
  for (let check = 0; check < 3; check += 1) await api.post(`/api/plugins/${id}/check`, { data: {} });
  await expect(page.getByText("Down").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "What to do" })).toContainText("Nothing is listening");
  plugin = await startExamplePlugin(plugin.port, "example-grpc");
  await expect(page.getByText("Healthy").first()).toBeVisible({ timeout: 30_000 });
  await plugin.stop();
  provider.close();
});

test("the definition is there for whoever writes a plugin", async ({ playwright, loom }) => {
  const visitor = await playwright.request.newContext({ baseURL: loom.url });
  const answer = await visitor.get("/api/plugin.proto");
  expect(answer.status()).toBe(200);
  expect(answer.headers()["content-type"]).toContain("text/plain");
  expect(await answer.text()).toContain("service ProviderPlugin");
});
