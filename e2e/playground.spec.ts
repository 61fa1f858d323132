import type { APIRequestContext as Api, Page } from "@playwright/test";
import { expect, registerExample, test } from "./fixtures.ts";
import { startExamplePlugin, waitFor } from "../test/console-process.ts";
import { HOSTILE_TEXTS, startAnsweringPlugin, textAnswer } from "../test/answering-plugin.ts";
import { startStreamingPlugin } from "./streaming-plugin.ts";

const ask = async (page: Page, text: string) => {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.keyboard.press("Enter");
};

test("an answer streams in, with what it took below it", async ({ page, api, plugin }) => {
  const id = await registerExample(api, plugin, "Streamer");
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  await page.getByLabel("System prompt").fill("Be brief.");
  await page.getByLabel("Temperature").fill("0.4");
  await page.getByLabel("Max tokens").fill("200");
  await ask(page, "Hello there");
  const answer = page.getByRole("article", { name: "Answer of Streamer" });
  await expect(answer).toContainText("You said: Hello there");
  await expect(answer).toContainText("Your system prompt reached me: Be brief.");
  await expect(answer.locator("dl")).toContainText(/First token.*ms/);
  await expect(answer.locator("dl")).toContainText(/Tokens\d+ in · \d+ out/);
  await expect(answer.locator("dl")).toContainText("Finishstop");
});

