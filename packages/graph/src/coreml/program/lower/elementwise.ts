import type { ElementwiseOpName } from "../../../op/elementwise-ops.ts";
import type { MilEmitter } from "../emitter.ts";
import {
  floating,
  numberOf,
  numeric,
  outputType,
  plain,
  refused,
  type MilLowering,
  type MilRule,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, cast, compare, scalar, select, unary, withNumber } from "../primitive.ts";
import { ACTIVATION_RULES } from "./activation.ts";
import { LOGIC_RULES } from "./logic.ts";
import { extreme, logarithm, present } from "./pointwise.ts";
import { toWhole } from "./whole.ts";
import { QUANTISATION_RULES } from "./quantisation.ts";

const direct = (op: string): MilLowering => floating((call) => [unary(call.e, op, plain(call, 0))]);
const arithmetic = (op: string): MilLowering =>
  numeric((call) => [binary(call.e, op, plain(call, 0), plain(call, 1))]);
const ofX = (rule: (e: MilEmitter, x: MilTensor) => MilTensor): MilLowering =>
  floating((call) => [rule(call.e, plain(call, 0))]);
const folded = (op: string): MilLowering =>
  numeric((call) => [present(call).reduce((a, b) => binary(call.e, op, a, b))]);

const extremes = (op: string): MilLowering =>
  numeric((call) => [present(call).reduce((a, b) => extreme(call.e, op, a, b))]);

/** A quotient towards zero, as whole numbers have it. */
function quotient(e: MilEmitter, a: MilTensor, b: MilTensor): MilTensor {
  const size = binary(e, "floor_div", unary(e, "abs", a), unary(e, "abs", b));
  return binary(e, "mul", size, binary(e, "mul", unary(e, "sign", a), unary(e, "sign", b)));
}

/** What is left of a division, with the sign of `b`, or of `a` as C has it. */
function remainder(e: MilEmitter, a: MilTensor, b: MilTensor, ofA: boolean): MilTensor {
  const whole = (x: MilTensor, y: MilTensor): MilTensor =>
    binary(e, "sub", x, binary(e, "mul", y, binary(e, "floor_div", x, y)));
  if (!ofA) return whole(a, b);
  const size = whole(unary(e, "abs", a), unary(e, "abs", b));
  return select(e, compare(e, "less", a, scalar(e, a.type, 0)), withNumber(e, "mul", size, -1), size);
}

const square = (e: MilEmitter, x: MilTensor): MilTensor => binary(e, "mul", x, x);

const toOutput: MilLowering = (call) => {
  const { e, inputs, outputs } = call;
  const [to, from] = [outputs[0]!.elementType, inputs[0]!.elementType];
  const x = plain(call, 0);
  const type = outputType(call);
  if (type === "fp32")
    return to === "float16" ? refused("it casts to float16", "precision float16") : [cast(e, x, type)];
  if (type === "bool") return [x.type === "bool" ? x : compare(e, "not_equal", x, scalar(e, x.type, 0))];
  if (to !== from && to !== "int32" && to !== "int64" && from !== "bool")
    return refused(`it casts ${from} to ${to}`, "int32, between bounds set by Clip");
  return [toWhole(e, x)];
};

const bits: MilRule = refused("it is about the bits of integers", "booleans, with And, Or and Not");

/** How the operators that work element by element are written. */
export const ELEMENTWISE_RULES = {
  ...ACTIVATION_RULES,
  ...LOGIC_RULES,
  ...QUANTISATION_RULES,
  Abs: numeric((call) => [unary(call.e, "abs", plain(call, 0))]),
  Acos: direct("acos"),
  Acosh: ofX((e, x) => {
    const root = unary(e, "sqrt", binary(e, "mul", withNumber(e, "sub", x, 1), withNumber(e, "add", x, 1)));
    return logarithm(e, binary(e, "add", x, root));
  }),
  Add: arithmetic("add"),
  Asin: direct("asin"),
  Asinh: ofX((e, x) => {
    const size = unary(e, "abs", x);
    const root = unary(e, "sqrt", withNumber(e, "add", square(e, x), 1));
    return binary(e, "mul", unary(e, "sign", x), logarithm(e, binary(e, "add", size, root)));
  }),
  Atan: direct("atan"),
  Atanh: direct("atanh"),
  BitwiseAnd: bits,
  BitwiseNot: bits,
  BitwiseOr: bits,
  BitwiseXor: bits,
  Cast: toOutput,
  CastLike: (call) => toOutput({ ...call, inputs: call.inputs.slice(0, 1) }),
  Ceil: direct("ceil"),
  Cos: direct("cos"),
  Cosh: direct("cosh"),
  Div: numeric((call) => {
    const [a, b] = [plain(call, 0), plain(call, 1)];
    return [a.type === "fp32" ? binary(call.e, "real_div", a, b) : quotient(call.e, a, b)];
  }),
  Erf: direct("erf"),
  Exp: direct("exp"),
  Floor: direct("floor"),
  Log: ofX(logarithm),
  Max: extremes("maximum"),
  Mean: floating((call) => {
    const list = present(call);
    const sum = list.reduce((a, b) => binary(call.e, "add", a, b));
    return [withNumber(call.e, "real_div", sum, list.length)];
  }),
  Min: extremes("minimum"),
  Mod: numeric((call) => [remainder(call.e, plain(call, 0), plain(call, 1), numberOf(call, "fmod") !== 0)]),
  Mul: arithmetic("mul"),
  Neg: numeric((call) => [withNumber(call.e, "mul", plain(call, 0), -1)]),
  Pow: floating((call) => [binary(call.e, "pow", plain(call, 0), plain(call, 1))]),
  Reciprocal: ofX((e, x) => binary(e, "real_div", scalar(e, "fp32", 1), x)),
  Round: direct("round"),
  Sign: numeric((call) => [unary(call.e, "sign", plain(call, 0))]),
  Sin: direct("sin"),
  Sinh: direct("sinh"),
  Sqrt: direct("sqrt"),
  Sub: arithmetic("sub"),
  Sum: folded("add"),
  Tan: ofX((e, x) => binary(e, "real_div", unary(e, "sin", x), unary(e, "cos", x))),
} satisfies Record<ElementwiseOpName, MilRule>;
