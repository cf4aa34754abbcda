import { valuesOf } from "../element-type.ts";
import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import { defineOp } from "./op-definition.ts";
import { RESIZE_RULES, resizedDims, resizings } from "./resizing.ts";
import { axisWeights } from "./resize-weight.ts";
import { sharedType } from "./rule.ts";
import { stored } from "./stored.ts";

/** `[before, from, behind]` with its middle axis multiplied by `weights[to, from]`. */
function alongAxis(
  values: Float64Array,
  weights: Float64Array,
  [before, from, behind]: readonly [number, number, number],
): Float64Array {
  const to = weights.length / from;
  const result = new Float64Array(before * to * behind);
  for (let lead = 0; lead < before; lead += 1)
    for (let row = 0; row < to; row += 1)
      for (let at = 0; at < from; at += 1) {
        const weight = weights[row * from + at]!;
        if (weight === 0) continue;
        for (let tail = 0; tail < behind; tail += 1)
          result[(lead * to + row) * behind + tail]! += weight * values[(lead * from + at) * behind + tail]!;
      }
  return result;
}

/**
 * The input with other lengths: new elements are the nearest of the old ones, or lie on lines or cubics between them. Every
 * mode is linear in the input and goes axis by axis, so that an axis' part of it is a matrix, `axisWeights`.
 */
export const Resize = defineOp({
  since: 11,
  sinceFor: ({ inputs, attributes }) => {
    if (attributes.coordinate_transformation_mode === "half_pixel_symmetric") return 19;
    const { antialias, axes, keep_aspect_ratio_policy } = attributes;
    if (antialias !== 0 || axes !== undefined || keep_aspect_ratio_policy !== "stretch") return 18;
    return inputs[1] === undefined || inputs[2] === undefined ? 13 : 11;
  },
  inputs: ["X", "roi", "scales", "sizes"],
  optional: 3,
  attributes: RESIZE_RULES,
  infer(call) {
    const elementType = sharedType(call, "a numeric type", call.inputs.slice(0, 1));
    return [{ elementType, dims: resizedDims(call) }];
  },
  evaluate({ inputs, attributes }) {
    const x = inputs[0]!;
    const known = inputs.map((input) => input && { ...input, constant: input.values });
    let { values, dims } = x;
    const outside: { readonly axis: number; readonly places: readonly boolean[] }[] = [];
    for (const one of resizings({ who: "Resize", inputs: known, attributes })) {
      const { weights, outside: places } = axisWeights(one);
      const lengths = [
        elementCount(dims.slice(0, one.axis)),
        one.from,
        elementCount(dims.slice(one.axis + 1)),
      ];
      values = alongAxis(values, weights, lengths as [number, number, number]);
      dims = dims.with(one.axis, one.to);
      outside.push({ axis: one.axis, places });
    }
    return [
      values.map((value, flat) => {
        const out = outside.some(({ axis, places }) => {
          const behind = elementCount(dims.slice(axis + 1));
          return places[Math.floor(flat / behind) % dims[axis]!];
        });
        return stored(x.elementType, out ? attributes.extrapolation_value : value);
      }),
    ];
  },
  gradient({ g, who, inputs, attributes, gradients: [dy], wanted }) {
    if (!wanted[0]) return [];
    let slope: Value = dy!;
    for (const one of resizings({ who, inputs, attributes })) {
      const dims = dimsOf(slope);
      const { from, to, axis } = one;
      const { weights } = axisWeights(one);
      const behind = elementCount(dims.slice(axis + 1));
      const before = elementCount(dims.slice(0, axis));
      const matrix = (transposed: boolean): Value => {
        const numbers = Array.from({ length: to * from }, (_, at) =>
          transposed ? weights[(at % to) * from + Math.floor(at / to)]! : weights[at]!,
        );
        return g.constant(valuesOf(slope.elementType, numbers), transposed ? [from, to] : [to, from]);
      };
      // Behind the last axis it is one product of all rows.
      const product =
        behind === 1
          ? g.op("MatMul", [reshaped(g, slope, [before, to]), matrix(false)])
          : g.op("MatMul", [matrix(true), reshaped(g, slope, [before, to, behind])]);
      slope = reshaped(g, product, dims.with(axis, from));
    }
    return [slope];
  },
});
