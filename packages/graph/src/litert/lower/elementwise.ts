import type { ElementwiseOpName } from "../../op/elementwise-ops.ts";
import { ACTIVATION_RULES } from "./activation.ts";
import { LOGIC_RULES } from "./logic.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteOpName } from "../lite-op.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  floating,
  numberOf,
  numeric,
  outputType,
  refused,
  type LiteLowering,
  type LiteRule,
} from "../lowering.ts";
import { binary, cast, compare, scalar, select, unary, withNumber } from "../primitive.ts";
import { extreme } from "./extreme.ts";
import { pointwise } from "./pointwise.ts";

const direct = (op: LiteOpName): LiteLowering => floating(pointwise((e, [x]) => unary(e, op, x!)));
const arithmetic = (op: LiteOpName): LiteLowering => numeric(pointwise((e, [a, b]) => binary(e, op, a!, b!)));
const ofX = (rule: (e: LiteEmitter, x: LiteTensor) => LiteTensor): LiteLowering =>
  floating(pointwise((e, [x]) => rule(e, x!)));

const extremes = (op: "MAXIMUM" | "MINIMUM"): LiteLowering =>
  numeric(pointwise((e, list) => list.reduce((a, b) => extreme(e, op, a, b))));

/** `|x|`; there is no kernel for int64. */
function magnitude(e: LiteEmitter, x: LiteTensor): LiteTensor {
  return x.type === "INT64" ? binary(e, "MAXIMUM", x, unary(e, "NEG", x)) : unary(e, "ABS", x);
}

/** What is left of a division, with the sign of `b`, or of `a` as C has it. */
function remainder(e: LiteEmitter, a: LiteTensor, b: LiteTensor, ofA: boolean): LiteTensor {
  if (!ofA) return binary(e, "FLOOR_MOD", a, b);
  const size = binary(e, "FLOOR_MOD", magnitude(e, a), magnitude(e, b));
  return select(e, compare(e, "LESS", a, scalar(e, a.type, 0)), unary(e, "NEG", size), size);
}

/** 1 for every number, and NaN for NaN. */
const onesLike = (e: LiteEmitter, x: LiteTensor): LiteTensor =>
  select(e, compare(e, "EQUAL", x, x), scalar(e, x.type, 1), x);

/** The square root of `1 - x^2`, exact near 1. */
const cathetus = (e: LiteEmitter, x: LiteTensor): LiteTensor => {
  const one = scalar(e, x.type, 1);
  return unary(e, "SQRT", binary(e, "MUL", binary(e, "SUB", one, x), binary(e, "ADD", x, one)));
};

const square = (e: LiteEmitter, x: LiteTensor): LiteTensor => binary(e, "MUL", x, x);

/** `(e^x + e^-x) / 2`. */
const cosh = (e: LiteEmitter, x: LiteTensor): LiteTensor =>
  withNumber(e, "MUL", binary(e, "ADD", unary(e, "EXP", x), unary(e, "EXP", unary(e, "NEG", x))), 0.5);

/** There is a kernel for Gelu, `x (1 + erf(x / sqrt 2)) / 2`, but none for erf; within 2e-7 of it. */
function erf(e: LiteEmitter, x: LiteTensor): LiteTensor {
  const bounded = extreme(
    e,
    "MINIMUM",
    extreme(e, "MAXIMUM", x, scalar(e, x.type, -6)),
    scalar(e, x.type, 6),
  );
  const y = withNumber(e, "MUL", bounded, Math.SQRT2);
  const ratio = binary(e, "DIV", withNumber(e, "MUL", unary(e, "GELU", y), 2), y);
  const zero = compare(e, "EQUAL", x, scalar(e, x.type, 0));
  return select(e, zero, x, withNumber(e, "SUB", ratio, 1));
}

const toOutput: LiteLowering = (call) => {
  if (outputType(call) === "INT16")
    return refused(`it casts ${call.inputs[0]!.elementType} to int16`, "int32 or float32");
  return pointwise((e, [x]) => cast(e, x!, outputType(call)))(call);
};

