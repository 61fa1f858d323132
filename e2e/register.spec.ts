import { readFileSync } from "node:fs";
import { startExamplePlugin } from "../test/console-process.ts";
import { expect, test } from "./fixtures.ts";

const MANIFEST = readFileSync("examples/plugins/example-nodejs/plugin.yaml", "utf8");
/** The one field is called by what it holds. */
const source = /^(Where is the plugin\?|Manifest)$/;

const BROKEN = `type: http
endpoint: http://127.0.0.1:18095
metadata:
  name: Never stored
  provider_type: broken
  config_schema:
    - { name: timeout, type: int, default: 900, validation: { min: 1, max: 300 } }
health_check_interval: 1
`;

test("a running plugin is registered by its address, configured, switched on and talked to", async ({
  page,
  plugin,
}) => {
  await page.goto("/plugins");
  await page
    .getByRole("link", { name: /add plugin|register/i })
    .first()
    .click();
  await page.getByLabel(source).fill(plugin.url);
  await page.getByLabel(source).press("Enter");
  await expect(page.getByText("nothing has been contacted yet")).toBeVisible();
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.getByText("example-nodejs").first()).toBeVisible();

  await page.getByLabel("Name in this console").fill("My second plugin");
  await page.reload();
  await expect(page.getByLabel("Name in this console")).toHaveValue("My second plugin");
  await page.getByRole("button", { name: "Register" }).click();

  await expect(page).toHaveURL(/\/configuration#config-/);
  await page.getByRole("radio", { name: "On" }).check();
  await page.getByRole("textbox", { name: "words_per_second" }).fill("5000");
  await page.getByRole("textbox", { name: "words_per_second" }).blur();
  await expect(page.getByText(/At most 1,?000/).last()).toBeVisible();
  await page.getByRole("textbox", { name: "words_per_second" }).fill("200");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);

  await page.getByRole("button", { name: "Enable" }).first().click();
  await expect(page.getByText("Healthy").first()).toBeVisible();
  await page.getByRole("link", { name: "Overview" }).last().click();
  await expect(page.getByText("Identity confirmed: example-nodejs 1.0.0")).toBeVisible();
  await expect(page.getByText("2 models")).toBeVisible();

  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("Good morning");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Answer of My second plugin" })).toContainText(
    "Good morning",
  );
});

test("a pasted manifest is explained line by line before anything is stored", async ({ page, api }) => {
  await page.goto("/plugins/new");
  await page.getByLabel("Where is the plugin?").fill(BROKEN);
  await expect(page.getByLabel("Manifest", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Where is the plugin?")).toHaveCount(0);
  const preview = page.getByRole("main");
  await expect(preview).toContainText("metadata.version");
  await expect(preview).toContainText(/line 7|7:/i);
  await expect(preview).toContainText(/line 8|8:/i);
  await expect(page.getByRole("button", { name: "Register" })).toHaveCount(0);

  const mended = BROKEN.replace("  provider_type", '  version: "1.0.0"\n  provider_type')
    .replace("default: 900", "default: 90")
    .replace("interval: 1\n", "interval: 60\n");
  await page.getByLabel(source).fill(mended);
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.getByRole("button", { name: "Register" })).toBeEnabled();
  const { plugins } = (await (await api.get("/api/plugins")).json()) as { plugins: Array<{ name: string }> };
  expect(plugins.map(({ name }) => name)).not.toContain("Never stored");
});

test("1,000 nested brackets get an explanation, not a crash", async ({ page }) => {
  await page.goto("/plugins/new");
  await page.getByLabel(source).fill("[".repeat(1000));
  await expect(page.getByRole("main")).toContainText(/deep/i);
});

test("a manifest file can be chosen, and dropped anywhere on the page", async ({ page }) => {
  await page.goto("/plugins/new");
  await page
    .getByLabel("Manifest file")
    .setInputFiles({ name: "plugin.yaml", mimeType: "text/yaml", buffer: Buffer.from(MANIFEST) });
  await expect(page.getByLabel(source)).toContainText("provider_type: example-nodejs");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByLabel(source)).toHaveValue("");

  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "plugin.yaml", { type: "text/yaml" }));
    return transfer;
  }, MANIFEST);
  for (const event of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent("body", event, { dataTransfer: dropped });
  await expect(page.getByLabel(source)).toContainText("provider_type: example-nodejs");
  await expect(page.getByRole("main")).toContainText("Node.js Example");
});

test("an address where nothing listens says so and how to go on", async ({ page }) => {
  const gone = await startExamplePlugin();
  await gone.stop();
  await page.goto("/plugins/new");
  await page.getByLabel(source).fill(gone.url);
  await page.getByLabel(source).press("Enter");
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.getByText(/Nothing is listening/)).toBeVisible();
});

test("an endpoint that is registered already leads to it", async ({ page, api, plugin }) => {
  await api.post("/api/plugins", { data: { endpoint: plugin.url, name: "First", approveEndpoint: true } });
  await page.goto("/plugins/new");
  await page.getByLabel(source).fill(plugin.url);
  await page.getByLabel(source).press("Enter");
  await page.getByRole("main").getByRole("link", { name: /First/ }).click();
  await expect(page.getByRole("heading", { name: "First" })).toBeVisible();
});
