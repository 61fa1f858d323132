import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { expect, registerExample, test } from "./fixtures.ts";

const ask = async (page: Page, text: string) => {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.keyboard.press("Enter");
};

test("a plugin that is healthy and fails five chats is left out of routing, says why, and is forgiven by a good one", async ({
  page,
  api,
  loom,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Mute");
  const answers = page.getByRole("article", { name: "Answer of Mute" });
  await page.goto(`/playground?plugin=${id}&model=offline-echo`);
  for (let turn = 0; turn < 5; turn += 1) {
    await expect(page.getByText("it gets no routed requests")).toHaveCount(0);
    await ask(page, "/fail provider_unavailable");
    await expect(answers.nth(turn)).toContainText("plugin_provider_unavailable");
  }
  await expect(
    page.getByText("The last 5 chats with Mute failed, so it gets no routed requests"),
  ).toBeVisible();
  const read = async () =>
    (await (await api.get(`/api/plugins/${id}`)).json()) as { plugin: { ejection: { until: string } } };
  const { plugin: said } = await read();
  expect(said).toMatchObject({
    badge: "healthy",
    health: "up",
    lifecycle: "ready",
    desired: "enabled",
    ejection: { failures: 5, error: { code: "plugin_provider_unavailable" } },
  });
  expect(loom.output()).toMatch(/"code":"plugin_provider_unavailable".*ejected from routing/);

  await page.goto("/plugins?state=attention");
  await expect(page.getByRole("row", { name: "Mute" })).toContainText(
    /Its checks pass, but the last 5 chats failed: .*You asked for this error/,
  );
  await page.goto("/");
  const item = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
  await expect(item.filter({ hasText: "Mute" })).toContainText("but the last 5 chats failed");
  await item.filter({ hasText: "Mute" }).getByRole("link", { name: "See why" }).click();
  const notice = page.getByRole("region", { name: "Left out of routing" });
  await expect(notice).toContainText("Its health checks pass, but the last 5 chats failed.");
  await expect(notice).toContainText("You asked for this error with /fail provider_unavailable.");
  const clock = await page.evaluate(
    (until) => new Date(until).toLocaleTimeString("en-GB", { hourCycle: "h23" }),
    said.ejection.until,
  );
  await expect(notice).toContainText(`It gets no routed requests until ${clock}`);
  await page.getByRole("navigation", { name: "Plugin" }).getByRole("link", { name: "Health" }).click();
  await expect(notice).toContainText(`It gets no routed requests until ${clock}`);
  const incidents = page.getByRole("region", { name: "Incidents" });
  await expect(incidents).toContainText("Chats that fail begin none as long as its checks pass.");
  await expect(incidents.locator("svg")).toHaveCount(0);
  await expectAccessible(page, "section[aria-label='Left out of routing']");

  await notice.getByRole("link", { name: "Try it in the playground" }).click();
  await expect(page).toHaveURL(new RegExp(`/playground\\?plugin=${id}`));
  await ask(page, "Hello again");
  await expect(answers.last()).toContainText("You said: Hello again");
  await expect(answers.last().locator("dl")).toContainText("Finishstop");
  expect(await read()).toMatchObject({ plugin: { ejection: null } });
  await expect(page.getByText("it gets no routed requests")).toHaveCount(0);
  await page.goto(`/plugins/${id}/health`);
  await expect(page.getByText("Chats failed 5 times in a row")).toBeVisible();
});
