import { afterAll, beforeAll, expect } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";

export const GOOD = `type: http
endpoint: http://127.0.0.1:8090
metadata:
  name: Acme Models
  version: "1.10"
  provider_type: acme
  mood: "yes"
  config_schema:
    - { name: api_key, type: string, sensitive: true, default: sk-canary }
    - { name: timeout, type: int, default: 30, validation: { min: 1, max: 300 } }
health_check_interval: 60
`;

export function replaced(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
}

/** One console for the file, to send manifests to. */
export function useManifestConsole() {
  let loom: TestConsole;

  beforeAll(async () => {
    loom = await createTestConsole();
  });

  afterAll(() => loom.close());

  const post = (path: string, body: object) => loom.call("POST", path, { as: "admin", body });

  /** Everything that registering could leave behind. */
  const listed = async () => [
    (await loom.call("GET", "/api/plugins", { as: "admin" })).body,
    await loom.data.approvals.list(),
    (await loom.data.audit.list({ limit: 1 }))[0]?.id,
  ];

  return {
    get loom() {
      return loom;
    },
    listed,
    post,
  };
}
