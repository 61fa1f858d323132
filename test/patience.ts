import { vi } from "vitest";

/** What a test waits for comes when it comes: only a test that never ends well uses this up. `expect.poll` has it in vitest.config.ts. */
const PATIENCE_MS = 30_000;

const { waitFor } = vi;
vi.waitFor = (check, options = PATIENCE_MS) => waitFor(check, options);
