import type { Reporter, TestModule } from "vitest/node";

/** Lists, after a run, every test that was skipped, so that nobody takes a skip for a pass. */
export const skipReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].map(
        (test) => `  ${module.relativeModuleId}: ${test.fullName}`,
      ),
    );
    if (skipped.length === 0) return;
    const hint =
      "TIDELINE_REQUIRE=data,chromium,python,gcc,maven,litert,coreml turns a missing need into a failure";
    process.stdout.write(`\nskipped (${hint}):\n${skipped.join("\n")}\n`);
  },
};
