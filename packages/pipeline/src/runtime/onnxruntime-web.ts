import { demandOneThread, ortRuntime, type GraphRuntime } from "@tideline/graph";

/** The name of the runtime. */
const NAME = "onnxruntime-web";

/**
 * ONNX Runtime compiled to WebAssembly, as browsers run it, here in Node on one thread. It stands in parity for the
 * web's runtime: the same kernels, another CPU backend than the native library's.
 *
 * @throws RUNTIME_UNSUPPORTED from `load` for more than one thread, or another provider than `cpu`.
 */
export const onnxruntimeWeb: GraphRuntime = ortRuntime({
  name: NAME,
  ort: async () => {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    return ort;
  },
  providers: () => ["cpu"],
  session: (options) => {
    demandOneThread(NAME, options);
    return { executionProviders: ["wasm"], executionMode: "sequential", logSeverityLevel: 3 };
  },
});
