import { formatType, type Value } from "@tideline/graph";
import { illegalOption, positiveInteger } from "../check-option.ts";
import type { NetScope } from "../net.ts";
import { defineLayer, layerTitle, rowDims, rowsReshaped } from "./define-layer.ts";
import { dense } from "./dense.ts";

/** What {@link attention} takes. */
export interface AttentionOptions {
  /** Parts into which the width falls, each with its own weights of attention. */
  readonly heads: number;
}

/** What attention may be told besides its input. */
export interface AttentionContext {
  /** float32 [batch, steps]: 1 for real steps, 0 for padding, which nothing attends to. Default all real. */
  readonly mask?: Value;
}

/** A layer over a series that may hold padding. */
export interface MaskedLayer {
  (scope: NetScope, x: Value, context?: AttentionContext): Value;
  readonly kind: string;
}

/** Added to the score of padding: `exp` of it is 0 in float32, and it is finite in float16. */
const NOWHERE = 1e4;

/** Checks a mask of steps. @throws DEFINITION_ILLEGAL for another form. */
export function checkMask(kind: string, scope: NetScope, mask: Value, steps: number): void {
  if (mask.elementType === "float32" && mask.dims.length === 2 && mask.dims[1] === steps) return;
  throw illegalOption(layerTitle(kind, scope), "mask", `float32[batch, ${steps}]`, formatType(mask));
}

/**
 * Multi-head self-attention by scaled dot products over [batch, steps, width]; gives the same shape (A. Vaswani et al.,
 * "Attention Is All You Need", NeurIPS 2017, sec. 3.2).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to another form or a width that does not fall
 *   into the heads.
 * @example
 * const layer = attention({ heads: 4 });
 */
export function attention({ heads }: AttentionOptions): MaskedLayer {
  positiveInteger("attention layer", "heads", heads);
  return defineLayer("attention", (scope: NetScope, x: Value, { mask }: AttentionContext = {}) => {
    const { g, batch } = scope;
    const form = `float32[batch, steps, a multiple of ${heads}]`;
    const fits = (dims: readonly number[]) => dims.length === 2 && dims[1]! % heads === 0;
    const [steps, width] = rowDims("attention", scope, x, form, fits);
    const own = width! / heads;
    const projected = dense({ units: 3 * width! })(scope.within("projection"), x);
    const parts = g.ops("Split", [projected, g.ints([width!, width!, width!])], { axis: 2 });
    const split = (part: Value, perm: readonly number[]) =>
      g.op("Transpose", [rowsReshaped(scope, part, [steps!, heads, own])], { perm });
    const query = split(g.op("Mul", [parts[0]!, g.scalar(1 / Math.sqrt(own))]), [0, 2, 1, 3]);
    const key = split(parts[1]!, [0, 2, 3, 1]);
    const value = split(parts[2]!, [0, 2, 1, 3]);
    let scores = g.op("MatMul", [query, key]);
    if (mask !== undefined) {
      checkMask("attention", scope, mask, steps!);
      const away = g.op("Mul", [g.op("Sub", [mask, g.scalar(1)]), g.scalar(NOWHERE)]);
      const first = batch === "N" ? -1 : batch;
      scores = g.op("Add", [scores, g.op("Reshape", [away, g.ints([first, 1, 1, steps!])])]);
    }
    const mixed = g.op("MatMul", [g.op("Softmax", [scores], { axis: -1 }), value]);
    const joined = rowsReshaped(scope, g.op("Transpose", [mixed], { perm: [0, 2, 1, 3] }), [steps!, width!]);
    return dense({ units: width! })(scope.within("output"), joined);
  });
}
