import { afterAll, beforeAll } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";

/** One console for the file. */
export function useSharedConsole() {
  let loom: TestConsole;

  beforeAll(async () => {
    loom = await createTestConsole();
  });

  afterAll(() => loom.close());

  return {
    get loom() {
      return loom;
    },
  };
}
