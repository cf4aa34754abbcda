import type { LiteEmitter } from "../emitter.ts";
import type { LiteOpName } from "../lite-op.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  floating,
  numberOf,
  plain,
  refused,
  type LiteCall,
  type LiteLowering,
  type LiteRefusal,
  type LiteResult,
  type LiteRule,
  type LiteValue,
} from "../lowering.ts";
import { binary, compare, concat, dense, reshape, scalar, select, unary } from "../primitive.ts";

/** The functions between gates that are written. */
const FUNCTIONS: Readonly<Record<string, LiteOpName>> = { sigmoid: "LOGISTIC", tanh: "TANH", relu: "RELU" };

/** More steps than this would make a file of tens of thousands of operators. */
const MOST_STEPS = 512;

/** What the step of one direction has at hand; states are undefined where they are zeros. */
interface Step {
  readonly e: LiteEmitter;
  /** `x W'` with all biases that may be added before the recurrent product, gate by gate. */
  readonly gates: readonly LiteTensor[];
  readonly states: readonly (LiteTensor | undefined)[];
  /** `h R'` of some gates, behind each other, from the first one on. */
  recurrent(h: LiteTensor, first: number, count: number): readonly LiteTensor[];
  /** The recurrent bias of a gate. */
  bias(gate: number): LiteTensor;
  apply(name: number, x: LiteTensor): LiteTensor;
}

/** An operator of recurrence: how many gates and states, and what a step makes of them. */
interface Cell {
  readonly gates: number;
  readonly states: readonly number[];
  readonly functions: readonly string[];
  /** Gates whose recurrent bias is added behind the product only. */
  readonly late: readonly number[];
  readonly step: (step: Step) => readonly LiteTensor[];
}

/** Parts of the last axis, all of one length. */
function parts(e: LiteEmitter, x: LiteTensor, count: number): readonly LiteTensor[] {
  if (count === 1) return [x];
  const shape = { type: x.type, dims: [...x.dims.slice(0, -1), x.dims.at(-1)! / count], open: x.open };
  const inputs = [scalar(e, "INT32", x.dims.length - 1), x];
  return e.apply(
    "SPLIT",
    inputs,
    Array.from({ length: count }, () => shape),
    { num_splits: count },
  );
}

/** Tensors along a new axis. */
function packed(e: LiteEmitter, list: readonly LiteTensor[], axis: number): LiteTensor {
  const [first] = list as readonly [LiteTensor];
  const shape = {
    type: first.type,
    dims: first.dims.toSpliced(axis, 0, list.length),
    open: first.open.toSpliced(axis, 0, false),
  };
  return e.emit("PACK", list, shape, { values_count: list.length, axis });
}

const rows = (constant: ArrayLike<number>, from: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, at) => constant[from + at]!);

