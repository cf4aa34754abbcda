import { describe, test } from "vitest";
import { kernelSuite } from "./testing/kernel-suite.ts";
import { openWasmKernels } from "./wasm-kernels.ts";

describe("the kernels in WebAssembly, on the caller's thread", () => {
  for (const { name, run } of kernelSuite(openWasmKernels, { runs: 4 })) test(name, run);
});
