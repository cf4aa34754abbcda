import type { Value } from "@tideline/graph";
import type { NetScope } from "../net.ts";
import { checkMask, type AttentionContext, type MaskedLayer } from "./attention.ts";
import { defineLayer, rowDims } from "./define-layer.ts";

/** Added to padding before the largest is looked for: finite in float16. */
const LOWEST = 1e4;

function maskedPool(kind: string, write: (scope: NetScope, x: Value, mask: Value) => Value): MaskedLayer {
  return defineLayer(kind, (scope: NetScope, x: Value, { mask }: AttentionContext = {}) => {
    const { g } = scope;
    const form = "float32[batch, steps, width]";
    const [steps] = rowDims(kind, scope, x, form, (dims) => dims.length === 2);
    const op = kind === "maskedMaxPool" ? "ReduceMax" : "ReduceMean";
    if (mask === undefined) return g.op(op, [x, g.ints([1])], { keepdims: 0 });
    checkMask(kind, scope, mask, steps!);
    return write(scope, x, g.op("Unsqueeze", [mask, g.ints([2])]));
  });
}

/**
 * The mean over the real steps of [batch, steps, width]: [batch, width]; zeros where there is none.
 *
 * @throws DEFINITION_ILLEGAL when applied to another form.
 */
export function maskedAveragePool(): MaskedLayer {
  return maskedPool("maskedAveragePool", ({ g }, x, mask) => {
    const sum = g.op("ReduceSum", [g.op("Mul", [x, mask]), g.ints([1])], { keepdims: 0 });
    const count = g.op("ReduceSum", [mask, g.ints([1])], { keepdims: 0 });
    return g.op("Div", [sum, g.op("Max", [count, g.scalar(1)])]);
  });
}

/**
 * The largest over the real steps of [batch, steps, width]: [batch, width]; zeros where there is none. Errors: as
 * {@link maskedAveragePool}.
 */
export function maskedMaxPool(): MaskedLayer {
  return maskedPool("maskedMaxPool", ({ g }, x, mask) => {
    const away = g.op("Mul", [g.op("Sub", [mask, g.scalar(1)]), g.scalar(LOWEST)]);
    const largest = g.op("ReduceMax", [g.op("Add", [x, away]), g.ints([1])], { keepdims: 0 });
    return g.op("Mul", [largest, g.op("ReduceMax", [mask, g.ints([1])], { keepdims: 0 })]);
  });
}
