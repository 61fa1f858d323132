import { expect, registerExample, test } from "./fixtures.ts";

const CANARY = "sk-canary-0123456789";

test("a secret is stored, never shown again, kept when not re-entered, replaced and cleared", async ({
  page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Secretive");
  const stored = async () =>
    (
      (await (await api.get(`/api/plugins/${id}/config`)).json()) as {
        secrets: { api_key: { configured: boolean } };
      }
    ).secrets.api_key.configured;
  await page.goto(`/plugins/${id}/configuration`);
  await page.getByLabel("api_key").fill(CANARY);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Configured", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText("Configured", { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain(CANARY);

  await page.getByRole("textbox", { name: "model" }).fill("offline");
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);
  expect(await stored()).toBe(true);

  await page.getByRole("button", { name: "Replace api_key" }).click();
  await page.getByRole("button", { name: "Keep the stored api_key" }).click();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);
  await page.getByRole("button", { name: "Clear api_key" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(stored).toBe(false);
});

test("switching on without required values says which field is missing", async ({ page, api, plugin }) => {
  const created = await api.post("/api/plugins", {
    data: { endpoint: plugin.url, name: "Incomplete", approveEndpoint: true },
  });
  const { plugin: registered } = (await created.json()) as { plugin: { id: string } };
  const refusal = await api.post(`/api/plugins/${registered.id}/enable`, { data: {} });
  expect(refusal.status()).toBe(409);
  expect(await refusal.json()).toMatchObject({ error: { code: "config_incomplete" } });
  await page.goto(`/plugins/${registered.id}`);
  const advice = page.getByRole("region", { name: "What to do" });
  await expect(advice).toContainText("offline");
  await advice.getByRole("link", { name: "Configure" }).click();
  await expect(page).toHaveURL(/configuration$/);

  await page.goto(`/plugins/${registered.id}/health`);
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page).toHaveURL(/configuration#/);
  await expect(page.getByRole("radio", { name: "offline On" })).toBeFocused();
  await expect(page.getByText("Needs a value before the plugin can be switched on")).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "config_incomplete" })).toHaveCount(0);
});

test("a plugin that refuses its configuration says why, and disabling calls cleanup", async ({
  page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Refuser");
  // Without offline and without a key the example plugin answers /initialize with a structured error.
  const saved = await api.put(`/api/plugins/${id}/config`, {
    data: { version: 1, values: { offline: false }, secrets: {} },
  });
  expect(saved.status()).toBe(200);
  expect(await saved.json()).toMatchObject({ applied: false });
  await page.goto(`/plugins/${id}`);
  await expect(page.getByText("Failed").first()).toBeVisible();
  await expect(page.getByRole("main")).toContainText("api_key");
  const refused = page.getByRole("listitem").filter({ hasText: "POST /initialize" });
  await refused.getByText("What it was sent").click();
  await expect(refused.getByLabel("Sent", { exact: true })).toContainText('"offline": false');
  await page.getByText("What it answered").first().click();
  await expect(page.getByLabel("Answered", { exact: true }).first()).toContainText("example-nodejs");
  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByText("Disabled").first()).toBeVisible();
  await expect(page.getByText("POST /cleanup")).toBeVisible();
});

test("a plugin is renamed, and removed by typing its name", async ({ page, api, plugin }) => {
  const id = await registerExample(api, plugin, "Old name");
  await page.goto(`/plugins/${id}`);
  await page.getByRole("button", { name: "More for Old name" }).click();
  await page.getByRole("menuitem", { name: /rename/i }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("New name");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "New name" })).toBeVisible();
  await page.getByRole("button", { name: "More for New name" }).click();
  await page.getByRole("menuitem", { name: /remove/i }).click();
  await expect(page.getByRole("button", { name: "Remove plugin" })).toBeDisabled();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("textbox").fill("New name");
  await page.getByRole("button", { name: "Remove plugin" }).click();
  await expect(page).toHaveURL(/\/plugins$/);
  expect((await api.get(`/api/plugins/${id}`)).status()).toBe(404);
});
