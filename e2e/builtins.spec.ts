import type { Page } from "@playwright/test";
import type { ConsoleProcess } from "../test/console-process.ts";
import { serveAnthropic } from "../test/anthropic-server.ts";
import { serveOpenAi } from "../test/openai-server.ts";
import { aConsole, ADMIN_ENV, expect, test as base } from "./fixtures.ts";

/** A console of its own: what is registered here stays, and its services end. */
const test = base.extend<object, { loom: ConsoleProcess }>({ loom: aConsole(ADMIN_ENV) });

const CANARY = "canary-browser-key-3141";

async function ask(page: Page, text: string) {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.keyboard.press("Enter");
}

async function register(page: Page, use: string) {
  await page.goto("/plugins/new");
  await page.getByRole("button", { name: use, exact: true }).click();
  await page.getByRole("button", { name: "Register", exact: true }).click();
}

const preview = (page: Page) => page.getByRole("region", { name: "What the console understands" });

test("a preset on this machine asks for its address at Register, and goes on when it is allowed", async ({
  page,
  api,
}) => {
  await page.goto("/plugins/new");
  await page.getByRole("button", { name: "Use LM Studio" }).click();
  await expect(preview(page)).toContainText("Setsbase_url http://127.0.0.1:1234/v1");
  await expect(preview(page)).toContainText("It needs no key");
  await expect(preview(page)).not.toContainText("/metadata");
  await expect(page.getByRole("region", { name: "Permission to connect" })).toContainText("127.0.0.1:1234");
  await page.getByRole("button", { name: "Allow 127.0.0.1:1234 and register" }).click();
  await expect(page).toHaveURL(/\/configuration$/);
  const { approvals } = (await (await api.get("/api/approvals")).json()) as {
    approvals: Array<{ id: string }>;
  };
  expect(approvals.map(({ id }) => id)).toContain("127.0.0.1:1234");
  await page.getByRole("button", { name: "Enable" }).first().click();
  await expect(page.getByRole("button", { name: "Disable" }).first()).toBeVisible();
  // Sooner than by itself: three checks in a row make it Down.
  const id = /plugins\/([^/]+)\//.exec(page.url())?.[1];
  for (let check = 0; check < 3; check += 1) await api.post(`/api/plugins/${id}/check`, { data: {} });
  // Nothing listens there, which is for the health checks to say: the plugin itself has started.
  await expect(page.getByText("Down", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("address_needs_approval")).toHaveCount(0);
});

test("a hosted preset says what it sets and asks for the key next", async ({ page }) => {
  await page.goto("/plugins/new");
  await page.getByRole("button", { name: "Use Groq" }).click();
  await expect(preview(page)).toContainText("Setsbase_url https://api.groq.com/openai/v1");
  await expect(preview(page)).toContainText("Next: enter your key");
  await expect(page.getByRole("region", { name: "Permission to connect" })).toHaveCount(0);
  await page.getByRole("button", { name: "Register", exact: true }).click();
  await expect(page).toHaveURL(/\/configuration#config-/);
  await expect(page.getByLabel("api_key")).toBeFocused();
});

test("on a phone a choice leads to its preview", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/plugins/new");
  const heading = page.getByRole("heading", { name: "What the console understands" });
  await expect(heading).not.toBeInViewport();
  await page.getByRole("button", { name: "Use Groq" }).click();
  await expect(heading).toBeFocused();
  // Below the bar that stays at the top.
  await expect.poll(async () => (await heading.boundingBox())?.y).toBeGreaterThan(48);
  await expect(heading).toBeInViewport();
  await expect(page.getByText("Groq", { exact: true }).last()).toBeVisible();
  await page.getByLabel("Where is the plugin?").fill("127.0.0.1:18097");
  await page.getByRole("button", { name: "Check" }).click();
  await expect(heading).toBeFocused();
  await expect(page.getByRole("button", { name: "Allow and check" })).toBeInViewport();
});

test("Ollama's preset is pointed at a local service, allowed once, and talked to", async ({ page, api }) => {
  const server = await serveOpenAi({ key: null, models: [{ id: "tiny-llama" }], paceMs: 40 });
  await page.goto("/plugins/new");
  await page.getByRole("button", { name: "Use Ollama" }).click();
  await expect(page.getByRole("button", { name: "Use Ollama" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByLabel("Name in this console")).toHaveValue("Ollama");
  await expect(page.getByRole("region", { name: "Permission to connect" })).toContainText("waits for it");
  await page.getByRole("button", { name: "Register without allowing" }).click();

  await expect(page).toHaveURL(/\/configuration$/);
  await expect(page.getByRole("textbox", { name: "base_url" })).toHaveValue("http://127.0.0.1:11434/v1");
  await page.getByRole("textbox", { name: "base_url" }).fill(server.baseUrl);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);
  await page.getByRole("button", { name: "Enable" }).first().click();
  await page.getByRole("link", { name: "Overview" }).last().click();
  const advice = page.getByRole("region", { name: "What to do" });
  await expect(advice).toContainText(`127.0.0.1:${server.port}`);
  expect(server.requests).toEqual([]);
  await advice.getByRole("button", { name: "Allow this address" }).click();
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await expect(page.getByText(`127.0.0.1:${server.port} answers, with 1 model`).first()).toBeVisible();

  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await ask(page, "Hello from the browser");
  const answer = page.getByRole("article", { name: "Answer of Ollama" });
  await expect(answer).toContainText("You said: Hello from the browser");
  await expect(answer.locator("dl")).toContainText("Finishstop");
  await expect(answer.locator("dl")).toContainText(/Tokens\d+ in · \d+ out/);
  // Switching off and on again asks nobody anything.
  const plugin = page.url().match(/plugin=([^&]+)/)?.[1] ?? "";
  await api.post(`/api/plugins/${plugin}/restart`, { data: {} });
  await page.goto(`/plugins/${plugin}`);
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await server.close();
});

test("the simulator's failures show in the playground as what they are", async ({ page }) => {
  await register(page, "Use Simulator");
  await page.getByRole("button", { name: "Enable" }).first().click();
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await page.getByRole("link", { name: "Configuration" }).last().click();
  await page.getByRole("textbox", { name: "failure_rate" }).fill("1");
  await page.getByRole("textbox", { name: "latency_ms" }).fill("0");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);
  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await ask(page, "Will this work?");
  const answer = page.getByRole("article", { name: "Answer of Simulator" });
  await expect(answer).toContainText("too many requests in one minute");
  await expect(answer).toContainText("rate_limit_exceeded");
  await expect(answer.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("Anthropic is set up with a key that is never seen again, and answers", async ({ page }) => {
  const server = await serveAnthropic({ key: CANARY });
  await register(page, "Use Anthropic");
  await expect(page).toHaveURL(/\/configuration#config-/);
  await expect(page.getByLabel("api_key")).toBeFocused();
  await page.getByLabel("api_key").fill(CANARY);
  await page.getByRole("textbox", { name: "base_url" }).fill(server.origin);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);
  await page.getByRole("button", { name: "Enable" }).first().click();
  await page.getByRole("link", { name: "Overview" }).last().click();
  await page.getByRole("button", { name: "Allow this address" }).click();
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await page.getByLabel("System prompt").fill("Be brief.");
  await ask(page, "Good morning");
  const answer = page.getByRole("article", { name: "Answer of Anthropic" });
  await expect(answer).toContainText("You said: Good morning (Be brief.)");
  expect(await page.content()).not.toContain(CANARY);
  await server.close();
});
