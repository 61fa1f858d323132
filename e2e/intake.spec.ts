import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { violationsOf } from "./accessible.ts";
import { expect, test } from "./fixtures.ts";

const EXAMPLE = readFileSync("examples/plugins/example-nodejs/plugin.yaml", "utf8");
const FIVE_MISTAKES = `# Kept by hand
type: http
endpoint: http://127.0.0.1:18096
metadata:
  name: Five
  provider_type: five
  config_schema:
    - name: timeout
      type: int
      default: 900
      validation: { min: 1, max: 300 }
    - name: timeout
      type: string
auto_start: maybe
health_check_interval: 1
`;

/** Called by what it holds. */
const field = (page: Page) => page.getByLabel(/^(Where is the plugin\?|Manifest)$/);
const editor = (page: Page) => page.locator(".cm-content");
const findings = (page: Page) => page.getByRole("region", { name: "Findings" });

/** What a text would be stored as, were it dropped; the rest of the page is the way there. */
async function drop(page: Page, files: Array<{ name: string; text: string }>) {
  const transfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, text } of list) made.items.add(new File([text], name));
    return made;
  }, files);
  for (const event of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent("body", event, { dataTransfer: transfer });
}

/** Serves one text at any path of a port of its own. */
async function serveText(text: () => string) {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/yaml" }).end(text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/plugin.yaml`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

test("five mistakes are underlined, explained with their lines, and mended one after the other", async ({
  page,
  api,
}) => {
  await page.goto("/plugins/new");
  await field(page).fill(FIVE_MISTAKES);
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(5);
  const mistakes = [
    {
      about: "metadata.version",
      place: "line 5, column 3",
      keys: ["End", "Enter"],
      text: 'version: "1.0.0"',
    },
    { about: "default", place: "line 11, column 16", keys: ["Shift+End"], text: "90" },
    { about: /twice|two|already|same/, place: /^line 13, /, keys: ["Shift+End"], text: "retries" },
    { about: "maybe", place: "line 15, column 13", keys: ["Shift+End"], text: "true" },
    { about: "health_check_interval", place: "line 16, column 24", keys: ["Shift+End"], text: "60" },
  ];
  for (const [index, { about, place, keys, text }] of mistakes.entries()) {
    const left = mistakes.length - index;
    await expect(findings(page)).toContainText(left === 1 ? "1 error" : `${left} errors`);
    const finding = findings(page).getByRole("listitem").filter({ hasText: about }).first();
    await finding.getByRole("button", { name: place }).click();
    await expect(editor(page)).toBeFocused();
    await expect(finding).toHaveAttribute("aria-current", "location");
    for (const key of keys) await page.keyboard.press(key);
    await page.keyboard.type(text);
    await expect(page.locator(".cm-lintRange-error")).toHaveCount(left - 1);
  }
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.getByText("Nothing is stored before this.")).toBeVisible();
  const { plugins } = (await (await api.get("/api/plugins")).json()) as { plugins: Array<{ name: string }> };
  expect(plugins.map(({ name }) => name)).not.toContain("Five");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("heading", { name: "Five" })).toBeVisible();
});

test("findings and places in the text lead to each other by keyboard, and Tab leaves the editor", async ({
  page,
}) => {
  await page.goto("/plugins/new");
  await field(page).fill(FIVE_MISTAKES);
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(5);
  await page.keyboard.press("Control+Home");
  const current = findings(page).locator("[aria-current]");
  await page.keyboard.press("F8");
  await expect(current).toContainText("127.0.0.1");
  await page.keyboard.press("F8");
  await expect(current).toContainText("version");
  await page.keyboard.press("F8");
  await expect(current).toContainText("default");
  await page.keyboard.press("Shift+F8");
  await expect(current).toContainText("version");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(editor(page)).not.toBeFocused();

  await page.getByRole("switch", { name: "Tab indents" }).click();
  await editor(page).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Tab");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(editor(page)).not.toBeFocused();
});

