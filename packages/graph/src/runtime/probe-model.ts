import { graphBuilder } from "../builder.ts";
import { writeOnnx } from "../onnx-write.ts";

/** Bytes of a model that every execution provider has kernels for: whoever cannot load it cannot be had. */
export function probeModel(): Uint8Array {
  const g = graphBuilder("probe");
  const x = g.input("x", "float32", [4]);
  g.output("y", g.op("Add", [x, x]));
  return writeOnnx(g.build());
}
