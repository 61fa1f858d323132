import { removeDirectory, startConsole, type ConsoleProcess } from "../test/console-process.ts";
import { ADMIN, expect, patient, test } from "./fixtures.ts";

let fresh: ConsoleProcess;

test.beforeEach(async () => {
  fresh = await startConsole();
});

test.afterEach(async () => {
  await fresh.stop();
  await removeDirectory(fresh.dataDirectory);
});

test("a newcomer sets up an account and chats with the built-in plugin", async ({ browser }) => {
  const page = patient(await (await browser.newContext()).newPage());
  await page.goto(fresh.url);
  await expect(page).toHaveURL(/\/setup$/);

  await page.getByLabel("Setup token").fill("not the token");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByLabel("Setup token")).toHaveAccessibleDescription(/not the setup token/);

  await page.getByLabel("Setup token").fill(fresh.setupToken ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("At least 12 characters; this has 5", { exact: true })).toBeVisible();

  await page.reload();
  await expect(page.getByLabel("E-mail")).toHaveValue(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Create account" }).click();

  await expect(page.getByText("Healthy")).toBeVisible();
  await page.getByRole("link", { name: "Open playground" }).click();
  const message = page.getByRole("textbox", { name: "Message" });
  await expect(message).toBeFocused();
  // A question mark is part of a question there, and no key.
  await expect(message).not.toHaveAccessibleDescription(/all keys/);
  await page.keyboard.type("I feel sad today, do you?");
  await expect(message).toHaveValue("I feel sad today, do you?");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer of ELIZA" });
  await expect(answer).toContainText("Finish");
  await expect(answer).toContainText("stop");

  expect((await page.request.get(`${fresh.url}/setup`)).status()).toBe(404);
  expect((await page.request.get(`${fresh.url}/api/setup`)).status()).toBe(404);
  await page.context().close();
});

test("the printed link carries the token, and takes it out of the address", async ({ browser }) => {
  const page = patient(await (await browser.newContext()).newPage());
  await page.goto(`${fresh.url}/setup#token=${fresh.setupToken}`);
  await expect(page.getByLabel("E-mail")).toBeVisible();
  await expect(page).toHaveURL(`${fresh.url}/setup`);
  await page.context().close();
});

test("the printed link works in a tab that shows setup already, and in the token field", async ({
  browser,
}) => {
  const page = patient(await (await browser.newContext()).newPage());
  await page.goto(`${fresh.url}/setup`);
  const field = page.getByLabel("Setup token");
  await field.fill(` ${fresh.url}/setup#token=${fresh.setupToken} `);
  await expect(field).toHaveValue(fresh.setupToken ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByLabel("E-mail")).toBeVisible();
  await page.getByRole("button", { name: "Back" }).click();
  await field.fill("not the token");

  await page.evaluate((fragment) => window.location.assign(fragment), `#token=${fresh.setupToken}`);
  await expect(page.getByLabel("E-mail")).toBeVisible();
  await expect(page).toHaveURL(`${fresh.url}/setup`);
  await page.getByRole("button", { name: "Back" }).click();
  await expect(field).toHaveValue(fresh.setupToken ?? "");
  await page.context().close();
});