test("known keys and values are completed where they belong, by keyboard", async ({ page }) => {
  await page.goto("/plugins/new");
  await field(page).focus();
  const options = page.getByRole("listbox", { name: "Completions" }).getByRole("option");
  await page.keyboard.type("type: ");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Control+Space");
  await expect(options).toHaveText(["http", "grpc", "builtin"]);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.keyboard.type("meta");
  await expect(options.first()).toContainText("metadata");
  await page.keyboard.press("Enter");
  await page.keyboard.type("config");
  await expect(options.first()).toContainText("config_schema");
  await expect(page.getByText("The settings people fill in before it can be enabled.")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(editor(page)).toContainText("config_schema:");
  await page.keyboard.press("Control+Space");
  await expect(options.first()).toContainText("a new setting");
  await page.keyboard.press("Enter");
  await page.keyboard.type("api_key");
  await expect(editor(page)).toContainText("- name: api_key");
  const text = await editor(page).evaluate((element) =>
    [...element.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n"),
  );
  expect(text).toMatch(/^type: http\nmetadata:\n {2}config_schema:\n {4}- name: api_key\n {6}type: string\n/);
});

test("the form edits the same text and keeps its comments, order and unknown fields", async ({ page }) => {
  const text = EXAMPLE.replace("license: MIT", "license: MIT\n  x_team: core # ours");
  await page.goto("/plugins/new");
  await field(page).fill(text);
  await page.getByRole("tab", { name: "Form" }).click();
  await page.getByLabel("Version").fill("");
  await expect(page.getByText(/metadata.version/).first()).toBeVisible();
  await page.getByLabel("Version").fill("2.1.0");
  await page.getByRole("switch", { name: "Vision" }).click();
  await page.getByLabel("Homepage").fill("https://example.test/plugin");
  await page.getByRole("button", { name: "Remove style" }).click();
  await page.getByRole("button", { name: "Move model up" }).click();
  await page.getByRole("button", { name: "Add a setting" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("region");
  await page.reload();
  await expect(page.getByLabel("Version")).toHaveValue("2.1.0");

  await page.getByRole("tab", { name: "Form" }).press("ArrowLeft");
  await expect(page.getByRole("tab", { name: "YAML" })).toHaveAttribute("aria-selected", "true");
  const draft = await page.evaluate(() => sessionStorage.getItem("loom:draft:register") ?? "{}");
  const edited = (JSON.parse(draft) as { text: string }).text;
  for (const part of [
    "# What a Loom host needs",
    "x_team: core # ours",
    "version: 2.1.0",
    "vision: true",
    "name: region",
  ])
    expect(edited).toContain(part);
  expect(edited).not.toContain("name: style");
  expect(edited.indexOf("name: model")).toBeLessThan(edited.indexOf("name: api_key"));
  await expect(editor(page)).toContainText("# What a Loom host needs");
});

test("a text that cannot be read does not become a form, and says why", async ({ page }) => {
  await page.goto("/plugins/new");
  await field(page).fill("type: &anchor http\n");
  await page.getByRole("tab", { name: "Form" }).click();
  await expect(page.getByText("cannot be shown as a form yet")).toBeVisible();
  await expect(page.getByRole("tabpanel")).toContainText("Anchors");
  await page.getByRole("button", { name: "Mend it in the text" }).click();
  await expect(editor(page)).toBeVisible();
});

test("JSON is completed, edited in the form and stays JSON", async ({ page }) => {
  await page.goto("/plugins/new");
  await field(page).fill(
    '{ "type": "http", "endpoint": "http://127.0.0.1:18097", "metadata": { "name": "J" } }',
  );
  await expect(page.getByRole("tab", { name: "JSON" })).toBeVisible();
  await page.getByRole("tab", { name: "Form" }).click();
  await page.getByLabel("Provider type").fill("jay");
  await page.getByRole("tab", { name: "JSON" }).click();
  await expect(editor(page)).toContainText('"provider_type":"jay"');
});

test("a manifest's address shows the fetched text with its findings; a copy of it can be edited", async ({
  page,
}) => {
  const served = await serveText(() => FIVE_MISTAKES);
  await page.goto("/plugins/new");
  await field(page).fill(served.url);
  await expect(page.getByLabel("What the address points to")).toHaveValue("manifest");
  await field(page).press("Enter");
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.getByLabel("Fetched manifest")).toContainText("# Kept by hand");
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(5);
  await findings(page)
    .getByRole("button", { name: /^line 1[45], / })
    .first()
    .click();
  await expect(page.getByLabel("Fetched manifest")).toBeFocused();
  await page.keyboard.type("nothing");
  await expect(page.getByLabel("Fetched manifest")).not.toContainText("nothing");

  await page.getByRole("button", { name: "Edit a copy" }).click();
  await expect(page.getByLabel("Fetched manifest")).toHaveCount(0);
  await expect(editor(page)).toHaveAttribute("aria-label", "Manifest");
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(5);
  await served.close();
});

test("what is registered under the address is compared, and other plugins of the type are named", async ({
  page,
  api,
  plugin,
}) => {
  await api.post("/api/plugins", { data: { endpoint: plugin.url, name: "Compared", approveEndpoint: true } });
  const text = EXAMPLE.replace("http://127.0.0.1:8090", plugin.url);
  await page.goto("/plugins/new");
  await field(page).fill(text.replace("default: 60", "default: 75"));
  const existing = page.getByRole("region", { name: "Registered already" });
  await expect(existing).toContainText("Compared");
  await expect(existing.getByRole("row", { name: /timeout_seconds.*default.*60.*75/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Register" })).toHaveCount(0);

  await field(page).fill(EXAMPLE.replace("8090", "18098"));
  await expect(page.getByText(/This will be the \w+ plugin of type/)).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Compared" })).toBeVisible();
});

test("several files are dropped: the first is taken, and that is said; what is no manifest is refused", async ({
  page,
}) => {
  await page.goto("/plugins/new");
  // The page listens for files once React has committed it, which a busy machine puts off.
  await expect(async () => {
    await drop(page, [
      { name: "plugin.yaml", text: EXAMPLE },
      { name: "other.json", text: "{}" },
    ]);
    await expect(page.getByText(/2 files were dropped; this is plugin.yaml/)).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(editor(page)).toContainText("provider_type: example-nodejs");
  await drop(page, [{ name: "picture.png", text: "x" }]);
  await expect(page.getByText(/picture.png is not a manifest/)).toBeVisible();
  await expect(editor(page)).toContainText("provider_type: example-nodejs");

  await editor(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# typed\n");
  await drop(page, [{ name: "new.yaml", text: "type: grpc\n" }]);
  await expect(editor(page)).toContainText("type: grpc");
  await editor(page).focus();
  await page.keyboard.press("Control+z");
  await expect(editor(page)).toContainText("# typed");
});

test("an example is one press away, and the draft and its view outlive a reload", async ({ page }) => {
  await page.goto("/plugins/new");
  await page.getByRole("button", { name: "Start from an example" }).click();
  await expect(editor(page)).toContainText("provider_type: my-plugin");
  await page.reload();
  await expect(editor(page)).toContainText("provider_type: my-plugin");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(field(page)).toHaveValue("");
});

test("a registered plugin is exported as YAML and JSON, as files and as text", async ({
  page,
  api,
  plugin,
}) => {
  const created = await api.post("/api/plugins", {
    data: { endpoint: plugin.url, name: "Exported", approveEndpoint: true },
  });
  const { plugin: registered } = (await created.json()) as { plugin: { id: string } };
  await page.goto(`/plugins/${registered.id}`);
  for (const format of ["yaml", "json"]) {
    await page.getByRole("button", { name: "Export Exported" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: `Download plugin.${format}` }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`plugin.${format}`);
    const text = readFileSync(await file.path(), "utf8");
    expect(text).toContain("example-nodejs");
    if (format === "json") expect(JSON.parse(text)).toMatchObject({ endpoint: plugin.url });
  }
  await page.getByRole("button", { name: "Export Exported" }).click();
  await expect(page.getByText("No secrets are in it")).toBeVisible();
  await page.getByRole("menuitem", { name: "Copy as YAML" }).click();
  await expect(page.getByText("Copied as YAML")).toBeVisible();
});

test("the editor, the form and the fetched text are accessible", async ({ page }) => {
  const served = await serveText(() => FIVE_MISTAKES);
  const found: string[] = [];
  const check = async (state: string) => {
    found.push(...(await violationsOf(page)).map((violation) => `${state} ${violation}`));
  };
  await page.goto("/plugins/new");
  await field(page).fill(FIVE_MISTAKES);
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(5);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("F8");
  await check("errors");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("a");
  await expect(page.getByRole("listbox", { name: "Completions" })).toBeVisible();
  await check("completion");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Backspace");
  await page.getByRole("tab", { name: "Form" }).click();
  await expect(page.getByLabel("Provider type")).toBeVisible();
  await check("form");
  await page.getByRole("button", { name: "Clear" }).click();
  await field(page).fill(served.url);
  await field(page).press("Enter");
  await page.getByRole("button", { name: "Allow and check" }).click();
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(5);
  await check("fetched");
  await page.setViewportSize({ width: 320, height: 640 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(found).toEqual([]);
  await served.close();
});
