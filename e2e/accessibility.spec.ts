import type { Page } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";
import { startConsole, removeDirectory } from "../test/console-process.ts";
import { expect, registerExample, test } from "./fixtures.ts";

test.setTimeout(180_000);

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${page.url()} ${id} ${target.join(" ")}`),
  );
}

for (const scheme of ["light", "dark"] as const) {
  test(`no screen has an accessibility violation in ${scheme}`, async ({ page, api, plugin }) => {
    const id = await registerExample(api, plugin, `Accessible ${scheme}`);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const found: string[] = [];
    const plug = `/plugins/${id}`;
    const tabs = ["", "/configuration", "/health", "/models", "/activity"].map((tab) => plug + tab);
    for (const path of [
      "/",
      "/plugins",
      "/plugins?q=zzz",
      "/plugins/new",
      "/playground",
      "/activity",
      "/settings/addresses",
      ...tabs,
    ]) {
      await page.goto(path, { waitUntil: "networkidle" });
      found.push(...(await violations(page)));
    }
    expect(found).toEqual([]);
  });

  test(`setup and sign-in have no accessibility violation in ${scheme}`, async ({ anonymous: page }) => {
    const fresh = await startConsole();
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(`${fresh.url}/setup`);
    const found = await violations(page);
    await page.goto("/sign-in");
    found.push(...(await violations(page)));
    await fresh.stop();
    await removeDirectory(fresh.dataDirectory);
    expect(found).toEqual([]);
  });
}

test("no screen scrolls sideways at 320 px", async ({ page, api, plugin }) => {
  const id = await registerExample(api, plugin, "A plugin with quite a long name to see it wrap");
  await page.setViewportSize({ width: 320, height: 640 });
  const plug = `/plugins/${id}`;
  const tabs = ["", "/configuration", "/health", "/models", "/activity"].map((tab) => plug + tab);
  for (const path of [
    "/",
    "/plugins",
    "/plugins/new",
    "/playground",
    "/activity",
    "/settings/addresses",
    ...tabs,
  ]) {
    await page.goto(path, { waitUntil: "networkidle" });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