/** One direction: every hidden state in the order of time, and the last of each state. */
function direction(
  call: LiteCall,
  cell: Cell,
  x: LiteTensor,
  at: number,
): { readonly all: readonly LiteTensor[]; readonly last: readonly LiteTensor[] } {
  const { e, inputs, attributes } = call;
  const [, w, r, b] = inputs as readonly (LiteValue | undefined)[];
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
  const input = e.constant("FLOAT32", rows(w!.constant!, at * wide * width, wide * width), [wide, width]);
  // The products with the input need no state: one for all steps.
  const driven = dense(e, x, input, e.constant("FLOAT32", early, [wide]));
  const time = numberOf(call, "layout") === 0 ? 0 : 1;
  const steps = x.dims[time]!;
  const shape = { type: x.type, dims: driven.dims.toSpliced(time, 1), open: driven.open.toSpliced(time, 1) };
  const each = e.apply(
    "UNPACK",
    [driven],
    Array.from({ length: steps }, () => shape),
    { num: steps, axis: time },
  );
  const names =
    (attributes["activations"] as readonly string[] | undefined)?.slice(at * cell.functions.length) ??
    cell.functions;
  const backward = attributes["direction"] === "reverse" || at === 1;
  const blocks = new Map<string, readonly [LiteTensor, LiteTensor]>();
  const block = (first: number, count: number): readonly [LiteTensor, LiteTensor] => {
    const key = `${first},${count}`;
    const size = count * hidden;
    const from = (at * wide + first * hidden) * hidden;
    const made = blocks.get(key) ?? [
      e.constant("FLOAT32", rows(r!.constant!, from, size * hidden), [size, hidden]),
      e.constant(
        "FLOAT32",
        rows(rb, first * hidden, size).map((value, unit) =>
          cell.late.includes(first + Math.floor(unit / hidden)) ? value : 0,
        ),
        [size],
      ),
    ];
    blocks.set(key, made);
    return made;
  };
  const initial = cell.states.map((place): LiteTensor | undefined => {
    if (inputs[place] === undefined) return undefined;
    const all = plain(call, place);
    const axis = time === 0 ? 0 : 1;
    const directions = all.dims[axis]!;
    const state = { type: all.type, dims: all.dims.toSpliced(axis, 1), open: all.open.toSpliced(axis, 1) };
    return e.apply(
      "UNPACK",
      [all],
      Array.from({ length: directions }, () => state),
      { num: directions, axis },
    )[at];
  });
  // Rows that end earlier keep their states from there on, and what they say behind is 0.
  const ends = inputs[4] && reshape(e, plain(call, 4), [inputs[4].dims[0]!, 1]);
  const inside = (t: number): LiteTensor | undefined =>
    ends && compare(e, "GREATER", ends, scalar(e, ends.type, t));
  const all: LiteTensor[] = [];
  let states: readonly (LiteTensor | undefined)[] = initial;
  for (let count = 0; count < steps; count++) {
    const t = backward ? steps - 1 - count : count;
    const within = inside(t);
    const before = states;
    const next = cell.step({
      e,
      gates: parts(e, each[t]!, gates),
      states,
      recurrent: (h, first, number) => {
        const [weights, bias] = block(first, number);
        return parts(e, dense(e, h, weights, bias), number);
      },
      bias: (gate) => e.constant("FLOAT32", rows(rb, gate * hidden, hidden), [hidden]),
      apply: (name, value) => unary(e, FUNCTIONS[names[name]!.toLowerCase()]!, value),
    });
    const zero = scalar(e, "FLOAT32", 0);
    states = next.map((state, at) => (within ? select(e, within, state, before[at] ?? zero) : state));
    all[t] = within ? select(e, within, states[0]!, zero) : states[0]!;
  }
  return { all, last: states as readonly LiteTensor[] };
}

/** Why an application is not written. */
function refusal(call: LiteCall): LiteRefusal | undefined {
  const { inputs, attributes } = call;
  const [x] = inputs as readonly [LiteValue];
  const time = numberOf(call, "layout") === 0 ? 0 : 1;
  if ([1, 2, 3].some((at) => inputs[at] !== undefined && inputs[at].constant === undefined))
    return refused("its weights are computed", "constant weights");
  if (inputs[7] !== undefined || (attributes["input_forget"] ?? 0) !== 0)
    return refused("it has peepholes or couples its gates", "the usual LSTM");
  if ((attributes["clip"] ?? 0) !== 0) return refused("it clips between its gates", "no clip");
  const names = (attributes["activations"] as readonly string[] | undefined) ?? [];
  const strange = names.find((name) => !Object.hasOwn(FUNCTIONS, name.toLowerCase()));
  if (strange !== undefined) return refused(`it uses ${strange}`, "Sigmoid, Tanh and Relu");
  if (x.dims[time]! > MOST_STEPS || x.open[time])
    return refused(`more than ${MOST_STEPS} steps, or as many as rows have`, `at most ${MOST_STEPS} steps`);
  return undefined;
}

