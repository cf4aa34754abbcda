import { describe, test } from "vitest";

import { kernelSuite } from "./testing/kernel-suite.ts";
import { openTypescriptKernels } from "./typescript-kernels.ts";

describe("TypeScript kernels", () => {
  // Equal to themselves: opened twice, and again after others. What they answer is held by the tests beside each part.
  for (const { name, run } of kernelSuite(openTypescriptKernels, { runs: 2 })) test(name, run);
});
