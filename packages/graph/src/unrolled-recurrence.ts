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
  above(x: T, bound: number | T): T;
  select(condition: T, a: T, b: T): T;
  /** Parts of the last axis, all of one length. */
  parts(x: T, count: number): readonly T[];
  /** The entries of an axis, which they no longer have. */
  unstacked(x: T, axis: number): readonly T[];
  /** Tensors along a new axis. */
  stacked(list: readonly T[], axis: number): T;
  concat(list: readonly T[], axis: number): T;
  reshape(x: T, dims: readonly number[], openAt?: number): T;
  /** Steps done in a loop, where the form has loops; else each is written. */
  readonly looped?: (loop: RecurrenceLoop<T>) => LoopedSteps<T>;
}

/** Steps of one direction that a loop is to do. */
export interface RecurrenceLoop<T extends Tensor> {
  /** What is read, one entry of axis `time` each step. */
  readonly driving: T;
  readonly time: number;
  readonly backward: boolean;
  /** Numbers of each state; all begin as zeros but for those that are given. */
  readonly hidden: number;
  readonly initial: readonly (T | undefined)[];
  /** How many steps rows have, where they have not the same; `[N, 1]`. */
  readonly ends: T | undefined;
  /** What all steps read of some entries at once, group by group. */
  readonly driven: (form: RecurrenceForm<T>, entries: T) => readonly T[];
  readonly step: RecurrenceStep<T>;
}

/** One step in a form's tensors, at a place in time: what it leaves, the hidden state first, and what it says. */
export type RecurrenceStep<T extends Tensor> = (
  form: RecurrenceForm<T>,
  groups: readonly T[],
  at: number | T,
  states: readonly (T | undefined)[],
  ends: T | undefined,
) => { readonly states: readonly T[]; readonly said: T };

/** Every hidden state along `time`, and the last of each state. */
export interface LoopedSteps<T extends Tensor> {
  readonly all: T;
  readonly last: readonly T[];
}

/** What the step of one direction has at hand; states are undefined where they are zeros. */
interface Step<T extends Tensor> {
  readonly form: RecurrenceForm<T>;
  /** `x W'` with all biases that may be added before the recurrent product, group by group. */
  readonly groups: readonly T[];
  readonly states: readonly (T | undefined)[];
  /** `h R'` of some gates, behind each other, from the first one on. */
  recurrent(h: T, first: number, count: number): T;
  /** The recurrent bias of a gate. */
  bias(gate: number): T;
  apply(name: number, x: T): T;
}

