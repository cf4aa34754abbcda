import { refused, type KnownCall, type Refusal } from "./known-walk.ts";

/** A function between gates that forms write. */
export type GateFunction = "sigmoid" | "tanh" | "relu";

const isGateFunction = (name: string): name is GateFunction =>
  name === "sigmoid" || name === "tanh" || name === "relu";

/** More steps than this would make a file of tens of thousands of operators. */
const MOST_STEPS = 512;

/** A tensor of a form, as far as recurrence has to know it. */
interface Tensor {
  readonly dims: readonly number[];
  readonly open: readonly boolean[];
}

/** What a form can do with its tensors `T`; constants are of single precision. */
export interface RecurrenceForm<T extends Tensor> {
  /** The tensor of an input. */
  input(at: number): T;
  constant(values: ArrayLike<number>, dims: readonly number[]): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  apply(name: GateFunction, x: T): T;
  /** `x[..., I]` times the constant `weight[O, I]`, plus `bias[O]`. */
  dense(x: T, weight: T, bias: T): T;
  /** Whether each whole number is above another. */
  above(x: T, bound: number): T;
  select(condition: T, a: T, b: T): T;
  /** Parts of the last axis, all of one length. */
  parts(x: T, count: number): readonly T[];
  /** The entries of an axis, which they no longer have. */
  unstacked(x: T, axis: number): readonly T[];
  /** Tensors along a new axis. */
  stacked(list: readonly T[], axis: number): T;
  concat(list: readonly T[], axis: number): T;
  reshape(x: T, dims: readonly number[], openAt?: number): T;
}

/** What the step of one direction has at hand; states are undefined where they are zeros. */
interface Step<T extends Tensor> {
  readonly form: RecurrenceForm<T>;
  /** `x W'` with all biases that may be added before the recurrent product, gate by gate. */
  readonly gates: readonly T[];
  readonly states: readonly (T | undefined)[];
  /** `h R'` of some gates, behind each other, from the first one on. */
  recurrent(h: T, first: number, count: number): readonly T[];
  /** The recurrent bias of a gate. */
  bias(gate: number): T;
  apply(name: number, x: T): T;
}

/** An operator of recurrence: how many gates and states, and what a step makes of them. */
interface Cell {
  readonly gates: number;
  readonly states: readonly number[];
  readonly functions: readonly string[];
  /** Gates whose recurrent bias is added behind the product only. */
  readonly late: readonly number[];
  readonly step: <T extends Tensor>(step: Step<T>) => readonly T[];
}

/** The axis that follows the batch, where one does. */
export const openAt = (open: readonly boolean[]): number | undefined =>
  open.includes(true) ? open.indexOf(true) : undefined;

/** Some numbers of a constant. */
export const rows = (constant: ArrayLike<number>, from: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, at) => constant[from + at]!);

/** The names of the functions between gates, as the node gives them. */
export function gateFunctions({ attributes }: KnownCall<object>): readonly GateFunction[] | undefined {
  const names = attributes["activations"] as readonly string[] | undefined;
  return names?.map((name) => name.toLowerCase() as GateFunction);
}

/** One direction: every hidden state in the order of time, and the last of each state. */
function directionOf<T extends Tensor>(
  form: RecurrenceForm<T>,
  call: KnownCall<object>,
  cell: Cell,
  x: T,
  at: number,
): { readonly all: readonly T[]; readonly last: readonly T[] } {
  const { inputs, attributes } = call;
  const [, w, r, b] = inputs;
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
  const input = form.constant(rows(w!.constant!, at * wide * width, wide * width), [wide, width]);
  // The products with the input need no state: one for all steps.
  const driven = form.dense(x, input, form.constant(early, [wide]));
  const time = attributes["layout"] as number;
  const each = form.unstacked(driven, time);
  const names = gateFunctions(call)?.slice(at * cell.functions.length) ?? cell.functions;
  const backward = attributes["direction"] === "reverse" || at === 1;
  const blocks = new Map<string, readonly [T, T]>();
  const block = (first: number, count: number): readonly [T, T] => {
    const key = `${first},${count}`;
    const size = count * hidden;
    const from = (at * wide + first * hidden) * hidden;
    const made = blocks.get(key) ?? [
      form.constant(rows(r!.constant!, from, size * hidden), [size, hidden]),
      form.constant(
        rows(rb, first * hidden, size).map((value, unit) =>
          cell.late.includes(first + Math.floor(unit / hidden)) ? value : 0,
        ),
        [size],
      ),
    ];
    blocks.set(key, made);
    return made;
  };
  const initial = cell.states.map((place): T | undefined =>
    inputs[place] === undefined ? undefined : form.unstacked(form.input(place), time === 0 ? 0 : 1)[at],
  );
  // Rows that end earlier keep their states from there on, and what they say behind is 0.
  const ends = inputs[4] && form.reshape(form.input(4), [inputs[4].dims[0]!, 1]);
  const all: T[] = [];
  let states: readonly (T | undefined)[] = initial;
  for (let count = 0; count < each.length; count++) {
    const t = backward ? each.length - 1 - count : count;
    const within = ends && form.above(ends, t);
    const before = states;
    const next = cell.step({
      form,
      gates: form.parts(each[t]!, gates),
      states,
      recurrent: (h, first, number) => {
        const [weights, bias] = block(first, number);
        return form.parts(form.dense(h, weights, bias), number);
      },
      bias: (gate) => form.constant(rows(rb, gate * hidden, hidden), [hidden]),
      apply: (name, value) => form.apply(names[name] as GateFunction, value),
    });
    const zero = form.constant([0], []);
    states = next.map((state, one) => (within ? form.select(within, state, before[one] ?? zero) : state));
    all[t] = within ? form.select(within, states[0]!, zero) : states[0]!;
  }
  return { all, last: states as readonly T[] };
}

