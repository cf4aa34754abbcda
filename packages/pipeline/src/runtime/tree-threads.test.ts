import { wasmKernels } from "@tideline/learn/tree";
import { kernelSuite } from "@tideline/learn/tree/testing";
import { describe, test } from "vitest";
import { nodeTreeThreads } from "./tree-threads.ts";

describe.each([2, 3, 4])("the kernels in WebAssembly on %i threads of Node", (threads) => {
  const suite = kernelSuite(wasmKernels(nodeTreeThreads()), { threads, runs: 1, seed: threads });
  // Of more than two threads only trees are compared: starting threads takes the time.
  const checks = threads === 2 ? suite : suite.filter(({ name }) => name.startsWith("grows"));
  for (const { name, run } of checks) test(name, run);
});
