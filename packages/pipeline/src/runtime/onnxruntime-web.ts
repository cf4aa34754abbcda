import { ortWebGraphRuntime, type GraphRuntime } from "@tideline/graph";

/**
 * ONNX Runtime compiled to WebAssembly, as browsers run it, here in Node on one thread. It stands in parity for the
 * web's runtime: the same kernels, another CPU backend than the native library's.
 *
 * @throws RUNTIME_UNSUPPORTED from `load` for more than one thread, or another provider than `cpu`.
 */
export const onnxruntimeWeb: GraphRuntime = ortWebGraphRuntime(async () => {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  return ort;
});
