import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What a theme can break; everything else is the same in both. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What is wrong with the page as it is, or with the part of it that a selector finds, in light and in dark. */
export async function violationsOf(page: Page, part?: string): Promise<string[]> {
  // Our pages have no frames: the legacy mode looks at all of them, without another page for the summing up.
  const builder = () => {
    const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(true);
    return part === undefined ? axe : axe.include(part);
  };
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const light = await builder().withTags(WCAG).analyze();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await builder().withRules(OF_COLOURS).analyze();
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return [light, dark].flatMap(({ violations }, index) =>
    violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${["light", "dark"][index]} ${id} ${target.join(" ")}`),
    ),
  );
}

export async function expectAccessible(page: Page, part?: string): Promise<void> {
  expect(await violationsOf(page, part)).toEqual([]);
}
