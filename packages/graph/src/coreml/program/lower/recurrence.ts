import {
  floating,
  numberOf,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, concat, reshape, scalar, stack } from "../primitive.ts";
import { directionOf, FUNCTIONS, openAt, type Cell } from "./cell.ts";
import { lstmLayer } from "./lstm-layer.ts";

/** More steps than this would make a program of tens of thousands of operators. */
const MOST_STEPS = 512;

/** Why an application is not written. */
function refusal(call: MilCall): ReturnType<typeof refused> | undefined {
  const { inputs, attributes } = call;
  if ([1, 2, 3].some((at) => inputs[at] !== undefined && inputs[at].constant === undefined))
    return refused("its weights are computed", "constant weights");
  if (inputs[7] !== undefined || (attributes["input_forget"] ?? 0) !== 0)
    return refused("it has peepholes or couples its gates", "the usual LSTM");
  if ((attributes["clip"] ?? 0) !== 0) return refused("it clips between its gates", "no clip");
  const names = (attributes["activations"] as readonly string[] | undefined) ?? [];
  const strange = names.find((name) => !Object.hasOwn(FUNCTIONS, name.toLowerCase()));
  return strange === undefined ? undefined : refused(`it uses ${strange}`, "Sigmoid, Tanh and Relu");
}

/** A layer written step by step. */
function unrolled(call: MilCall, cell: Cell): readonly MilTensor[] | ReturnType<typeof refused> {
  const { e, inputs, outputs } = call;
  const layout = numberOf(call, "layout");
  const x = plain(call, 0);
  if (x.dims[layout]! > MOST_STEPS || x.open[layout])
    return refused(`more than ${MOST_STEPS} steps, or as many as rows have`, `at most ${MOST_STEPS} steps`);
  const found = Array.from({ length: inputs[1]!.dims[0]! }, (_, at) => directionOf(call, cell, x, at));
  const stacked = (list: readonly MilTensor[], axis: number): MilTensor => {
    const wide = list.map((tensor) => {
      const open = tensor.open.toSpliced(axis, 0, false);
      return reshape(e, tensor, tensor.dims.toSpliced(axis, 0, 1), openAt(open));
    });
    return concat(e, wide, axis);
  };
  const all = stacked(
    found.map((one) => stack(e, one.all, layout)),
    layout === 0 ? 1 : 2,
  );
  const last = found[0]!.last.map((_, state) =>
    stacked(
      found.map((one) => one.last[state]!),
      layout,
    ),
  );
  return [all, ...last].slice(0, outputs.length);
}

function recurrent(cell: Cell): MilLowering {
  return floating((call) => refusal(call) ?? unrolled(call, cell), 1);
}

const sum = (call: MilCall["e"], a: MilTensor, b: MilTensor | undefined): MilTensor =>
  b === undefined ? a : binary(call, "add", a, b);
const product = (e: MilCall["e"], a: MilTensor, b: MilTensor): MilTensor => binary(e, "mul", a, b);

const lstm: Cell = {
  gates: 4,
  states: [5, 6],
  functions: ["sigmoid", "tanh", "tanh"],
  late: [],
  step: ({ e, gates, states: [h, c], recurrent: from, apply }) => {
    const back = h && from(h, 0, 4);
    const [i, o, f, g] = gates.map((gate, at) => sum(e, gate, back?.[at])) as [
      MilTensor,
      MilTensor,
      MilTensor,
      MilTensor,
    ];
    const fresh = product(e, apply(0, i), apply(1, g));
    const cell = c === undefined ? fresh : binary(e, "add", product(e, apply(0, f), c), fresh);
    return [product(e, apply(0, o), apply(2, cell)), cell];
  },
};

/** `(1 - z) n + z h`. */
function mixed(e: MilCall["e"], z: MilTensor, n: MilTensor, h: MilTensor | undefined): MilTensor {
  if (h === undefined) return product(e, binary(e, "sub", scalar(e, "fp32", 1), z), n);
  return binary(e, "add", n, product(e, z, binary(e, "sub", h, n)));
}

const gruAfter: Cell = {
  gates: 3,
  states: [5],
  functions: ["sigmoid", "tanh"],
  late: [2],
  step: ({ e, gates: [z, r, n], states: [h], recurrent: from, bias, apply }) => {
    const [backZ, backR, backN] = h === undefined ? [] : from(h, 0, 3);
    const reset = apply(0, sum(e, r!, backR));
    const fresh = apply(1, binary(e, "add", n!, product(e, reset, backN ?? bias(2))));
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

/**
 * How recurrent layers are written. An LSTM is one operator, unless rows end early; a GRU goes step by step, since MIL's
 * own has one bias where ONNX and Keras have two, and reads its gates in an order that its documentation says twice.
 */
export const RECURRENCE_RULES = {
  GRU: (call) => recurrent(numberOf(call, "linear_before_reset") === 0 ? gruBefore : gruAfter)(call),
  LSTM: floating((call) => refusal(call) ?? lstmLayer(call) ?? unrolled(call, lstm), 1),
  RNN: recurrent(rnn),
} satisfies Record<string, MilRule>;
