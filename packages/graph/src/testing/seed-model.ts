import { graphBuilder } from "../builder.ts";
import { writeOnnx } from "../onnx-write.ts";
import { fullModel } from "./full-model.ts";

/** Files to damage: one with everything, one of ours, one whose tensors are beside it, each part of the first alone. */
export function seedModels(): readonly Uint8Array[] {
  const full = fullModel();
  const { graph } = full;
  const bare = { ...full, training: [], functions: [], rest: {} };
  const g = graphBuilder("ours");
  const x = g.input("x", "float32", ["N", 4]);
  const weights = g.constant(
    Float32Array.from({ length: 8 }, (_, at) => Math.sin(at)),
    [4, 2],
  );
  g.output("y", g.op("Softmax", [g.op("MatMul", [x, weights])]));
  const ours = g.build({ metadata: { author: "us" } });
  return [
    writeOnnx(full),
    writeOnnx(ours),
    writeOnnx(ours, { external: { location: "w.bin", threshold: 1 } }).model,
    writeOnnx({ ...bare, graph: { ...graph, initializers: [], inputs: [] } }),
    writeOnnx({ ...bare, graph: { ...graph, nodes: [], inputs: [] } }),
    writeOnnx({ ...bare, graph: { ...graph, nodes: [], initializers: [] } }),
  ];
}
