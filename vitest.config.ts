import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: fileURLToPath(new URL(".", import.meta.url)) }] },
  test: {
    name: "unit",
    environment: "node",
    include: ["*.test.ts", "{app,bench,components,lib,scripts,test}/**/*.test.{ts,tsx}"],
    exclude: [...configDefaults.exclude, "lib/data/generated/**"],
    maxWorkers: 2,
    // better-sqlite3 is native and lock tests spawn and signal: one process per file keeps a file's trouble to itself.
    pool: "forks",
    // Generous, because a limit that a busy machine reaches tells nothing about the code.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
