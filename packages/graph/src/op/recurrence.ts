import { formatType, type Dim, type TensorType } from "../onnx.ts";
import { illegal, type AttributeRules, type OpCall, type Tensor } from "./op-definition.ts";
import { RECURRENT_ACTIVATIONS } from "./recurrent-activation.ts";
import { sharedType } from "./rule.ts";

/** Attributes that all recurrent operators share. */
export const RECURRENT_RULES = {
  activation_alpha: { type: "floats" },
  activation_beta: { type: "floats" },
  activations: { type: "strings" },
  clip: { type: "float" },
  direction: { type: "string", default: "forward" },
  hidden_size: { type: "int" },
  layout: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** What the shape rules and kernels of recurrent operators read of their attributes. */
export interface RecurrentAttributes {
  readonly activation_alpha: readonly number[] | undefined;
  readonly activation_beta: readonly number[] | undefined;
  readonly activations: readonly string[] | undefined;
  readonly clip: number | undefined;
  readonly direction: string;
  readonly hidden_size: number | undefined;
  readonly layout: number;
}

const DIRECTIONS: Readonly<Record<string, number>> = { forward: 1, reverse: 1, bidirectional: 2 };

/** The lengths of a recurrent application: steps T and rows B may be named, the rest are numbers. */
export interface Recurrence {
  readonly steps: Dim;
  readonly rows: Dim;
  readonly width: number;
  readonly hidden: number;
  readonly directions: number;
}

/**
 * The lengths of a recurrent operator with so many gates: X `[T, B, I]` (`[B, T, I]` with `layout` 1), W `[D, gates H, I]`,
 * R `[D, gates H, H]`; B `[D, 2 gates H]`, sequence_lens `[B]` and states `[D, B, H]` (`[B, D, H]`) where given.
 *
 * @param states the positions of inputs that are states.
 */
export function recurrenceOf(
  who: string,
  inputs: readonly (TensorType | undefined)[],
  { direction, hidden_size, layout }: Pick<RecurrentAttributes, "direction" | "hidden_size" | "layout">,
  gates: number,
  states: readonly number[],
): Recurrence {
  const directions = Object.hasOwn(DIRECTIONS, direction) ? DIRECTIONS[direction]! : undefined;
  if (directions === undefined)
    throw illegal(who, "direction", "forward, reverse or bidirectional", direction);
  if (layout !== 0 && layout !== 1) throw illegal(who, "layout", "0 or 1", String(layout));
  const [x, w, r] = inputs as readonly [TensorType, TensorType, TensorType];
  const [first, second, width] = x.dims;
  const [steps, rows] = layout === 0 ? [first, second] : [second, first];
  const hidden = r.dims[2];
  const check = (at: number, name: string, ...dims: readonly Dim[]): void => {
    const input = inputs[at];
    if (input !== undefined && input.dims.join() !== dims.join())
      throw illegal(who, name, `[${dims.join(", ")}]`, formatType(input));
  };
  if (x.dims.length !== 3 || typeof width !== "number") throw illegal(who, "X", "[T, B, I]", formatType(x));
  if (typeof hidden !== "number" || r.dims.length !== 3 || (hidden_size ?? hidden) !== hidden)
    throw illegal(who, "R", `[D, ${gates} H, H], H = ${hidden_size ?? "any"}`, formatType(r));
  if (w.dims.length !== 3) throw illegal(who, "W", `[D, ${gates} H, I]`, formatType(w));
  check(1, "W", directions, gates * hidden, width);
  check(2, "R", directions, gates * hidden, hidden);
  check(3, "B", directions, 2 * gates * hidden);
  check(4, "sequence_lens", rows!);
  for (const at of states)
    check(at, "the initial state", ...(layout === 0 ? [directions, rows!] : [rows!, directions]), hidden);
  const lengths = inputs[4];
  if (lengths !== undefined && lengths.elementType !== "int32")
    throw illegal(who, "sequence_lens", "int32", formatType(lengths));
  return { steps: steps!, rows: rows!, width, hidden, directions };
}

/** The types of a recurrent operator's outputs: every state, `[T, D, B, H]`, and so many last ones, `[D, B, H]`. */
export function recurrentOutputs(
  call: OpCall,
  { steps, rows, hidden, directions }: Recurrence,
  layout: number,
  last: number,
): readonly TensorType[] {
  const numbers = call.inputs.filter((_, at) => at !== 4);
  const elementType = sharedType(call, "a floating-point type", numbers);
  const all = layout === 0 ? [steps, directions, rows, hidden] : [rows, steps, directions, hidden];
  const end = layout === 0 ? [directions, rows, hidden] : [rows, directions, hidden];
  return [{ elementType, dims: all }, ...Array.from({ length: last }, () => ({ elementType, dims: end }))];
}

/** The functions of each direction, `count` of them, as the attributes name them. @throws GRAPH_ILLEGAL for unknown ones. */
export function activationsOf(
  who: string,
  attributes: RecurrentAttributes,
  defaults: readonly string[],
  directions: number,
): readonly (readonly ((x: number) => number)[])[] {
  const names = attributes.activations ?? Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== directions * defaults.length)
    throw illegal(who, "activations", `${directions * defaults.length} names`, names.join(", "));
  // Parameters are listed for the functions that take such, in their order.
  const [alphas, betas] = [attributes.activation_alpha ?? [], attributes.activation_beta ?? []];
  let [nextAlpha, nextBeta] = [0, 0];
  const found = names.map((name) => {
    const activation = RECURRENT_ACTIVATIONS.get(name.toLowerCase());
    if (activation === undefined)
      throw illegal(who, "activations", [...RECURRENT_ACTIVATIONS.keys()].join(", "), name);
    const alpha = activation.alpha === undefined ? 0 : (alphas[nextAlpha++] ?? activation.alpha);
    const beta = activation.beta === undefined ? 0 : (betas[nextBeta++] ?? activation.beta);
    return (x: number): number => activation.apply(x, alpha, beta);
  });
  return Array.from({ length: directions }, (_, at) =>
    found.slice(at * defaults.length, (at + 1) * defaults.length),
  );
}

