import { unsupported } from "../unsupported.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { gruDirectionGradient } from "./gru-direction-gradient.ts";
import type { AttributeRules, GradientCall } from "./op-definition.ts";
import { RECURRENT_RULES } from "./recurrence.ts";

/** The attributes of GRU. */
export const GRU_RULES = {
  ...RECURRENT_RULES,
  linear_before_reset: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** One direction's part of a value, its axis of directions gone. */
function partOf(g: GraphEmitter, value: Value, axis: number, direction: number): Value {
  const dims = dimsOf(value);
  const rest = dims.toSpliced(axis, 1);
  if (dims[axis] === 1) return reshaped(g, value, rest);
  const part = g.op("Slice", [value, g.ints([direction]), g.ints([direction + 1]), g.ints([axis])]);
  return reshaped(g, part, rest);
}

/** 1 where a step is within its row's length, 0 behind: `[T, B, 1]`. */
function maskOf(g: GraphEmitter, lengths: Value, steps: number, like: Value): Value {
  const rows = dimsOf(lengths)[0]!;
  const times = g.constant(
    Int32Array.from({ length: steps }, (_, t) => t),
    [steps, 1],
  );
  const inside = g.op("Less", [times, g.op("Reshape", [lengths, g.ints([1, rows])])]);
  const [one, zero] = [scalarLike(g, like, 1), scalarLike(g, like, 0)];
  return reshaped(g, g.op("Where", [inside, one, zero]), [steps, rows, 1]);
}

/** The gradient of GRU with its default functions; see `gruDirectionGradient` for how. */
export function gruGradient(call: GradientCall<typeof GRU_RULES>): readonly (Value | undefined)[] {
  const { g, who, gradients, outputs, attributes, wanted } = call;
  const [x, w, r, b, lengths, initial] = call.inputs as readonly [
    Value,
    Value,
    Value,
    ...(Value | undefined)[],
  ];
  const plain = (attributes.activations ?? []).every(
    (name, at) => name.toLowerCase() === (at % 2 === 0 ? "sigmoid" : "tanh"),
  );
  if (!plain || (attributes.clip ?? 0) !== 0 || attributes.layout !== 0)
    throw unsupported(
      who,
      "the functions Sigmoid and Tanh, no clip and layout 0, whose gradient is written",
      `${attributes.activations?.join(", ") ?? "Sigmoid, Tanh"}, clip ${attributes.clip ?? "none"}, layout ${attributes.layout}`,
    );
  const directions = dimsOf(w)[0]!;
  const mask = lengths && maskOf(g, lengths, dimsOf(x)[0]!, x);
  const found = Array.from({ length: directions }, (_, d) => {
    const part = (value: Value | undefined, axis = 0): Value | undefined =>
      value && partOf(g, value, axis, d);
    return gruDirectionGradient(g, {
      x,
      w: part(w)!,
      r: part(r)!,
      b: part(b),
      initial: part(initial),
      y: part(outputs[0]!, 1)!,
      dy: part(gradients[0], 1),
      dLast: part(gradients[1]),
      mask,
      reverse: attributes.direction === "reverse" || d === 1,
      resetBehind: attributes.linear_before_reset !== 0,
      wanted: { x: wanted[0]!, b: wanted[3]!, initial: wanted[5]! },
    });
  });
  const stacked = (values: readonly (Value | undefined)[]): Value | undefined => {
    if (values[0] === undefined) return undefined;
    const alone = values.map((value) => reshaped(g, value!, [1, ...dimsOf(value!)]));
    return directions === 1 ? alone[0] : g.op("Concat", alone, { axis: 0 });
  };
  const [first, second] = found.map(({ x: dx }) => dx);
  return [
    first && second ? g.op("Add", [first, second]) : first,
    stacked(found.map((one) => one.w)),
    stacked(found.map((one) => one.r)),
    stacked(found.map((one) => one.b)),
    undefined,
    stacked(found.map((one) => one.initial)),
  ];
}
