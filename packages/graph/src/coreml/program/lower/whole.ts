import type { MilEmitter } from "../emitter.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, cast, unary } from "../primitive.ts";

/** Whole numbers from fractions: cut towards zero, as kernels may round. */
export function toWhole(e: MilEmitter, x: MilTensor): MilTensor {
  if (x.type !== "fp32") return cast(e, x, "int32");
  const size = unary(e, "floor", unary(e, "abs", x));
  return cast(e, binary(e, "mul", size, unary(e, "sign", x)), "int32");
}
