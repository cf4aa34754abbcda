import type { MilEmitter } from "../emitter.ts";
import {
  floating,
  numberOf,
  numeric,
  plain,
  type MilCall,
  type MilLowering,
  type MilRule,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, compare, scalar, select, truth, unary, withNumber } from "../primitive.ts";
import { extreme } from "./pointwise.ts";

const direct = (op: string): MilLowering => floating((call) => [unary(call.e, op, plain(call, 0))]);
const ofX = (rule: (e: MilEmitter, x: MilTensor, call: MilCall) => MilTensor): MilLowering =>
  floating((call) => [rule(call.e, plain(call, 0), call)]);

/** A number of the node as an operator takes it. */
const told = (call: MilCall, name: string): MilTensor => scalar(call.e, "fp32", numberOf(call, name));

/** What is above zero, plus `slope` times what `below` makes of the rest. */
function bent(e: MilEmitter, x: MilTensor, below: MilTensor, slope: MilTensor): MilTensor {
  const under = binary(e, "minimum", below, scalar(e, "fp32", 0));
  return binary(e, "add", unary(e, "relu", x), binary(e, "mul", under, slope));
}

const bounded = (e: MilEmitter, x: MilTensor, low: number, high: number): MilTensor =>
  unary(e, "clip", x, { alpha: scalar(e, "fp32", low), beta: scalar(e, "fp32", high) });

const clip: MilLowering = numeric((call) => {
  const { e, inputs } = call;
  const [, low, high] = inputs;
  const x = plain(call, 0);
  const at = (value: typeof low, fallback: number): number | undefined =>
    value === undefined ? fallback : value.constant?.[0];
  const [least, most] = [at(low, -Infinity), at(high, Infinity)];
  if (x.type === "fp32" && least === 0 && most === Infinity) return [unary(e, "relu", x)];
  if (x.type === "fp32" && least === 0 && most === 6) return [unary(e, "relu6", x)];
  if (x.type === "fp32" && Number.isFinite(least) && Number.isFinite(most) && least! <= most!)
    return [bounded(e, x, least!, most!)];
  const above = low === undefined ? x : extreme(e, "maximum", x, plain(call, 1));
  return [high === undefined ? above : extreme(e, "minimum", above, plain(call, 2))];
});

const same: MilLowering = (call) => [plain(call, 0)];

/** How activation functions are written. */
export const ACTIVATION_RULES = {
  Celu: ofX((e, x, call) => {
    const alpha = told(call, "alpha");
    const inner = unary(e, "elu", binary(e, "real_div", x, alpha), { alpha: scalar(e, "fp32", 1) });
    return bent(e, x, inner, alpha);
  }),
  Clip: clip,
  Dropout: (call) => {
    const x = plain(call, 0);
    // Its mask keeps everything.
    const kept = compare(call.e, "equal", x, x);
    return [x, binary(call.e, "logical_or", kept, truth(call.e, true))];
  },
  Elu: ofX((e, x, call) => unary(e, "elu", x, { alpha: told(call, "alpha") })),
  Gelu: ofX((e, x, { attributes }) =>
    unary(e, "gelu", x, { mode: attributes["approximate"] === "tanh" ? "TANH_APPROXIMATION" : "EXACT" }),
  ),
  HardSigmoid: ofX((e, x, call) =>
    unary(e, "sigmoid_hard", x, { alpha: told(call, "alpha"), beta: told(call, "beta") }),
  ),
  HardSwish: ofX((e, x) => {
    const gate = { alpha: scalar(e, "fp32", 1 / 6), beta: scalar(e, "fp32", 0.5) };
    return binary(e, "mul", x, unary(e, "sigmoid_hard", x, gate));
  }),
  Identity: same,
  LeakyRelu: ofX((e, x, call) => unary(e, "leaky_relu", x, { alpha: told(call, "alpha") })),
  Mish: ofX((e, x) => binary(e, "mul", x, unary(e, "tanh", unary(e, "softplus", x)))),
  PRelu: floating((call) => [bent(call.e, plain(call, 0), plain(call, 0), plain(call, 1))]),
  Relu: direct("relu"),
  Selu: ofX((e, x, call) => {
    const inner = unary(e, "elu", x, { alpha: told(call, "alpha") });
    return binary(e, "mul", inner, told(call, "gamma"));
  }),
  Shrink: ofX((e, x, call) => {
    const [bias, lambd] = [numberOf(call, "bias"), numberOf(call, "lambd")];
    const zero = withNumber(e, "mul", x, 0);
    const over = compare(e, "greater", x, scalar(e, "fp32", lambd));
    const above = select(e, over, withNumber(e, "sub", x, bias), zero);
    const under = compare(e, "less", x, scalar(e, "fp32", -lambd));
    return select(e, under, withNumber(e, "add", x, bias), above);
  }),
  Sigmoid: direct("sigmoid"),
  Softplus: direct("softplus"),
  Softsign: direct("softsign"),
  Tanh: direct("tanh"),
  ThresholdedRelu: ofX((e, x, call) => {
    const over = compare(e, "greater", x, told(call, "alpha"));
    return select(e, over, x, withNumber(e, "mul", x, 0));
  }),
} satisfies Record<string, MilRule>;
