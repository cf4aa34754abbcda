import { unsupported } from "../unsupported.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { GradientCall } from "./op-definition.ts";
import type { RecurrentAttributes, RECURRENT_RULES } from "./recurrence.ts";

/** One direction of a recurrent operator, its axis of directions gone: `x[T, B, I]`, `w[GH, I]`, `r[GH, H]`, `b[2GH]`. */
export interface RecurrentDirection {
  readonly x: Value;
  readonly w: Value;
  readonly r: Value;
  readonly b: Value | undefined;
  /** The first hidden state, `[B, H]`; zeros where it is left out. */
  readonly initial: Value | undefined;
  /** Every hidden state, `[T, B, H]`. */
  readonly y: Value;
  /** The gradients of all hidden states, `[T, B, H]`, and of the last, `[B, H]`. */
  readonly dy: Value | undefined;
  readonly dLast: Value | undefined;
  /** 1 within a row's length, `[T, B, 1]`, where rows have lengths. */
  readonly mask: Value | undefined;
  readonly reverse: boolean;
}

/** The gradients of what every recurrent operator reads. */
export interface RecurrentDirectionGradient {
  readonly x: Value | undefined;
  readonly w: Value;
  readonly r: Value;
  readonly b: Value | undefined;
  readonly initial: Value | undefined;
}

/** One direction's part of a value, its axis of directions gone. */
export function partOf(g: GraphEmitter, value: Value, axis: number, direction: number): Value {
  const dims = dimsOf(value);
  const rest = dims.toSpliced(axis, 1);
  if (dims[axis] === 1) return reshaped(g, value, rest);
  const part = g.op("Slice", [value, g.ints([direction]), g.ints([direction + 1]), g.ints([axis])]);
  return reshaped(g, part, rest);
}

/** The directions' values side by side again, where there are any. */
export function stackedParts(g: GraphEmitter, values: readonly (Value | undefined)[]): Value | undefined {
  if (values[0] === undefined) return undefined;
  const alone = values.map((value) => reshaped(g, value!, [1, ...dimsOf(value!)]));
  return alone.length === 1 ? alone[0] : g.op("Concat", alone, { axis: 0 });
}

/** 1 where a step is within its row's length, 0 behind: `[T, B, 1]`. */
export function maskOf(g: GraphEmitter, lengths: Value, steps: number, like: Value): Value {
  const rows = dimsOf(lengths)[0]!;
  const times = g.constant(
    Int32Array.from({ length: steps }, (_, t) => t),
    [steps, 1],
  );
  const inside = g.op("Less", [times, g.op("Reshape", [lengths, g.ints([1, rows])])]);
  const [one, zero] = [scalarLike(g, like, 1), scalarLike(g, like, 0)];
  return reshaped(g, g.op("Where", [inside, one, zero]), [steps, rows, 1]);
}

/**
 * The hidden state before each step, `[T B, H]`: the states one step earlier in the direction's order, and the first one.
 */
export function statesBefore(
  g: GraphEmitter,
  {
    y,
    initial,
    mask,
    reverse,
  }: {
    readonly y: Value;
    readonly initial: Value | undefined;
    readonly mask: Value | undefined;
    readonly reverse: boolean;
  },
): Value {
  const [steps, rows, hidden] = dimsOf(y) as [number, number, number];
  const zero = scalarLike(g, y, 0);
  const cut = (value: Value, from: number, to: number): Value =>
    g.op("Slice", [value, g.ints([from]), g.ints([to]), g.ints([0])]);
  const joined = (values: readonly Value[]): Value =>
    values.length === 1 ? values[0]! : g.op("Concat", values, { axis: 0 });
  const edge = reshaped(g, initial ?? g.op("Expand", [zero, g.ints([rows, hidden])]), [1, rows, hidden]);
  const inner = steps === 1 ? [] : [reverse ? cut(y, 1, steps) : cut(y, 0, steps - 1)];
  let before = joined(reverse ? [...inner, edge] : [edge, ...inner]);
  if (mask && reverse) {
    // A row starts at its own end: behind it the state is still the first one.
    const later = steps === 1 ? [] : [cut(mask, 1, steps)];
    const known = joined([...later, g.op("Expand", [zero, g.ints([1, rows, 1])])]);
    const unknown = g.op("Sub", [scalarLike(g, y, 1), known]);
    before = g.op("Add", [g.op("Mul", [known, before]), g.op("Mul", [unknown, edge])]);
  }
  return reshaped(g, before, [steps * rows, hidden]);
}