const bits: LiteRule = refused("it is about the bits of integers", "booleans, with And, Or and Not");
const quantised: LiteRule = refused(
  "quantisation is decided when a file is written",
  "the graph of floats, written with precision int8",
);

/** How the operators that work element by element are written. */
export const ELEMENTWISE_RULES = {
  ...ACTIVATION_RULES,
  ...LOGIC_RULES,
  Abs: numeric(pointwise((e, [x]) => magnitude(e, x!))),
  Acos: ofX((e, x) => binary(e, "ATAN2", cathetus(e, x), x)),
  Acosh: ofX((e, x) => {
    const root = unary(e, "SQRT", binary(e, "MUL", withNumber(e, "SUB", x, 1), withNumber(e, "ADD", x, 1)));
    return unary(e, "LOG", binary(e, "ADD", x, root));
  }),
  Add: arithmetic("ADD"),
  Asin: ofX((e, x) => binary(e, "ATAN2", x, cathetus(e, x))),
  Asinh: ofX((e, x) => {
    const size = unary(e, "ABS", x);
    const root = unary(e, "SQRT", withNumber(e, "ADD", square(e, x), 1));
    return binary(e, "MUL", unary(e, "SIGN", x), unary(e, "LOG", binary(e, "ADD", size, root)));
  }),
  Atan: ofX((e, x) => binary(e, "ATAN2", x, onesLike(e, x))),
  Atanh: ofX((e, x) => {
    const one = scalar(e, x.type, 1);
    const ratio = binary(e, "DIV", binary(e, "ADD", x, one), binary(e, "SUB", one, x));
    return withNumber(e, "MUL", unary(e, "LOG", ratio), 0.5);
  }),
  BitwiseAnd: bits,
  BitwiseNot: bits,
  BitwiseOr: bits,
  BitwiseXor: bits,
  Cast: toOutput,
  CastLike: (call) => toOutput({ ...call, inputs: call.inputs.slice(0, 1) }),
  Ceil: direct("CEIL"),
  Cos: direct("COS"),
  Cosh: ofX(cosh),
  DequantizeLinear: quantised,
  Div: (call) =>
    call.inputs[0]!.elementType === "int64"
      ? refused("it divides int64", "a Cast to int32 or float32 before it")
      : arithmetic("DIV")(call),
  Erf: ofX(erf),
  Exp: direct("EXP"),
  Floor: direct("FLOOR"),
  Log: direct("LOG"),
  Max: extremes("MAXIMUM"),
  Mean: floating(
    pointwise((e, list) =>
      withNumber(
        e,
        "DIV",
        list.reduce((a, b) => binary(e, "ADD", a, b)),
        list.length,
      ),
    ),
  ),
  Min: extremes("MINIMUM"),
  Mod: numeric(pointwise((e, [a, b], call) => remainder(e, a!, b!, numberOf(call, "fmod") !== 0))),
  Mul: arithmetic("MUL"),
  Neg: numeric(pointwise((e, [x]) => unary(e, "NEG", x!))),
  Pow: floating(pointwise((e, [a, b]) => binary(e, "POW", a!, b!))),
  QuantizeLinear: quantised,
  Reciprocal: ofX((e, x) => binary(e, "DIV", scalar(e, x.type, 1), x)),
  Round: direct("ROUND"),
  Sign: floating(pointwise((e, [x]) => unary(e, "SIGN", x!))),
  Sin: direct("SIN"),
  Sinh: ofX((e, x) => binary(e, "MUL", unary(e, "TANH", x), cosh(e, x))),
  Sqrt: direct("SQRT"),
  Sub: arithmetic("SUB"),
  Sum: numeric(pointwise((e, list) => list.reduce((a, b) => binary(e, "ADD", a, b)))),
  Tan: ofX((e, x) => binary(e, "DIV", unary(e, "SIN", x), unary(e, "COS", x))),
} satisfies Record<ElementwiseOpName, LiteRule>;
