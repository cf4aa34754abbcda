import { defineConfig } from "vitest/config";
import { skipReporter } from "./scripts/skip-reporter.ts";

export default defineConfig({
  test: {
    include: ["{packages,apps,examples,test,scripts}/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", skipReporter],
    pool: "forks",
    maxWorkers: 2,
  },
});