/** What is left to do once the gradient of every gate of every step is known, before its function: `[T B, GH]`. */
export function gateGradients(
  g: GraphEmitter,
  { x, w, b }: Pick<RecurrentDirection, "x" | "w" | "b">,
  gates: Value,
  before: Value,
  wanted: { readonly x: boolean; readonly b: boolean },
): Omit<RecurrentDirectionGradient, "initial"> {
  const [steps, rows, width] = dimsOf(x) as [number, number, number];
  const over = (read: Value): Value => g.op("Gemm", [gates, read], { transA: 1 });
  const bias = (): Value => {
    const sum = g.op("ReduceSum", [gates, g.ints([0])], { keepdims: 0 });
    return g.op("Concat", [sum, sum], { axis: 0 });
  };
  return {
    x: wanted.x ? reshaped(g, g.op("MatMul", [gates, w]), [steps, rows, width]) : undefined,
    w: over(reshaped(g, x, [steps * rows, width])),
    r: over(before),
    b: b && wanted.b ? bias() : undefined,
  };
}

/**
 * Wants the functions of an application to be among those whose gradient is written, each direction's alike in form.
 *
 * @throws MODEL_UNSUPPORTED for others, a clip, or rows before steps.
 */
export function demandPlain(
  who: string,
  { activations, clip, layout }: RecurrentAttributes,
  allowed: readonly (readonly string[])[],
): void {
  const known = (activations ?? []).every((name, at) =>
    allowed[at % allowed.length]!.includes(name.toLowerCase()),
  );
  if (known && (clip ?? 0) === 0 && layout === 0) return;
  throw unsupported(
    who,
    `functions among ${allowed.map((names) => names.join(" or ")).join(", ")}, no clip and layout 0, whose gradient is written`,
    `${activations?.join(", ") ?? "the usual"}, clip ${clip ?? "none"}, layout ${layout}`,
  );
}

/** What the gradient rules of GRU, LSTM and RNN share: their inputs by name, one direction after the other. */
export function eachDirection<Found extends RecurrentDirectionGradient>(
  { g, inputs, outputs, gradients, attributes }: GradientCall<typeof RECURRENT_RULES>,
  write: (
    direction: RecurrentDirection,
    at: number,
    part: (value: Value | undefined) => Value | undefined,
  ) => Found,
): readonly Found[] {
  const [x, w, r, b, lengths, initial] = inputs as readonly [Value, Value, Value, ...(Value | undefined)[]];
  const mask = lengths && maskOf(g, lengths, dimsOf(x)[0]!, x);
  return Array.from({ length: dimsOf(w)[0]! }, (_, at) => {
    const part = (value: Value | undefined, axis = 0): Value | undefined =>
      value && partOf(g, value, axis, at);
    const direction: RecurrentDirection = {
      x,
      w: part(w)!,
      r: part(r)!,
      b: part(b),
      initial: part(initial),
      y: part(outputs[0]!, 1)!,
      dy: part(gradients[0], 1),
      dLast: part(gradients[1]),
      mask,
      reverse: attributes.direction === "reverse" || at === 1,
    };
    return write(direction, at, part);
  });
}

/** The gradients of the inputs X, W, R, B, sequence_lens and initial_h from those of each direction. */
export function joinedDirections(
  g: GraphEmitter,
  found: readonly RecurrentDirectionGradient[],
): readonly (Value | undefined)[] {
  const [first, second] = found.map(({ x }) => x);
  return [
    first && second ? g.op("Add", [first, second]) : first,
    stackedParts(
      g,
      found.map(({ w }) => w),
    ),
    stackedParts(
      g,
      found.map(({ r }) => r),
    ),
    stackedParts(
      g,
      found.map(({ b }) => b),
    ),
    undefined,
    stackedParts(
      g,
      found.map(({ initial }) => initial),
    ),
  ];
}
