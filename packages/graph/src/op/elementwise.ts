import { ELEMENT_TYPES, type ElementType } from "../element-type.ts";
import { formatDims, type Dim } from "../onnx.ts";
import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { sumTo } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import {
  STEPWISE,
  defineOp,
  illegal,
  type AttributeRules,
  type GradientRule,
  type NoGradient,
  type OpCall,
  type OpDefinition,
  type OpEvaluation,
  type ResolvedAttributes,
} from "./op-definition.ts";
import { sharedType, type TypeFamily } from "./rule.ts";
import { stored } from "./stored.ts";

export type NoAttributes = Record<never, never>;

/** What an operator states beside its function: since which opset, and how the gradient goes through it. */
export interface Meaning {
  readonly since: number;
  readonly gradient: GradientRule<NoAttributes> | NoGradient;
  /** The input types; numeric ones by default, floating-point ones for a function of one number. */
  readonly family?: TypeFamily;
}

/** The shape that all inputs broadcast to. */
export function broadcastInputs(call: OpCall): readonly Dim[] {
  let dims: readonly Dim[] = [];
  for (const input of call.inputs) {
    const next = broadcast(dims, input?.dims ?? []);
    if (next === undefined) {
      const shapes = call.inputs.map((input) => formatDims(input?.dims ?? [])).join(" and ");
      throw illegal(call.who, "inputs", "shapes that broadcast", shapes);
    }
    dims = next;
  }
  return dims;
}

/** An operator of one input, element by element. */
export function unary(
  compute: (x: number) => number,
  { since, gradient, family = "a floating-point type" }: Meaning,
): OpDefinition<NoAttributes> {
  return defineOp<NoAttributes>({
    since,
    gradient,
    inputs: ["X"],
    attributes: {},
    infer: (call) => [{ elementType: sharedType(call, family), dims: call.inputs[0]!.dims }],
    evaluate: ({ inputs: [x] }) => [x!.values.map((value) => stored(x!.elementType, compute(value)))],
  });
}

/** The gradient of a function of one number: the output's gradient times the slope, written from input and output. */
export function times(slope: (g: GraphEmitter, x: Value, y: Value) => Value): GradientRule<NoAttributes> {
  return ({ g, inputs: [x], outputs: [y], gradients: [dy] }) => [g.op("Mul", [dy, slope(g, x!, y!)])];
}

/** A function of one number that attributes shape. */
export function activation<const Rules extends AttributeRules>({
  since,
  family,
  attributes,
  compute,
  gradient,
}: {
  readonly since: number;
  readonly family: TypeFamily;
  readonly attributes: Rules;
  readonly compute: (x: number, attributes: ResolvedAttributes<Rules>) => number;
  readonly gradient: GradientRule<Rules>;
}): OpDefinition<Rules> {
  return defineOp<Rules>({
    since,
    gradient,
    inputs: ["X"],
    attributes,
    infer: (call) => [{ elementType: sharedType(call, family), dims: call.inputs[0]!.dims }],
    evaluate: ({ inputs: [x], attributes: resolved }) => [
      x!.values.map((value) => stored(x!.elementType, compute(value, resolved))),
    ],
  });
}

/** The inputs under broadcasting, combined element by element. */
export function zipped(
  { inputs, outputs }: Pick<OpEvaluation, "inputs" | "outputs">,
  compute: (...values: readonly number[]) => number,
): Float64Array {
  const { elementType, dims } = outputs[0]!;
  const given = inputs.filter((input) => input !== undefined);
  const values: number[] = [];
  forEachIndex(dims, (index) => {
    const each = given.map((input) => input.values[offsetOf(index, input.dims)]!);
    values.push(stored(elementType, compute(...each)));
  });
  return Float64Array.from(values);
}

/**
 * An operator of two inputs of one type, element by element under broadcasting. Integers are cut off towards zero and
 * wrap around; `compute` is told their type.
 */
export function binary(
  compute: (a: number, b: number, elementType: ElementType) => number,
  { since, gradient, family = "a numeric type" }: Meaning,
): OpDefinition<NoAttributes> {
  return defineOp<NoAttributes>({
    since,
    gradient,
    inputs: ["A", "B"],
    attributes: {},
    infer: (call) => [{ elementType: sharedType(call, family), dims: broadcastInputs(call) }],
    evaluate: (call) => [zipped(call, (a, b) => compute(a!, b!, call.outputs[0]!.elementType))],
  });
}

/** An operator that says of two inputs of one type, element by element under broadcasting, whether something holds. */
export function comparison(
  holds: (a: number, b: number) => boolean,
  {
    since,
    sinceInteger = since,
    family = "a numeric type",
  }: Pick<Meaning, "since" | "family"> & { readonly sinceInteger?: number },
): OpDefinition<NoAttributes> {
  return defineOp<NoAttributes>({
    since,
    sinceFor: ({ inputs: [a] }) => (ELEMENT_TYPES[a!.elementType].kind === "float" ? since : sinceInteger),
    gradient: STEPWISE,
    inputs: ["A", "B"],
    attributes: {},
    infer(call) {
      sharedType(call, family);
      return [{ elementType: "bool", dims: broadcastInputs(call) }];
    },
    evaluate: (call) => [zipped(call, (a, b) => Number(holds(a!, b!)))],
  });
}

/** An operator of one or more inputs of one type, element by element under broadcasting. */
export function variadic(
  compute: (...values: readonly number[]) => number,
  { since, gradient, family = "a numeric type" }: Meaning,
): OpDefinition<NoAttributes> {
  return defineOp<NoAttributes>({
    since,
    gradient,
    inputs: ["data_0"],
    variadic: true,
    attributes: {},
    infer: (call) => [{ elementType: sharedType(call, family), dims: broadcastInputs(call) }],
    evaluate: (call) => [zipped(call, compute)],
  });
}

/** The gradient of the largest or smallest of several inputs: shared evenly among those that are equal to it. */
export const toTheChosen: GradientRule<NoAttributes> = ({
  g,
  inputs,
  outputs: [y],
  gradients: [dy],
  wanted,
}) => {
  const chosen = inputs.map((x) =>
    g.op("Cast", [g.op("Equal", [x, y])], { to: ELEMENT_TYPES[y!.elementType].code }),
  );
  const share = g.op("Div", [dy, g.op("Sum", chosen)]);
  return inputs.map((x, at) => (wanted[at] ? sumTo(g, g.op("Mul", [share, chosen[at]]), x!) : undefined));
};
