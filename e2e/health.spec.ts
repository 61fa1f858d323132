import type { Page } from "@playwright/test";
import { startExamplePlugin } from "../test/console-process.ts";
import { expect, registerExample, test } from "./fixtures.ts";

test("a killed plugin goes Down with the reason; started again it is re-initialised and Healthy, by itself", async ({
  page,
  api,
}) => {
  const first = await startExamplePlugin();
  const id = await registerExample(api, first, "Phoenix");
  await api.patch(`/api/plugins/${id}`, { data: { healthCheckIntervalSeconds: 5 } });
  await page.goto(`/plugins/${id}`);
  await expect(page.getByText("Healthy").first()).toBeVisible();

  await first.stop();
  // Sooner than by itself: three checks in a row make it Down.
  for (let check = 0; check < 3; check += 1) await api.post(`/api/plugins/${id}/check`, { data: {} });
  await expect(page.getByText("Down").first()).toBeVisible();
  const card = page.getByRole("region", { name: "What to do" });
  await expect(card).toContainText("Nothing is listening");
  await card.getByRole("button", { name: "Edit address" }).click();
  await expect(page.getByRole("dialog").getByLabel("Address")).toHaveValue(first.url);
  await page.keyboard.press("Escape");
  await expect(page).toHaveTitle(/● \d+ (down|needs? attention)/);
  await page.goto("/");
  await expect(page.getByRole("main")).toContainText("Phoenix");
  await expect(page.getByRole("main")).toContainText("Nothing is listening");

  const second = await startExamplePlugin(first.port);
  await page.goto(`/plugins/${id}`);
  await expect(page.getByText("Healthy").first()).toBeVisible({ timeout: 30_000 });
  const { plugin } = (await (await api.get(`/api/plugins/${id}`)).json()) as {
    plugin: { reinitializations: number };
  };
  expect(plugin.reinitializations).toBe(1);
  const readReport = async () =>
    (await (await api.get(`/api/plugins/${id}/health`)).json()) as {
      incidents: Array<{ endedAt: string | null }>;
      markers: Array<{ kind: string }>;
    };
  // History is written behind what is shown.
  await expect
    .poll(async () => (await readReport()).incidents)
    .toEqual([expect.objectContaining({ endedAt: expect.any(String) })]);
  await expect
    .poll(async () => (await readReport()).markers.map(({ kind }) => kind))
    .toContain("reinitialized");

  await page.getByRole("navigation", { name: "Plugin" }).getByRole("link", { name: "Health" }).click();
  // An incident keeps its first failure: a cut connection when the kill met a check, a refused one otherwise.
  await expect(page.getByRole("main")).toContainText(/Nothing is listening|closed the connection/);
  await second.stop();
});

test("a plugin whose checks fail says how far it is from Down, and no green tick says otherwise", async ({
  page,
  api,
}) => {
  const dying = await startExamplePlugin();
  const id = await registerExample(api, dying, "Dying");
  // Only the checks that are asked for here.
  await api.patch(`/api/plugins/${id}`, { data: { healthCheckIntervalSeconds: 3_600 } });
  await page.goto(`/plugins/${id}/health`);
  const main = page.getByRole("main");
  const incidents = page.getByRole("region", { name: "Incidents" });
  await expect(incidents.locator("svg")).toHaveCount(1);
  await dying.stop();
  await api.post(`/api/plugins/${id}/check`, { data: {} });
  await expect(incidents).toContainText("Its check failed (1 of 3 in a row that make it Down).");
  await expect(incidents).toContainText("None in this range.");
  await expect(incidents.locator("svg")).toHaveCount(0);
  await api.post(`/api/plugins/${id}/check`, { data: {} });
  await page.goto(`/plugins/${id}`);
  await expect(main).toContainText("2 of 3 checks in a row failed; the next one makes it Down.");
  await expect(main).not.toContainText(/The next check is in \d+ s\./);
  await api.post(`/api/plugins/${id}/check`, { data: {} });
  await expect(main).not.toContainText("makes it Down");
});

test("latency is drawn, ranges live in the URL, and the figures are there as a table", async ({
  page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Drawn");
  for (let check = 0; check < 5; check += 1) await api.post(`/api/plugins/${id}/check`, { data: {} });
  await page.goto(`/plugins/${id}/health`);
  const canvas = page.locator("canvas");
  await expect(canvas).toBeVisible();
  await expect.poll(() => inkOf(page)).toBeGreaterThan(0);
  await page
    .getByRole("button", { name: "15 min" })
    .or(page.getByRole("link", { name: "15 min" }))
    .click();
  await expect(page).toHaveURL(/range=|from=/);
  await page.reload();
  await expect(canvas).toBeVisible();
  await page.getByRole("button", { name: /table/i }).click();
  await expect(page.getByRole("table").first()).toContainText(/ms/);
});

/** How many pixels of the chart are painted: an empty canvas has none. */
function inkOf(page: Page): Promise<number> {
  return page.locator("canvas").evaluate((element: HTMLCanvasElement) => {
    const context = element.getContext("2d");
    if (!context || element.width === 0) return 0;
    const { data } = context.getImageData(0, 0, element.width, element.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length;
  });
}
