import { ELEMENT_TYPES } from "../element-type.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { GradientCall } from "./op-definition.ts";
import type { RECURRENT_RULES } from "./recurrence.ts";
import {
  demandPlain,
  eachDirection,
  gateGradients,
  joinedDirections,
  statesBefore,
  type RecurrentDirection,
  type RecurrentDirectionGradient,
} from "./recurrent-direction.ts";

/** The slopes of the functions, from their results: nothing is computed again. */
const SLOPES: Readonly<Record<string, (g: GraphEmitter, y: Value, one: Value) => Value>> = {
  tanh: (g, y, one) => g.op("Sub", [one, g.op("Mul", [y, y])]),
  sigmoid: (g, y, one) => g.op("Mul", [y, g.op("Sub", [one, y])]),
  relu: (g, y) =>
    g.op("Cast", [g.op("Greater", [y, scalarLike(g, y, 0)])], { to: ELEMENT_TYPES[y.elementType].code }),
};

/** Back through time: per step a product with the slopes, one with `r`, and a sum; the weights' gradients at the end. */
function directionGradient(
  g: GraphEmitter,
  d: RecurrentDirection,
  name: string,
  wanted: { readonly x: boolean; readonly b: boolean; readonly initial: boolean },
): RecurrentDirectionGradient {
  const [steps, rows, hidden] = dimsOf(d.y) as [number, number, number];
  const one = scalarLike(g, d.y, 1);
  const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
  const perStep = (value: Value): readonly Value[] => {
    const flat = reshaped(g, value, [steps * rows, dimsOf(value).at(-1)!]);
    return steps === 1
      ? [flat]
      : g.ops("Split", [flat, g.ints(Array.from({ length: steps }, () => rows))], { axis: 0 });
  };
  const slope = SLOPES[name]!(g, d.y, one);
  const slopes = perStep(d.mask ? mul(slope, d.mask) : slope);
  const passes = d.mask && perStep(g.op("Sub", [one, d.mask]));
  const dys = d.dy && perStep(d.mask ? mul(d.dy, d.mask) : d.dy);
  const gates: Value[] = [];
  let carry = d.dLast;
  for (let count = 0; count < steps; count += 1) {
    const t = d.reverse ? count : steps - 1 - count;
    const here = dys?.[t];
    const dh: Value = carry && here ? g.op("Add", [carry, here]) : (carry ?? here)!;
    gates[t] = mul(dh, slopes[t]!);
    carry = g.op("Gemm", [gates[t], d.r, passes && mul(dh, passes[t]!)]);
  }
  const joined = steps === 1 ? gates[0]! : g.op("Concat", gates, { axis: 0 });
  const before = reshaped(g, statesBefore(g, d), [steps * rows, hidden]);
  return { ...gateGradients(g, d, joined, before, wanted), initial: wanted.initial ? carry : undefined };
}

/** The gradient of RNN with Tanh, Sigmoid or Relu. */
export function rnnGradient(call: GradientCall<typeof RECURRENT_RULES>): readonly (Value | undefined)[] {
  const { g, who, attributes, wanted } = call;
  demandPlain(who, attributes, [Object.keys(SLOPES)]);
  const found = eachDirection(call, (direction, at) =>
    directionGradient(g, direction, (attributes.activations?.[at] ?? "Tanh").toLowerCase(), {
      x: wanted[0]!,
      b: wanted[3]!,
      initial: wanted[5]!,
    }),
  );
  return joinedDirections(g, found);
}
