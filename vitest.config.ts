import { configDefaults, defineConfig } from "vitest/config";
import { skipReporter } from "./scripts/skip-reporter.ts";

const FILES = "{packages,apps,examples,test,scripts}/**/*";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", skipReporter],
    // Tests load ONNX Runtime without Tideline too; its oracles in Python see this as well.
    env: { ORT_DISABLE_TELEMETRY: "1" },
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "main",
          include: [`${FILES}.test.ts`],
          exclude: [...configDefaults.exclude, "**/*.long.test.ts"],
        },
      },
      // Minutes each: builds by other tools, nets trained to their thresholds.
      { extends: true, test: { name: "long", include: [`${FILES}.long.test.ts`], testTimeout: 900_000 } },
    ],
  },
});
