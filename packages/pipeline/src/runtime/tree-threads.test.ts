import { wasmKernels } from "@tideline/learn/tree";
import { kernelSuite } from "@tideline/learn/tree/testing";
import { describe, test } from "vitest";
import { nodeTreeThreads } from "./tree-threads.ts";

describe.each([2, 3, 4])("the kernels in WebAssembly on %i threads of Node", (threads) => {
  const suite = kernelSuite(wasmKernels(nodeTreeThreads()), { threads, runs: 1, seed: threads });
  // Few rows leave other threads idle; of more than two only trees are compared: starting threads takes the time.
  const checks = suite.filter(
    ({ name }) => (threads === 2 && name.includes("many rows")) || name.startsWith("grows"),
  );
  for (const { name, run } of checks) test(name, run);
});
