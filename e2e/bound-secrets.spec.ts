import type { PluginConfig } from "../lib/contract/config.ts";
import type { ConsoleProcess } from "../test/console-process.ts";
import { serveOpenAi } from "../test/openai-server.ts";
import { createStubPlugin } from "../test/stub-plugin.ts";
import { expectAccessible } from "./accessible.ts";
import { aConsole, ADMIN_ENV, expect, test as base } from "./fixtures.ts";

/** A console of its own: what is registered here stays, and its services end. */
const test = base.extend<object, { loom: ConsoleProcess }>({ loom: aConsole(ADMIN_ENV) });

const KEY = "canary-bound-key-2718";

test("another address in the form says at once that the key does not go there, and takes a new one along", async ({
  page,
  api,
}) => {
  const server = await serveOpenAi({ key: KEY });
  const created = await api.post("/api/plugins", {
    data: { builtin: "openai-compatible", preset: "openai" },
  });
  const { plugin } = (await created.json()) as { plugin: { id: string } };
  const path = `/api/plugins/${plugin.id}/config`;
  const values = { base_url: "https://api.openai.com/v1" };
  await api.put(path, { data: { version: 1, values, secrets: { api_key: { set: "an-older-key" } } } });
  await page.goto(`/plugins/${plugin.id}/configuration`);
  const address = page.getByRole("textbox", { name: "base_url" });
  await expect(address).toHaveValue(values.base_url);

  await address.fill("https://api.openai.com/other/v1");
  await expect(page.getByText("1 unsaved change")).toBeVisible();
  await expect(page.getByText("belongs to https://api.openai.com")).toHaveCount(0);
  await address.fill(server.baseUrl);
  const notice = page.getByRole("status").filter({ hasText: "belongs to https://api.openai.com" });
  await expect(notice).toContainText(`not sent to ${server.origin}`);
  await expectAccessible(page);

  // Nothing is sent while the key stays behind; the first thing to do has the focus.
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const replace = page.getByRole("button", { name: "Replace api_key" });
  await expect(replace).toBeFocused();
  await expect(page.getByText(`enter it again for ${server.origin}, or clear it`)).toBeVisible();
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("dialog")).toContainText("api_key belongs to https://api.openai.com");
  await page.getByRole("dialog").getByRole("button", { name: "Enter it again" }).click();
  await page.getByRole("tab", { name: "YAML" }).click();
  await expect(page.getByText("api_key belongs to https://api.openai.com")).toBeVisible();
  await page.getByRole("button", { name: "Enter it again" }).click();
  expect(((await (await api.get(path)).json()) as PluginConfig).values).toEqual(values);

  await replace.click();
  await page.getByRole("textbox", { name: "api_key" }).fill(KEY);
  await expect(notice).toHaveCount(0);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  const saved = (await (await api.get(path)).json()) as PluginConfig;
  expect(saved).toMatchObject({ origin: server.origin, secrets: { api_key: { origin: server.origin } } });

  // Back to the first revision: its address has no key any more.
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("button", { name: "Restore revision 2" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(`The one that is set now belongs to ${server.origin}`);
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(dialog).toContainText("Not restored");
  await dialog.getByLabel(/api_key has to be entered again/).fill("the-first-key-again");
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("Revision 2 restored.")).toBeVisible();
  expect(JSON.stringify(server.requests)).not.toContain("an-older-key");
  await server.close();
});

test("a plugin that moves while a key is typed takes the key out of the form and says why", async ({
  page,
  api,
}) => {
  const schema = [
    { name: "api_key", type: "string", sensitive: true },
    { name: "region", type: "string" },
  ];
  const [here, there] = await Promise.all([createStubPlugin({ schema }), createStubPlugin({ schema })]);
  const created = await api.post("/api/plugins", {
    data: { endpoint: here.endpoint, approveEndpoint: true, name: "Wanderer" },
  });
  const { plugin } = (await created.json()) as { plugin: { id: string } };
  await api.post(`/api/plugins/${plugin.id}/enable`, { data: {} });
  await page.goto(`/plugins/${plugin.id}/configuration`);
  await page.getByRole("textbox", { name: "region" }).fill("eu");
  await page.getByLabel("api_key").fill(KEY);
  await api.patch(`/api/plugins/${plugin.id}`, { data: { endpoint: there.endpoint, approveEndpoint: true } });
  await page.getByRole("button", { name: "Save", exact: true }).click();

  const conflict = page.getByRole("region", { name: "Changed by somebody else" });
  await expect(conflict).toContainText(`The plugin moved from ${here.endpoint} to ${there.endpoint}`);
  await expect(conflict).toContainText("What you had typed for api_key was meant for another address");
  await expect(page.getByLabel("api_key")).toHaveValue("");
  // Only the notice speaks of the old address: the page around it has the new one.
  await expect(page.getByText(here.endpoint, { exact: true })).toHaveCount(1);
  await expect(page.getByRole("textbox", { name: "region" })).toHaveValue("eu");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  expect(JSON.stringify(there.configs)).not.toContain(KEY);
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByText("Moved to another address")).toBeVisible();
  await Promise.all([here.close(), there.close()]);
});

test("a key that is cleared leaves no warning behind, and a failed test of a built-in plugin names its step", async ({
  page,
  api,
}) => {
  const server = await serveOpenAi({ key: KEY });
  const created = await api.post("/api/plugins", {
    data: { builtin: "openai-compatible", preset: "openai" },
  });
  const { plugin } = (await created.json()) as { plugin: { id: string } };
  await api.put(`/api/plugins/${plugin.id}/config`, {
    data: {
      version: 1,
      values: { base_url: "https://api.openai.com/v1" },
      secrets: { api_key: { set: "an-older-key" } },
    },
  });
  await page.goto(`/plugins/${plugin.id}/configuration`);
  await page.getByRole("textbox", { name: "base_url" }).fill(server.baseUrl);
  const notice = page.getByText("belongs to https://api.openai.com");
  await expect(notice.first()).toBeVisible();
  await page.getByRole("button", { name: "Clear api_key" }).click();
  await expect(notice).toHaveCount(0);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
  await expect(notice).toHaveCount(0);

  await page.setViewportSize({ width: 1280, height: 500 });
  await page.getByLabel("api_key").fill("a-wrong-key");
  await page.getByRole("button", { name: "Test", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Test before saving" });
  await dialog.getByRole("button", { name: "Start the test" }).click();
  await expect(dialog.getByText(/^Failed at: /)).toBeVisible();
  await expect(dialog.getByText("Built in")).toHaveCount(0);
  await expect(dialog.getByText("To fix it:")).toBeInViewport();
  await server.close();
});
