import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { Manifest } from "../contract/manifest.ts";
import { createClock } from "../real-clock.ts";

const command = {
  ...{
    executable: "/usr/bin/node",
    command: "node",
    args: ["a\nb"],
    env: { A: "1\n2" },
    workingDirectory: "/x",
  },
  digest: "d".repeat(64),
};
const approvedAt = new Date(0).toISOString();

let test: TestData;
beforeEach(async () => {
  test = await createTestData(createClock());
});
afterEach(() => test.close());

async function approve(inventory: Map<string, string>): Promise<string> {
  const endpoint = "http://127.0.0.1:8090";
  const metadata = { name: "Acme", version: "1.0.0", provider_type: "acme" };
  const { id } = await test.data.plugins.create({
    name: "Acme",
    origin: "address",
    findings: [],
    desired: "disabled",
    healthCheckIntervalSeconds: 60,
    ...{
      endpoint,
      file: null,
      manifest: Manifest.parse({ type: "http", endpoint, metadata, command: "node" }),
    },
  });
  await test.data.processes.approve(id, { command, inventory, approvedBy: "Ann", approvedAt });
  return id;
}

it("keeps an approved command with the files it was approved with", async () => {
  const inventory = new Map([
    ["plugin.js", "0123456789abcdef"],
    ["line\nbreak.js", "-> plugin.js"],
  ]);
  const { approval } = await test.data.processes.get(await approve(inventory));
  expect(approval).toMatchObject({ command, approvedBy: "Ann", approvedAt });
  expect(approval?.inventory()).toEqual(inventory);
});
