import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { binary, compare, select } from "../primitive.ts";

/** `x` where it is NaN, else `otherwise`: what kernels of extremes make of NaN hangs on the processor. */
function unlessMissing(e: LiteEmitter, x: LiteTensor, otherwise: LiteTensor): LiteTensor {
  if (x.type !== "FLOAT32" || x.values?.some((value) => Number.isNaN(Number(value))) === false)
    return otherwise;
  return select(e, compare(e, "NOT_EQUAL", x, x), x, otherwise);
}

/** The larger or smaller of two, NaN where one is. */
export function extreme(e: LiteEmitter, op: "MAXIMUM" | "MINIMUM", a: LiteTensor, b: LiteTensor): LiteTensor {
  return unlessMissing(e, a, unlessMissing(e, b, binary(e, op, a, b)));
}
