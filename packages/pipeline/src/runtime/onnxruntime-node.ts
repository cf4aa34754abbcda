import type { GraphRuntime } from "./graph-runtime.ts";
import { ortRuntime } from "./ort-runtime.ts";

/**
 * ONNX Runtime's native library on the CPU. `run` computes on the calling thread and so holds up its event loop:
 * a server takes {@link workerRuntime}.
 *
 * @example
 * const graph = await onnxruntimeNode.load(bytes);
 * const { probabilities } = await graph.run({ window: { dims: [1, 128, 9], values } }, ["probabilities"]);
 */
export const onnxruntimeNode: GraphRuntime = ortRuntime({
  name: "onnxruntime-node",
  ort: () => import("onnxruntime-node"),
  session: (threads) => ({
    executionProviders: ["cpu"],
    executionMode: "sequential",
    interOpNumThreads: 1,
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  }),
});
