import { tidelineError } from "@tideline/spec";
import type { GraphRuntime } from "./graph-runtime.ts";
import { ortRuntime } from "./ort-runtime.ts";

/**
 * ONNX Runtime compiled to WebAssembly, as browsers run it, here in Node on one thread. It stands in parity for the
 * web's runtime: the same kernels, another CPU backend than the native library's.
 *
 * @throws RUNTIME_UNSUPPORTED from `load` for more than one thread.
 */
export const onnxruntimeWeb: GraphRuntime = ortRuntime({
  name: "onnxruntime-web",
  ort: async () => {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    return ort;
  },
  session: (threads) => {
    if (threads > 1) {
      throw tidelineError("RUNTIME_UNSUPPORTED", {
        who: "onnxruntime-web",
        field: "threads",
        expected: "1",
        received: String(threads),
      });
    }
    return { executionProviders: ["wasm"], executionMode: "sequential", logSeverityLevel: 3 };
  },
});