/** What the step of one row sees. */
export interface Step {
  readonly direction: number;
  /** Hidden and further states before the step. */
  readonly states: readonly Float64Array[];
  /** `x W' + Wb` of a gate's unit. */
  input(gate: number, unit: number): number;
  /** `h R' + Rb` of a gate's unit, with `h` the hidden state or another vector. */
  recurrent(gate: number, unit: number, h?: Float64Array): number;
  /** A number within the attribute `clip`, where there is one. */
  clip(x: number): number;
}

/**
 * Runs a recurrence row by row: `step` returns the states after a step, the hidden one first. Rows end after their
 * sequence_lens, what follows in Y is 0; in reverse they start there.
 *
 * @returns Y and the last of each state.
 */
export function runRecurrence(
  inputs: readonly (Tensor | undefined)[],
  attributes: RecurrentAttributes,
  gates: number,
  states: readonly number[],
  step: (call: Step) => readonly Float64Array[],
): readonly Float64Array[] {
  const lengths = recurrenceOf("a recurrent operator", inputs, attributes, gates, states);
  const { width, hidden, directions } = lengths;
  const [steps, rows] = [lengths.steps as number, lengths.rows as number];
  const [x, w, r, b, ends] = [inputs[0]!, inputs[1]!, inputs[2]!, inputs[3], inputs[4]];
  const wide = gates * hidden;
  const limit = attributes.clip === undefined || attributes.clip === 0 ? Infinity : attributes.clip;
  const y = new Float64Array(steps * directions * rows * hidden);
  const last = states.map(() => new Float64Array(directions * rows * hidden));
  const batchFirst = attributes.layout === 1;
  for (let d = 0; d < directions; d++)
    for (let row = 0; row < rows; row++) {
      const at = (batchFirst ? row * directions + d : d * rows + row) * hidden;
      let now: readonly Float64Array[] = states.map(
        (position) => inputs[position]?.values.slice(at, at + hidden) ?? new Float64Array(hidden),
      );
      const end = ends?.values[row] ?? steps;
      const backward = attributes.direction === "reverse" || d === 1;
      for (let count = 0; count < end; count++) {
        const t = backward ? end - 1 - count : count;
        const from = (batchFirst ? row * steps + t : t * rows + row) * width;
        const before = now;
        const dot = (
          matrix: Tensor,
          line: number,
          vector: (i: number) => number,
          size: number,
          bias: number,
        ): number => {
          let sum = b?.values[d * 2 * wide + bias + line] ?? 0;
          for (let i = 0; i < size; i++) sum += matrix.values[(d * wide + line) * size + i]! * vector(i);
          return sum;
        };
        now = step({
          direction: d,
          states: before,
          input: (gate, unit) => dot(w, gate * hidden + unit, (i) => x.values[from + i]!, width, 0),
          recurrent: (gate, unit, h = before[0]!) => dot(r, gate * hidden + unit, (i) => h[i]!, hidden, wide),
          clip: (value) => Math.min(limit, Math.max(-limit, value)),
        });
        const to = batchFirst ? (row * steps + t) * directions + d : (t * directions + d) * rows + row;
        y.set(now[0]!, to * hidden);
      }
      for (const [index, state] of now.entries()) last[index]!.set(state, at);
    }
  return [y, ...last];
}
