import { elementCount, type Dim } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import {
  defineOp,
  type AttributeRules,
  type GradientRule,
  type NoGradient,
  type OpCall,
  type OpDefinition,
} from "./op-definition.ts";
import { axesOf, constantOf, sharedType } from "./rule.ts";

export const REDUCTION_RULES = {
  keepdims: { type: "int", default: 1 },
  noop_with_empty_axes: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** The axes to reduce; all of them when none is named, unless the node asks to do nothing then. */
export function reducedAxes(call: OpCall<typeof REDUCTION_RULES>): readonly number[] {
  const rank = call.inputs[0]!.dims.length;
  const axes = axesOf(call, constantOf(call, 1, "axes") ?? [], rank);
  return axes.length > 0 || call.attributes.noop_with_empty_axes !== 0
    ? axes
    : Array.from({ length: rank }, (_, i) => i);
}

/** The shape with the reduced axes at length 1, or gone. */
export function reducedDims(dims: readonly Dim[], axes: readonly number[], keep: boolean): readonly Dim[] {
  return dims.flatMap((dim, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
}

/**
 * A Reduce operator of opset 18: axes are an input, and the same for all. `reduce` takes the values that share an
 * output element, in row-major order.
 */
export function reduction(
  family: "a floating-point type" | "a numeric type",
  reduce: (values: readonly number[]) => number,
  gradient?: GradientRule<typeof REDUCTION_RULES> | NoGradient,
): OpDefinition<typeof REDUCTION_RULES> {
  return defineOp<typeof REDUCTION_RULES>({
    ...(gradient === undefined ? {} : { gradient }),
    inputs: ["data", "axes"],
    optional: 1,
    attributes: REDUCTION_RULES,
    infer(call) {
      const elementType = sharedType(call, family, call.inputs.slice(0, 1));
      return [
        {
          elementType,
          dims: reducedDims(call.inputs[0]!.dims, reducedAxes(call), call.attributes.keepdims !== 0),
        },
      ];
    },
    evaluate({ inputs, attributes }) {
      const data = inputs[0]!;
      const axes = reducedAxes({
        who: "Reduce",
        attributes,
        inputs: inputs.map((input) => input && { ...input, constant: input.values }),
      });
      const kept = data.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
      const groups: number[][] = Array.from({ length: elementCount(kept) }, () => []);
      forEachIndex(data.dims, (index, flat) => groups[offsetOf(index, kept)]!.push(data.values[flat]!));
      return [Float64Array.from(groups, reduce)];
    },
  });
}
