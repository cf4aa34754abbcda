import { graphBuilder, type OnnxModel } from "@tideline/graph";

/** Names and texts that want to be code. */
export function hostile(): OnnxModel {
  const g = graphBuilder('"); system("x"); /*');
  const price = g.input('class */ "; \n #error', "float32", ["N", 1]);
  const other = g.input("Class", "float32", ["N", 3]);
  const codes = g.input("日本 $x ${y} ??/", "int64", ["N", 1]);
  const table = g.constant(Float32Array.of(5, 7, 11, 13), [4, 1]);
  const found = g.op("Squeeze", [g.op("Gather", [table, codes]), g.ints([1])]);
  const [swapped] = [g.op("Transpose", [g.op("Mul", [other, price])])];
  g.output("*/ int", g.op("Add", [found, g.op("Transpose", [swapped])]));
  return g.build();
}
/** The dictionary of its codes. */
export const nasty = {
  "日本 $x ${y} ??/": ['quote" \\', "$x ${y} \\(z)", "\u0000", "line\nend ??/ é東\u{1F600}"],
};
