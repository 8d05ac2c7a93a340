import { defineConfig } from "vitest/config";

// Tests run the built command in child processes and the real engine in this one, so two workers fill two cores.
// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.ts"],
    // They end what hangs, and measure nothing: a hospital on both engines takes minutes on two cores, and several times that on a busy machine.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    maxWorkers: 2,
    pool: "forks",
  },
});
