import type { ElementType } from "../element-type.ts";
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
import { axesOf, constantOf, sharedType, type TypeFamily } from "./rule.ts";
import { stored } from "./stored.ts";

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

/** What a reduction states beside its function: since which opset, of which types, and how the gradient goes through it. */
export interface Reduction {
  readonly since: number;
  /** The opset that one application needs, where it is newer. */
  sinceFor?(call: OpCall): number;
  readonly family: TypeFamily;
  readonly gradient: GradientRule<typeof REDUCTION_RULES> | NoGradient;
}

/**
 * A Reduce operator in the form of opset 18: axes are an input, and the same for all. `reduce` takes the values that
 * share an output element, in row-major order, and their type. With no axes and `noop_with_empty_axes` each element is
 * alone, as onnxruntime and later versions of ONNX have it: squares are still taken.
 */
export function reduction(
  reduce: (values: readonly number[], elementType: ElementType) => number,
  { since, sinceFor = () => since, family, gradient }: Reduction,
): OpDefinition<typeof REDUCTION_RULES> {
  return defineOp<typeof REDUCTION_RULES>({
    since,
    sinceFor,
    gradient,
    inputs: ["data", "axes"],
    optional: 1,
    attributes: REDUCTION_RULES,
    infer(call) {
      const elementType = sharedType(call, family, call.inputs.slice(0, 1));
      const keep = call.attributes.keepdims !== 0;
      return [{ elementType, dims: reducedDims(call.inputs[0]!.dims, reducedAxes(call), keep) }];
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
      return [
        Float64Array.from(groups, (values) => stored(data.elementType, reduce(values, data.elementType))),
      ];
    },
  });
}
