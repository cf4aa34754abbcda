import type { LiteEmitter } from "../emitter.ts";
import type { LiteOpName } from "../lite-op.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { floating, numberOf, numeric, refused, type LiteLowering, type LiteRule } from "../lowering.ts";
import { broadcasting, compare, scalar, select, unary } from "../primitive.ts";
import { pointwise } from "./pointwise.ts";

const comparison = (op: LiteOpName): LiteLowering =>
  numeric(pointwise((e, [a, b]) => compare(e, op, a!, b!)));

const both = (op: LiteOpName): LiteLowering => pointwise((e, [a, b]) => compare(e, op, a!, b!));

/** Whether a number is infinite, of the signs that the node names. */
function isInfinite(e: LiteEmitter, x: LiteTensor, negative: boolean, positive: boolean): LiteTensor {
  const is = (value: LiteTensor, infinity: number): LiteTensor =>
    compare(e, "EQUAL", value, scalar(e, x.type, infinity));
  if (negative && positive) return is(unary(e, "ABS", x), Infinity);
  if (negative || positive) return is(x, positive ? Infinity : -Infinity);
  const all = is(x, Infinity);
  return broadcasting(e, "LOGICAL_AND", [all, unary(e, "LOGICAL_NOT", all)], "BOOL");
}

const BRANCHES: ReadonlySet<string> = new Set([
  "float32",
  "float16",
  "int32",
  "int64",
  "bool",
  "int8",
  "uint8",
]);

/** How truths are made, combined and chosen by. */
export const LOGIC_RULES = {
  And: both("LOGICAL_AND"),
  Equal: (call) => (call.inputs[0]!.elementType === "bool" ? both("EQUAL")(call) : comparison("EQUAL")(call)),
  Greater: comparison("GREATER"),
  GreaterOrEqual: comparison("GREATER_EQUAL"),
  IsInf: floating(
    pointwise((e, [x], call) =>
      isInfinite(e, x!, numberOf(call, "detect_negative") !== 0, numberOf(call, "detect_positive") !== 0),
    ),
  ),
  IsNaN: floating(pointwise((e, [x]) => compare(e, "NOT_EQUAL", x!, x!))),
  Less: comparison("LESS"),
  LessOrEqual: comparison("LESS_EQUAL"),
  Not: pointwise((e, [x]) => {
    const maker = e.makerOf(x!);
    return maker?.op === "EQUAL"
      ? compare(e, "NOT_EQUAL", maker.inputs[0]!, maker.inputs[1]!)
      : unary(e, "LOGICAL_NOT", x!);
  }),
  Or: both("LOGICAL_OR"),
  Where: (call) =>
    BRANCHES.has(call.inputs[1]!.elementType)
      ? pointwise((e, [condition, a, b]) => select(e, condition!, a!, b!))(call)
      : refused(`it chooses between ${call.inputs[1]!.elementType}`, "float32 or int32"),
  Xor: both("NOT_EQUAL"),
} satisfies Record<string, LiteRule>;