/** Why an application is not written, in steps or as a whole. */
export function recurrenceRefusal({ inputs, attributes }: KnownCall<object>): Refusal | undefined {
  if ([1, 2, 3].some((at) => inputs[at] !== undefined && inputs[at].constant === undefined))
    return refused("its weights are computed", "constant weights");
  if (inputs[7] !== undefined || (attributes["input_forget"] ?? 0) !== 0)
    return refused("it has peepholes or couples its gates", "the usual LSTM");
  if ((attributes["clip"] ?? 0) !== 0) return refused("it clips between its gates", "no clip");
  const names = (attributes["activations"] as readonly string[] | undefined) ?? [];
  const strange = names.find((name) => !isGateFunction(name.toLowerCase()));
  return strange === undefined ? undefined : refused(`it uses ${strange}`, "Sigmoid, Tanh and Relu");
}

const sum = <T extends Tensor>({ add }: RecurrenceForm<T>, a: T, b: T | undefined): T =>
  b === undefined ? a : add(a, b);

const lstm: Cell = {
  gates: 4,
  states: [5, 6],
  functions: ["sigmoid", "tanh", "tanh"],
  late: [],
  step: ({ form, gates, states: [h, c], recurrent: from, apply }) => {
    const back = h && from(h, 0, 4);
    const [i, o, f, g] = gates.map((gate, at) => sum(form, gate, back?.[at]));
    const fresh = form.mul(apply(0, i!), apply(1, g!));
    const cell = c === undefined ? fresh : form.add(form.mul(apply(0, f!), c), fresh);
    return [form.mul(apply(0, o!), apply(2, cell)), cell];
  },
};

/** `(1 - z) n + z h`. */
function mixed<T extends Tensor>(form: RecurrenceForm<T>, z: T, n: T, h: T | undefined): T {
  if (h === undefined) return form.mul(form.sub(form.constant([1], []), z), n);
  return form.add(n, form.mul(z, form.sub(h, n)));
}

const gruAfter: Cell = {
  gates: 3,
  states: [5],
  functions: ["sigmoid", "tanh"],
  late: [2],
  step: ({ form, gates: [z, r, n], states: [h], recurrent: from, bias, apply }) => {
    const [backZ, backR, backN] = h === undefined ? [] : from(h, 0, 3);
    const reset = apply(0, sum(form, r!, backR));
    const fresh = apply(1, form.add(n!, form.mul(reset, backN ?? bias(2))));
    return [mixed(form, apply(0, sum(form, z!, backZ)), fresh, h)];
  },
};

const gruBefore: Cell = {
  ...gruAfter,
  late: [],
  step: ({ form, gates: [z, r, n], states: [h], recurrent: from, apply }) => {
    const [backZ, backR] = h === undefined ? [] : from(h, 0, 2);
    const reset = h && form.mul(apply(0, sum(form, r!, backR)), h);
    const fresh = apply(1, sum(form, n!, reset && from(reset, 2, 1)[0]));
    return [mixed(form, apply(0, sum(form, z!, backZ)), fresh, h)];
  },
};

const rnn: Cell = {
  gates: 1,
  states: [5],
  functions: ["tanh"],
  late: [],
  step: ({ form, gates: [x], states: [h], recurrent: from, apply }) => [
    apply(0, sum(form, x!, h && from(h, 0, 1)[0])),
  ],
};

function cellOf(op: "GRU" | "LSTM" | "RNN", { attributes }: KnownCall<object>): Cell {
  if (op === "GRU") return attributes["linear_before_reset"] === 0 ? gruBefore : gruAfter;
  return op === "LSTM" ? lstm : rnn;
}

/** A recurrent layer written step by step in any form; {@link recurrenceRefusal} comes first. */
export function unrolled<T extends Tensor>(
  op: "GRU" | "LSTM" | "RNN",
  call: KnownCall<object>,
  form: RecurrenceForm<T>,
): readonly T[] | Refusal {
  const { inputs, outputs } = call;
  const layout = call.attributes["layout"] as number;
  const x = form.input(0);
  if (x.dims[layout]! > MOST_STEPS || x.open[layout])
    return refused(`more than ${MOST_STEPS} steps, or as many as rows have`, `at most ${MOST_STEPS} steps`);
  const cell = cellOf(op, call);
  const found = Array.from({ length: inputs[1]!.dims[0]! }, (_, at) => directionOf(form, call, cell, x, at));
  const joined = (list: readonly T[], axis: number): T => {
    const wide = list.map((tensor) =>
      form.reshape(tensor, tensor.dims.toSpliced(axis, 0, 1), openAt(tensor.open.toSpliced(axis, 0, false))),
    );
    return form.concat(wide, axis);
  };
  const all = joined(
    found.map((one) => form.stacked(one.all, layout)),
    layout === 0 ? 1 : 2,
  );
  const last = found[0]!.last.map((_, state) =>
    joined(
      found.map((one) => one.last[state]!),
      layout,
    ),
  );
  return [all, ...last].slice(0, outputs.length);
}
