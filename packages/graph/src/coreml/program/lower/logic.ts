import type { MilEmitter } from "../emitter.ts";
import { floating, numberOf, plain, type MilLowering, type MilRule } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, compare, scalar, select, unary } from "../primitive.ts";

const comparison =
  (op: string): MilLowering =>
  (call) => [compare(call.e, op, plain(call, 0), plain(call, 1))];

/** Whether a number is infinite, of the signs that the node names. */
function isInfinite(e: MilEmitter, x: MilTensor, negative: boolean, positive: boolean): MilTensor {
  const is = (value: MilTensor, infinity: number): MilTensor =>
    compare(e, "equal", value, scalar(e, "fp32", infinity));
  if (negative && positive) return is(unary(e, "abs", x), Infinity);
  if (negative || positive) return is(x, positive ? Infinity : -Infinity);
  const all = is(x, Infinity);
  return binary(e, "logical_and", all, unary(e, "logical_not", all));
}

/** How truths are made, combined and chosen by. */
export const LOGIC_RULES = {
  And: comparison("logical_and"),
  Equal: (call) => {
    const [a, b] = [plain(call, 0), plain(call, 1)];
    // There is no comparison of truths.
    return [
      a.type === "bool"
        ? unary(call.e, "logical_not", compare(call.e, "logical_xor", a, b))
        : compare(call.e, "equal", a, b),
    ];
  },
  Greater: comparison("greater"),
  GreaterOrEqual: comparison("greater_equal"),
  IsInf: floating((call) => [
    isInfinite(
      call.e,
      plain(call, 0),
      numberOf(call, "detect_negative") !== 0,
      numberOf(call, "detect_positive") !== 0,
    ),
  ]),
  IsNaN: floating((call) => [compare(call.e, "not_equal", plain(call, 0), plain(call, 0))]),
  Less: comparison("less"),
  LessOrEqual: comparison("less_equal"),
  Not: (call) => [unary(call.e, "logical_not", plain(call, 0))],
  Or: comparison("logical_or"),
  Where: (call) => [select(call.e, plain(call, 0), plain(call, 1), plain(call, 2))],
  Xor: comparison("logical_xor"),
} satisfies Record<string, MilRule>;