function recurrent(cell: Cell): LiteLowering {
  return floating((call) => {
    const reason = refusal(call);
    if (reason !== undefined) return reason;
    const { e, inputs, outputs } = call;
    const x = plain(call, 0);
    const layout = numberOf(call, "layout");
    const found = Array.from({ length: inputs[1]!.dims[0]! }, (_, at) => direction(call, cell, x, at));
    const openAt = (open: readonly boolean[]): number | undefined =>
      open.includes(true) ? open.indexOf(true) : undefined;
    const stacked = (list: readonly LiteTensor[], axis: number): LiteTensor => {
      const wide = list.map((tensor) =>
        reshape(e, tensor, tensor.dims.toSpliced(axis, 0, 1), openAt(tensor.open.toSpliced(axis, 0, false))),
      );
      return concat(e, wide, axis);
    };
    const all = stacked(
      found.map((one) => packed(e, one.all, layout)),
      layout === 0 ? 1 : 2,
    );
    const last = found[0]!.last.map((_, state) =>
      stacked(
        found.map((one) => one.last[state]!),
        layout,
      ),
    );
    return [all, ...last].slice(0, outputs.length) as readonly LiteResult[];
  }, 1);
}

const sum = (e: LiteEmitter, a: LiteTensor, b: LiteTensor | undefined): LiteTensor =>
  b === undefined ? a : binary(e, "ADD", a, b);
const product = (e: LiteEmitter, a: LiteTensor, b: LiteTensor): LiteTensor => binary(e, "MUL", a, b);

const lstm: Cell = {
  gates: 4,
  states: [5, 6],
  functions: ["sigmoid", "tanh", "tanh"],
  late: [],
  step: ({ e, gates, states: [h, c], recurrent: from, apply }) => {
    const back = h && from(h, 0, 4);
    const [i, o, f, g] = gates.map((gate, at) => sum(e, gate, back?.[at])) as [
      LiteTensor,
      LiteTensor,
      LiteTensor,
      LiteTensor,
    ];
    const fresh = product(e, apply(0, i), apply(1, g));
    const cell = c === undefined ? fresh : binary(e, "ADD", product(e, apply(0, f), c), fresh);
    return [product(e, apply(0, o), apply(2, cell)), cell];
  },
};

/** `(1 - z) n + z h`. */
function mixed(e: LiteEmitter, z: LiteTensor, n: LiteTensor, h: LiteTensor | undefined): LiteTensor {
  if (h === undefined) return product(e, binary(e, "SUB", scalar(e, "FLOAT32", 1), z), n);
  return binary(e, "ADD", n, product(e, z, binary(e, "SUB", h, n)));
}

const gruAfter: Cell = {
  gates: 3,
  states: [5],
  functions: ["sigmoid", "tanh"],
  late: [2],
  step: ({ e, gates: [z, r, n], states: [h], recurrent: from, bias, apply }) => {
    const [backZ, backR, backN] = h === undefined ? [] : from(h, 0, 3);
    const reset = apply(0, sum(e, r!, backR));
    const fresh = apply(1, binary(e, "ADD", n!, product(e, reset, backN ?? bias(2))));
    return [mixed(e, apply(0, sum(e, z!, backZ)), fresh, h)];
  },
};

const gruBefore: Cell = {
  ...gruAfter,
  late: [],
  step: ({ e, gates: [z, r, n], states: [h], recurrent: from, apply }) => {
    const [backZ, backR] = h === undefined ? [] : from(h, 0, 2);
    const reset = h && product(e, apply(0, sum(e, r!, backR)), h);
    const fresh = apply(1, sum(e, n!, reset && from(reset, 2, 1)[0]));
    return [mixed(e, apply(0, sum(e, z!, backZ)), fresh, h)];
  },
};

const rnn: Cell = {
  gates: 1,
  states: [5],
  functions: ["tanh"],
  late: [],
  step: ({ e, gates: [x], states: [h], recurrent: from, apply }) => [
    apply(0, sum(e, x!, h && from(h, 0, 1)[0])),
  ],
};

/** How recurrent layers are written: step by step, since a file of LiteRT keeps the state of its own kernel between calls. */
export const RECURRENCE_RULES = {
  GRU: (call) => recurrent(numberOf(call, "linear_before_reset") === 0 ? gruBefore : gruAfter)(call),
  LSTM: recurrent(lstm),
  RNN: recurrent(rnn),
} satisfies Record<string, LiteRule>;
