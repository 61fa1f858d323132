import { afterAll, beforeAll, expect } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";

export const errorOf = (code: string, more: object = {}) => ({
  error: expect.objectContaining({ code, ...more }),
});

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