test("the limits of a model are told in tokens; max tokens cuts the answer, and the strip says so", async ({
  page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Cutter");
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  await expect(page.getByLabel("Max tokens")).toHaveAccessibleDescription(
    "At most 10,000 tokens per answer; context 100,000 tokens.",
  );
  await page.getByLabel("Max tokens").fill("3");
  await ask(page, "/count 50");
  const answer = page.getByRole("article", { name: "Answer of Cutter" });
  await expect(answer.locator("dl")).toContainText("Finishlength");
  await expect(answer).toContainText("1 2 3");
  await page.getByLabel("Max tokens").fill("many");
  await expect(page.getByLabel("Max tokens")).toHaveAttribute("aria-invalid", "true");
});

test("Stop aborts the plugin's own request and keeps what was said", async ({ page, api }) => {
  const streaming = await startStreamingPlugin();
  const created = await api.post("/api/plugins", {
    data: { endpoint: streaming.url, name: "Tireless", approveEndpoint: true },
  });
  const { plugin } = (await created.json()) as { plugin: { id: string } };
  await api.post(`/api/plugins/${plugin.id}/enable`, { data: {} });
  await page.goto(`/playground?plugin=${plugin.id}&model=endless`);
  await ask(page, "Go on for ever");
  const answer = page.getByRole("article", { name: "Answer of Tireless" });
  await expect(answer).toContainText("word 3");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(answer).toContainText("Stopped");
  await waitFor(
    "the plugin to see its caller leave",
    () => (streaming.aborted() === 1 ? true : undefined),
    2_000,
  );
  await expect(answer).toContainText("word 3");
  await streaming.close();
});

test("a plugin's error stays with its answer and can be retried", async ({ page, api, plugin }) => {
  const id = await registerExample(api, plugin, "Failer");
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  await ask(page, "/fail rate_limit_exceeded");
  const answer = page.getByRole("article", { name: "Answer of Failer" });
  await expect(answer).toContainText("rate_limit_exceeded");
  await expect(answer).toContainText(/retry|again/i);
  await expect(answer).toContainText(/5 s/);
  // Told in words already: the raw answer is one press away.
  const raw = answer.getByLabel("What the plugin answered");
  await expect(raw).toBeHidden();
  await answer.getByText("What it answered").click();
  await expect(raw).toContainText('"retry_after":5');
  await answer.getByRole("button", { name: "Try again" }).click();
  await expect(answer).toHaveCount(1);
  await expect(answer).toContainText("rate_limit_exceeded");
  await page.getByRole("button", { name: "Edit and send again" }).click();
  await page.getByRole("textbox", { name: "Edit message" }).fill("Hello again");
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(answer).toContainText("You said: Hello again");
});

test("a reload in the middle of an answer loses nothing that was said", async ({ page, api, plugin }) => {
  const id = await registerExample(api, plugin, "Patient");
  await page.goto(`/playground?plugin=${id}&model=offline-slow`);
  await page.getByLabel("System prompt").fill("Stay calm.");
  await ask(page, "/count 500");
  const answer = page.getByRole("article", { name: "Answer of Patient" });
  await expect(answer).toContainText("1 2 3");
  await page.getByRole("textbox", { name: "Message" }).fill("half a thought");
  await page.reload();
  await expect(answer).toContainText("1 2 3");
  await expect(answer).toContainText("Interrupted by a reload");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("half a thought");
  await expect(page.getByLabel("System prompt")).toHaveValue("Stay calm.");
});

test("a long conversation scrolls in its own box, never the page, at any width", async ({
  page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Scroller");
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  for (let asked = 1; asked <= 5; asked += 1) {
    await ask(page, `Message ${asked}`);
    await expect(page.locator("article dl")).toHaveCount(asked);
  }
  const box = page.getByRole("region", { name: "Conversation" });
  for (const width of [1280, 1024, 360]) {
    await page.setViewportSize({ width, height: 800 });
    // What was laid out for another width tells nothing about a page that opens at this one.
    await page.reload();
    await expect(page.locator("article dl")).toHaveCount(5);
    const overflow = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    expect(overflow, `${width} px`).toBeLessThanOrEqual(0);
    const hidden = await box.evaluate((element) => element.scrollHeight - element.clientHeight);
    expect(hidden, `${width} px`).toBeGreaterThan(0);
  }
});

test("before an earlier talk reaches another plugin, it is said, and can be left behind", async ({
  page,
  api,
  plugin,
}) => {
  const local = await registerExample(api, plugin, "Local");
  const other = await startExamplePlugin();
  const hosted = await registerExample(api, other, "Hosted");
  await page.goto(`/playground?plugin=${local}&model=offline-echo`);
  await ask(page, "A secret of this house");
  const answer = page.getByRole("article", { name: "Answer of Local" });
  await expect(answer).toContainText("Finish");
  const notice = page.getByText("messages above are sent to");
  await expect(notice).toHaveCount(0);

  await page.goto(`/plugins/${hosted}`);
  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await expect(page.getByText("The 2 messages above are sent to Hosted too.")).toBeVisible();
  await page.getByRole("button", { name: "Start anew" }).click();
  await expect(notice).toHaveCount(0);
  await expect(answer).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(answer).toContainText("A secret of this house");
  await expect(notice).toBeVisible();

  await page.getByLabel("Plugin", { exact: true }).selectOption(local);
  await expect(notice).toHaveCount(0);
  await page.getByLabel("Plugin", { exact: true }).selectOption(hosted);
  await page.getByRole("button", { name: "Start anew" }).click();
  await ask(page, "Hello, stranger");
  const [sent] = await Promise.all([
    page.waitForRequest("**/api/playground/runs"),
    page.getByRole("button", { name: "Answer again" }).click(),
  ]);
  expect(sent.postData()).toContain("Hello, stranger");
  expect(sent.postData()).not.toContain("A secret of this house");
  await other.stop();
});

test("a failure leads to where it is mended: the configuration, or the page with the address of what cannot be reached", async ({
  page,
  api,
}) => {
  const plugin = await startExamplePlugin();
  const id = await registerExample(api, plugin, "Misconfigured");
  const answer = page.getByRole("article", { name: "Answer of Misconfigured" });
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  await ask(page, "/fail provider_unavailable");
  await answer.getByRole("link", { name: "Configuration" }).click();
  await expect(page).toHaveURL(new RegExp(`/plugins/${id}/configuration$`));

  await plugin.stop();
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  await ask(page, "Hello");
  const unreached = answer.last();
  await expect(unreached.getByRole("alert")).toBeVisible();
  await expect(unreached.getByRole("link", { name: "Configuration" })).toHaveCount(0);
  await unreached.getByRole("link", { name: "Open plugin" }).click();
  await expect(page).toHaveURL(new RegExp(`/plugins/${id}$`));
});

/** A plugin that says `answers`, ready to be asked in the playground. */
async function openAnswering(page: Page, api: Api, name: string, answers: Record<string, object[]>) {
  const answering = await startAnsweringPlugin(answers);
  const created = await api.post("/api/plugins", {
    data: { endpoint: answering.url, name, approveEndpoint: true },
  });
  const { plugin } = (await created.json()) as { plugin: { id: string } };
  await api.post(`/api/plugins/${plugin.id}/enable`, { data: {} });
  await page.goto(`/playground?plugin=${plugin.id}&model=scripted`);
  return {
    answering,
    id: plugin.id,
    answer: page.getByRole("article", { name: `Answer of ${name}` }).last(),
  };
}

test("reasoning is folded apart from the answer, goes back to who gave it, and a refusal is one", async ({
  page,
  api,
}) => {
  const { answering, answer } = await openAnswering(page, api, "Thinker", {
    "What is it?": [
      { index: 0, delta: { reasoning: "First I **consider** it." } },
      ...textAnswer("It is *forty-two*."),
    ],
    "And then?": textAnswer("<think>Hm.</think>Nothing."),
    "Do it!": [
      { index: 0, delta: { refusal: "I will not." } },
      { index: 0, delta: {}, finish_reason: "stop" },
    ],
    "Think long": [
      { index: 0, delta: { reasoning_content: "On and on" } },
      { index: 0, delta: {}, finish_reason: "length" },
    ],
  });
  await ask(page, "What is it?");
  await expect(answer.locator("em")).toHaveText("forty-two");
  const reasoning = answer.getByText("First I **consider** it.");
  await expect(reasoning).toBeHidden();
  await answer.getByText("Reasoning").click();
  await expect(reasoning).toBeVisible();
  await ask(page, "And then?");
  await expect(answer).toContainText("Nothing.");
  await answer.getByText("Reasoning").click();
  await expect(answer.getByText("Hm.")).toBeVisible();
  await ask(page, "Do it!");
  await expect(answer).toContainText("Refused: I will not.");
  expect(answering.asked.at(-1)).toEqual([
    { role: "user", content: "What is it?" },
    { role: "assistant", content: "It is *forty-two*.", reasoning: "First I **consider** it." },
    { role: "user", content: "And then?" },
    // It stood in the content: the service has no field to take it back in.
    { role: "assistant", content: "Nothing." },
    { role: "user", content: "Do it!" },
  ]);
  await ask(page, "Think long");
  await expect(answer).toContainText("Thought until the token limit; raise max tokens.");
  await answering.close();
});

test("an answer written to break the page is shown as plain text, and the conversation stays", async ({
  page,
  api,
}) => {
  const answers = Object.entries(HOSTILE_TEXTS).map(([name, text]): [string, object[]] => [
    name,
    textAnswer(text),
  ]);
  const { answering, answer } = await openAnswering(page, api, "Hostile", Object.fromEntries(answers));
  for (const [name] of answers) {
    await ask(page, name);
    await expect(answer.locator("dl")).toContainText("Finishstop");
    // What is only long to read is formatted all the same, when it has been read.
    if (!name.startsWith("links") && !name.startsWith("emphasis"))
      await expect(answer).toContainText("Shown as plain text");
  }
  await expect(page.getByRole("article", { name: "Answer of Hostile" })).toHaveCount(answers.length);
  await answering.close();
});

test("a model that no list has is asked for all the same, and the list says what it left out", async ({
  page,
  api,
}) => {
  const { answering, id, answer } = await openAnswering(page, api, "Lister", { Hello: textAnswer("pong") });
  await page.goto(`/playground?plugin=${id}&model=unlisted-model`);
  await ask(page, "Hello");
  await expect(answer).toContainText("pong");
  await expect(answer).toContainText("unlisted-model");
  await page.goto(`/plugins/${id}/models`);
  await expect(page.getByRole("list", { name: "Warnings" })).toContainText(
    "1 of 2 models cannot be read and are left out",
  );
  await expect(page.getByRole("link", { name: "Chat with scripted" })).toBeVisible();
  await answering.close();
});
