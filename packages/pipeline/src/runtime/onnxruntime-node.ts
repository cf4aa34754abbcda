import { ortRuntime, type ExecutionProvider, type GraphRuntime } from "@tideline/graph";
import { withoutTelemetry } from "./no-telemetry.ts";

/**
 * ONNX Runtime's native library: on the CPU, or with another provider that the package has for this machine (CUDA and
 * TensorRT once its install script has fetched them on Linux x64, WebGPU where there is a driver, DirectML on Windows,
 * Core ML on a Mac). `run` computes on the calling thread and so holds up its event loop: a server takes
 * {@link workerRuntime}.
 *
 * Denormal numbers are kept: the library's option to flush them sets the processor's flags for the thread that makes
 * the session, and JavaScript's own arithmetic on that thread would lose them too.
 *
 * @example
 * const graph = await onnxruntimeNode.load(bytes);
 * const { probabilities } = await graph.run({ window: { dims: [1, 128, 9], values } }, ["probabilities"]);
 */
export const onnxruntimeNode: GraphRuntime = ortRuntime({
  name: "onnxruntime-node",
  ort: async () => {
    withoutTelemetry();
    const ort = await import("onnxruntime-node");
    // What fails is thrown; the library would write it to stderr once more.
    ort.env.logLevel = "fatal";
    return ort;
  },
  providers: (ort) => ort.listSupportedBackends().map(({ name }) => name as ExecutionProvider),
  session: ({ threads, provider }) => ({
    executionProviders: [provider],
    executionMode: "sequential",
    interOpNumThreads: 1,
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  }),
});