/** An operator of recurrence: how many gates and states, and what a step makes of them. */
interface Cell {
  readonly gates: number;
  /** How many gates behind each other one function is applied to. */
  readonly groups: readonly number[];
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

/** A loop of fewer steps takes up to twice their time, and saves little. */
const LEAST_LOOPED = 16;

/** One direction: every hidden state along time, and the last of each state. */
function directionOf<T extends Tensor>(
  form: RecurrenceForm<T>,
  call: KnownCall<object>,
  cell: Cell,
  x: T,
  at: number,
): LoopedSteps<T> {
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
  const firsts = cell.groups.map((_, at) => cell.groups.slice(0, at).reduce((sum, one) => sum + one, 0));
  const driven = (own: RecurrenceForm<T>, from: T): readonly T[] =>
    cell.groups.map((number, group) => {
      const [first, size] = [firsts[group]! * hidden, number * hidden];
      return own.dense(
        from,
        own.constant(rows(w!.constant!, (at * wide + first) * width, size * width), [size, width]),
        own.constant(early.slice(first, first + size), [size]),
      );
    });
  const time = attributes["layout"] as number;
  const count = x.dims[time]!;
  const names = gateFunctions(call)?.slice(at * cell.functions.length) ?? cell.functions;
  const backward = attributes["direction"] === "reverse" || at === 1;
  const blocks = new Map<string, readonly [T, T]>();
  const block = (own: RecurrenceForm<T>, first: number, number: number): readonly [T, T] => {
    const key = `${own === form},${first},${number}`;
    const size = number * hidden;
    const from = (at * wide + first * hidden) * hidden;
    const made = blocks.get(key) ?? [
      own.constant(rows(r!.constant!, from, size * hidden), [size, hidden]),
      own.constant(
        rows(rb, first * hidden, size).map((value, unit) =>
          cell.late.includes(first + Math.floor(unit / hidden)) ? value : 0,
        ),
        [size],
      ),
    ];
    blocks.set(key, made);
    return made;
  };
  // Rows that end earlier keep their states from there on, and what they say behind is 0.
  const step: RecurrenceStep<T> = (own, groups, t, states, ends) => {
    const within = ends && own.above(ends, t);
    const next = cell.step({
      form: own,
      groups,
      states,
      recurrent: (h, first, number) => {
        const [weights, bias] = block(own, first, number);
        return own.dense(h, weights, bias);
      },
      bias: (gate) => own.constant(rows(rb, gate * hidden, hidden), [hidden]),
      apply: (name, value) => own.apply(names[name] as GateFunction, value),
    });
    const zero = own.constant([0], []);
    const kept = next.map((state, one) => (within ? own.select(within, state, states[one] ?? zero) : state));
    return { states: kept, said: within ? own.select(within, kept[0]!, zero) : kept[0]! };
  };
  const initial = cell.states.map((place): T | undefined =>
    inputs[place] === undefined ? undefined : form.unstacked(form.input(place), time === 0 ? 0 : 1)[at],
  );
  const ends = inputs[4] && form.reshape(form.input(4), [inputs[4].dims[0]!, 1]);
  if (form.looped !== undefined && count >= LEAST_LOOPED) {
    return form.looped({
      driving: x,
      time,
      backward,
      hidden,
      initial,
      ends,
      driven,
      step,
    });
  }
  // The products with the input need no state: one for all steps.
  const each = driven(form, x).map((group) => form.unstacked(group, time));
  const all: T[] = [];
  let states: readonly (T | undefined)[] = initial;
  for (let done = 0; done < count; done++) {
    const t = backward ? count - 1 - done : done;
    const made = step(
      form,
      each.map((group) => group[t]!),
      t,
      states,
      ends,
    );
    states = made.states;
    all[t] = made.said;
  }
  return { all: form.stacked(all, time), last: states as readonly T[] };
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
  groups: [3, 1],
  states: [5, 6],
  functions: ["sigmoid", "tanh", "tanh"],
  late: [],
  step: ({ form, groups: [iof, g], states: [h, c], recurrent: from, apply }) => {
    const [back, backG] = h === undefined ? [] : [from(h, 0, 3), from(h, 3, 1)];
    const [i, o, f] = form.parts(apply(0, sum(form, iof!, back)), 3);
    const fresh = form.mul(i!, apply(1, sum(form, g!, backG)));
    const cell = c === undefined ? fresh : form.add(form.mul(f!, c), fresh);
    return [form.mul(o!, apply(2, cell)), cell];
  },
};

/** `(1 - z) n + z h`. */
function mixed<T extends Tensor>(form: RecurrenceForm<T>, z: T, n: T, h: T | undefined): T {
  if (h === undefined) return form.mul(form.sub(form.constant([1], []), z), n);
  return form.add(n, form.mul(z, form.sub(h, n)));
}

const gruAfter: Cell = {
  gates: 3,
  groups: [2, 1],
  states: [5],
  functions: ["sigmoid", "tanh"],
  late: [2],
  step: ({ form, groups: [zr, n], states: [h], recurrent: from, bias, apply }) => {
    const [back, backN] = h === undefined ? [] : [from(h, 0, 2), from(h, 2, 1)];
    const [z, r] = form.parts(apply(0, sum(form, zr!, back)), 2);
    const fresh = apply(1, form.add(n!, form.mul(r!, backN ?? bias(2))));
    return [mixed(form, z!, fresh, h)];
  },
};

const gruBefore: Cell = {
  ...gruAfter,
  late: [],
  step: ({ form, groups: [zr, n], states: [h], recurrent: from, apply }) => {
    const [z, r] = form.parts(apply(0, sum(form, zr!, h && from(h, 0, 2))), 2);
    const fresh = apply(1, sum(form, n!, h && from(form.mul(r!, h), 2, 1)));
    return [mixed(form, z!, fresh, h)];
  },
};

const rnn: Cell = {
  gates: 1,
  groups: [1],
  states: [5],
  functions: ["tanh"],
  late: [],
  step: ({ form, groups: [x], states: [h], recurrent: from, apply }) => [
    apply(0, sum(form, x!, h && from(h, 0, 1))),
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
    found.map(({ all: said }) => said),
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
