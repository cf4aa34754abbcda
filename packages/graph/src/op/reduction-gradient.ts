import { ELEMENT_TYPES } from "../element-type.ts";
import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { GradientCall, GradientRule } from "./op-definition.ts";
import { reducedAxes, reducedDims, type REDUCTION_RULES } from "./reduction.ts";

/** An application of a reduction as its gradient is written: values of the output's shape keep the reduced axes at 1. */
export interface ReductionSlope {
  readonly g: GraphEmitter;
  readonly x: Value;
  readonly dims: readonly number[];
  readonly axes: readonly number[];
  /** How many values share an output element. */
  readonly count: number;
  readonly y: Value;
  readonly dy: Value;
}

/** A gradient rule of a reduction. */
export function reductionGradient(
  write: (slope: ReductionSlope) => Value,
): GradientRule<typeof REDUCTION_RULES> {
  return ({ g, who, inputs, outputs, attributes, gradients }: GradientCall<typeof REDUCTION_RULES>) => {
    const x = inputs[0]!;
    const dims = dimsOf(x);
    const axes = reducedAxes({ who, inputs, attributes });
    const kept = reducedDims(dims, axes, true) as readonly number[];
    const count = elementCount(axes.map((axis) => dims[axis]!));
    const [y, dy] = [reshaped(g, outputs[0]!, kept), reshaped(g, gradients[0]!, kept)];
    return [write({ g, x, dims, axes, count, y, dy })];
  };
}

/** The sum over the reduced axes, which are kept at length 1. */
export function summed({ g, axes }: Pick<ReductionSlope, "g" | "axes">, value: Value): Value {
  return axes.length === 0 ? value : g.op("ReduceSum", [value, g.ints(axes)], { keepdims: 1 });
}

/** A value of the output's shape repeated over the reduced axes. */
export function expanded({ g, dims }: ReductionSlope, value: Value): Value {
  return value.dims.join() === dims.join() ? value : g.op("Expand", [value, g.ints(dims)]);
}

/** The gradient of the largest or smallest value: shared evenly among those that are equal to it. */
export const toTheChosenOnes = reductionGradient(({ g, x, y, dy, axes }) => {
  const chosen = g.op("Cast", [g.op("Equal", [x, y])], { to: ELEMENT_TYPES[x.elementType].code });
  const count = summed({ g, axes }, chosen);
  return g.op("Mul", [chosen, g.op("Div", [dy, count])]);
});
