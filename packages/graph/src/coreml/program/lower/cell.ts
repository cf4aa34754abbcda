import type { MilEmitter } from "../emitter.ts";
import { numberOf, plain, type MilCall, type MilValue } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { compare, dense, int, ints, reshape, scalar, select, unary } from "../primitive.ts";

/** The functions between gates that are written, as MIL calls them. */
export const FUNCTIONS: Readonly<Record<string, string>> = { sigmoid: "sigmoid", tanh: "tanh", relu: "relu" };

/** What the step of one direction has at hand; states are undefined where they are zeros. */
interface Step {
  readonly e: MilEmitter;
  /** `x W'` with all biases that may be added before the recurrent product, gate by gate. */
  readonly gates: readonly MilTensor[];
  readonly states: readonly (MilTensor | undefined)[];
  /** `h R'` of some gates, behind each other, from the first one on. */
  recurrent(h: MilTensor, first: number, count: number): readonly MilTensor[];
  /** The recurrent bias of a gate. */
  bias(gate: number): MilTensor;
  apply(name: number, x: MilTensor): MilTensor;
}

/** An operator of recurrence: how many gates and states, and what a step makes of them. */
export interface Cell {
  readonly gates: number;
  readonly states: readonly number[];
  readonly functions: readonly string[];
  /** Gates whose recurrent bias is added behind the product only. */
  readonly late: readonly number[];
  readonly step: (step: Step) => readonly MilTensor[];
}

/** The axis that follows the batch, where one does. */
export const openAt = (open: readonly boolean[]): number | undefined =>
  open.includes(true) ? open.indexOf(true) : undefined;

/** Parts of an axis, all of one length. */
function parts(e: MilEmitter, x: MilTensor, count: number, axis = x.dims.length - 1): readonly MilTensor[] {
  if (count === 1) return [x];
  const shape = { type: x.type, dims: x.dims.with(axis, x.dims[axis]! / count), open: x.open };
  return e.apply(
    "split",
    { x, num_splits: int(e, count), axis: int(e, axis) },
    Array.from({ length: count }, () => shape),
  );
}

/** The entries of an axis, which they no longer have. */
function unstacked(e: MilEmitter, x: MilTensor, axis: number): readonly MilTensor[] {
  const shape = { type: x.type, dims: x.dims.toSpliced(axis, 1), open: x.open.toSpliced(axis, 1) };
  return parts(e, x, x.dims[axis]!, axis).map((part) =>
    e.emit("squeeze", { x: part, axes: ints(e, [axis]) }, shape),
  );
}

/** Some numbers of a constant. */
export const rows = (constant: ArrayLike<number>, from: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, at) => constant[from + at]!);

/** One direction: every hidden state in the order of time, and the last of each state. */
export function directionOf(
  call: MilCall,
  cell: Cell,
  x: MilTensor,
  at: number,
): { readonly all: readonly MilTensor[]; readonly last: readonly MilTensor[] } {
  const { e, inputs, attributes } = call;
  const [, w, r, b] = inputs as readonly (MilValue | undefined)[];
  const { gates } = cell;
  const hidden = r!.dims[2]!;
  const width = w!.dims[2]!;
  const wide = gates * hidden;
  const biases = b?.constant ?? new Float64Array(2 * wide * (at + 1));
  const wb = rows(biases, at * 2 * wide, wide);
  const rb = rows(biases, at * 2 * wide + wide, wide);
  const early = wb.map(
    (value, unit) => value + (cell.late.includes(Math.floor(unit / hidden)) ? 0 : rb[unit]!),
  );
  const input = e.constant("fp32", rows(w!.constant!, at * wide * width, wide * width), [wide, width]);
  // The products with the input need no state: one for all steps.
  const driven = dense(e, x, input, e.constant("fp32", early, [wide]));
  const time = numberOf(call, "layout");
  const each = unstacked(e, driven, time);
  const names =
    (attributes["activations"] as readonly string[] | undefined)?.slice(at * cell.functions.length) ??
    cell.functions;
  const backward = attributes["direction"] === "reverse" || at === 1;
  const blocks = new Map<string, readonly [MilTensor, MilTensor]>();
  const block = (first: number, count: number): readonly [MilTensor, MilTensor] => {
    const key = `${first},${count}`;
    const size = count * hidden;
    const from = (at * wide + first * hidden) * hidden;
    const made = blocks.get(key) ?? [
      e.constant("fp32", rows(r!.constant!, from, size * hidden), [size, hidden]),
      e.constant(
        "fp32",
        rows(rb, first * hidden, size).map((value, unit) =>
          cell.late.includes(first + Math.floor(unit / hidden)) ? value : 0,
        ),
        [size],
      ),
    ];
    blocks.set(key, made);
    return made;
  };
  const initial = cell.states.map((place): MilTensor | undefined =>
    inputs[place] === undefined ? undefined : unstacked(e, plain(call, place), time === 0 ? 0 : 1)[at],
  );
  // Rows that end earlier keep their states from there on, and what they say behind is 0.
  const ends = inputs[4] && reshape(e, plain(call, 4), [inputs[4].dims[0]!, 1]);
  const all: MilTensor[] = [];
  let states: readonly (MilTensor | undefined)[] = initial;
  for (let count = 0; count < each.length; count++) {
    const t = backward ? each.length - 1 - count : count;
    const within = ends && compare(e, "greater", ends, scalar(e, "int32", t));
    const before = states;
    const next = cell.step({
      e,
      gates: parts(e, each[t]!, gates),
      states,
      recurrent: (h, first, number) => {
        const [weights, bias] = block(first, number);
        return parts(e, dense(e, h, weights, bias), number);
      },
      bias: (gate) => e.constant("fp32", rows(rb, gate * hidden, hidden), [hidden]),
      apply: (name, value) => unary(e, FUNCTIONS[names[name]!.toLowerCase()]!, value),
    });
    const zero = scalar(e, "fp32", 0);
    states = next.map((state, one) => (within ? select(e, within, state, before[one] ?? zero) : state));
    all[t] = within ? select(e, within, states[0]!, zero) : states[0]!;
  }
  return { all, last: states as readonly MilTensor[] };
}
