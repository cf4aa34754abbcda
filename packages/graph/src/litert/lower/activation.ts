import type { LiteEmitter } from "../emitter.ts";
import type { LiteOpName } from "../lite-op.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  floating,
  numberOf,
  numeric,
  type LiteCall,
  type LiteLowering,
  type LiteRule,
  plain,
  type LiteResult,
} from "../lowering.ts";
import { binary, compare, scalar, select, unary, withNumber } from "../primitive.ts";
import { extreme } from "./extreme.ts";
import { pointwise } from "./pointwise.ts";

const direct = (op: LiteOpName): LiteLowering => floating(pointwise((e, [x]) => unary(e, op, x!)));
const ofX = (rule: (e: LiteEmitter, x: LiteTensor, call: LiteCall) => LiteTensor): LiteLowering =>
  floating(pointwise((e, [x], call) => rule(e, x!, call)));

/** What is above zero, plus `slope` times what `below` makes of the rest. */
function bent(e: LiteEmitter, x: LiteTensor, below: LiteTensor, slope: LiteTensor): LiteTensor {
  const under = binary(e, "MINIMUM", below, scalar(e, x.type, 0));
  return binary(e, "ADD", unary(e, "RELU", x), binary(e, "MUL", under, slope));
}

/** `log(1 + e^x)`, which never overflows. */
function softplus(e: LiteEmitter, x: LiteTensor): LiteTensor {
  const small = unary(e, "EXP", unary(e, "NEG", unary(e, "ABS", x)));
  return binary(e, "ADD", unary(e, "RELU", x), unary(e, "LOG", withNumber(e, "ADD", small, 1)));
}

const bounded = (e: LiteEmitter, x: LiteTensor, low: number, high: number): LiteTensor =>
  extreme(e, "MINIMUM", extreme(e, "MAXIMUM", x, scalar(e, x.type, low)), scalar(e, x.type, high));

/** Bounds that a kernel of its own has, which layers take in. */
const CLIPS: Readonly<Record<string, LiteOpName>> = {
  "0,6": "RELU6",
  "-1,1": "RELU_N1_TO_1",
  "0,Infinity": "RELU",
};

const clip: LiteLowering = numeric((call) => {
  const [, low, high] = call.inputs;
  const at = (value: typeof low, fallback: number): number | undefined =>
    value === undefined ? fallback : value.constant?.[0];
  const known = CLIPS[[at(low, -Infinity), at(high, Infinity)].join()];
  const value = { ...call, inputs: call.inputs.slice(0, 1) };
  if (known !== undefined && call.inputs[0]!.elementType === "float32") return direct(known)(value);
  return pointwise((e, [x, ...bounds]) => {
    const rest = [...bounds];
    const floor = low && rest.shift();
    const ceiling = high && rest.shift();
    const above = floor ? extreme(e, "MAXIMUM", x!, floor) : x!;
    return ceiling ? extreme(e, "MINIMUM", above, ceiling) : above;
  })(call);
});

const same: LiteLowering = (call) => {
  const { tensor, order } = call.inputs[0]!;
  return [order === undefined ? tensor! : { tensor: tensor!, order }];
};

/** How activation functions are written. */
export const ACTIVATION_RULES = {
  Celu: ofX((e, x, call) => {
    const alpha = numberOf(call, "alpha");
    return bent(e, x, unary(e, "ELU", withNumber(e, "DIV", x, alpha)), scalar(e, x.type, alpha));
  }),
  Clip: clip,
  Dropout: (call) => {
    const x = plain(call, 0);
    // Its mask keeps everything: a number is what it is, or is not.
    const kept = [compare(call.e, "EQUAL", x, x), compare(call.e, "NOT_EQUAL", x, x)] as const;
    return [...(same(call) as readonly LiteResult[]), compare(call.e, "LOGICAL_OR", ...kept)];
  },
  Elu: ofX((e, x, call) => {
    const alpha = numberOf(call, "alpha");
    const one = unary(e, "ELU", x);
    return alpha === 1 ? one : bent(e, x, one, scalar(e, x.type, alpha));
  }),
  Gelu: floating(
    pointwise((e, [x], { attributes }) =>
      unary(e, "GELU", x!, { approximate: attributes["approximate"] === "tanh" }),
    ),
  ),
  HardSigmoid: ofX((e, x, call) => {
    const line = withNumber(
      e,
      "ADD",
      withNumber(e, "MUL", x, numberOf(call, "alpha")),
      numberOf(call, "beta"),
    );
    return bounded(e, line, 0, 1);
  }),
  HardSwish: direct("HARD_SWISH"),
  Identity: same,
  LeakyRelu: ofX((e, x, call) => unary(e, "LEAKY_RELU", x, { alpha: numberOf(call, "alpha") })),
  Mish: ofX((e, x) => binary(e, "MUL", x, unary(e, "TANH", softplus(e, x)))),
  PRelu: floating(pointwise((e, [x, slope]) => bent(e, x!, x!, slope!))),
  Relu: direct("RELU"),
  Selu: ofX((e, x, call) => {
    const inner = bent(e, x, unary(e, "ELU", x), scalar(e, x.type, numberOf(call, "alpha")));
    return withNumber(e, "MUL", inner, numberOf(call, "gamma"));
  }),
  Shrink: ofX((e, x, call) => {
    const [bias, lambd] = [numberOf(call, "bias"), numberOf(call, "lambd")];
    const zero = withNumber(e, "MUL", x, 0);
    const above = select(
      e,
      compare(e, "GREATER", x, scalar(e, x.type, lambd)),
      withNumber(e, "SUB", x, bias),
      zero,
    );
    return select(e, compare(e, "LESS", x, scalar(e, x.type, -lambd)), withNumber(e, "ADD", x, bias), above);
  }),
  Sigmoid: direct("LOGISTIC"),
  Softplus: ofX(softplus),
  Softsign: ofX((e, x) => binary(e, "DIV", x, withNumber(e, "ADD", unary(e, "ABS", x), 1))),
  Tanh: direct("TANH"),
  ThresholdedRelu: ofX((e, x, call) => {
    const over = compare(e, "GREATER", x, scalar(e, x.type, numberOf(call, "alpha")));
    return select(e, over, x, withNumber(e, "MUL", x, 0));
  }),
} satisfies Record<string, LiteRule>;
