import { expectAccessible } from "./accessible.ts";
import { expect, registerExample, test } from "./fixtures.ts";
import { startExamplePlugin } from "../test/console-process.ts";

test("a configuration that is refused leaves the last good one serving, and is mended on the page", async ({
  page,
  api,
}) => {
  const created = await api.post("/api/plugins", { data: { builtin: "simulator", name: "Serving" } });
  expect(created.status(), await created.text()).toBe(201);
  expect((await api.post("/api/plugins/Serving/enable", { data: {} })).status()).toBe(200);
  const { plugin } = (await (await api.get("/api/plugins/Serving")).json()) as {
    plugin: { id: string; badge: string };
  };
  const ask = async () => {
    const run = await api.post("/api/playground/runs", {
      data: {
        panes: [{ pluginId: plugin.id, model: "simulated-1", parameters: { max_tokens: 5 } }],
        messages: [{ role: "user", content: "hello" }],
      },
    });
    return run.text();
  };
  expect(await ask()).toContain('"type":"done"');

  await page.goto("/plugins/Serving/configuration");
  await page.getByRole("textbox", { name: "api_key" }).fill("wrong-key");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const notice = page.getByRole("region", { name: "The new configuration was refused" });
  await expect(notice).toContainText("The last one that worked is still in use");
  await expect(notice).toContainText("wrong-");
  expect(await ask()).toContain('"type":"done"');
  await expectAccessible(page);
  await page.goto("/plugins/Serving");
  await expect(notice.getByRole("link", { name: "Edit configuration" })).toBeVisible();
  await expect(page.getByText("Healthy").first()).toBeVisible();

  await notice.getByRole("link", { name: "Edit configuration" }).click();
  await page.getByRole("button", { name: "Replace api_key" }).click();
  await page.getByRole("textbox", { name: "api_key" }).fill("right-key");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(notice).toHaveCount(0);
  expect(await ask()).toContain('"type":"done"');
});

test("a plugin that is dead can be switched off and removed", async ({ page, api }) => {
  const plugin = await startExamplePlugin();
  const id = await registerExample(api, plugin, "Gone for good");
  await plugin.stop();
  await page.goto(`/plugins/${id}`);
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByText("Disabled").first()).toBeVisible();
  expect((await api.delete(`/api/plugins/${id}`)).status()).toBe(204);
  await expect.poll(async () => (await api.get(`/api/plugins/${id}`)).status()).toBe(404);
});
