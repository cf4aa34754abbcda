import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { broadcasting, compare, select } from "../primitive.ts";
import { lowOf, type Pair } from "./pair.ts";
import { eitherSpan } from "./span.ts";

const both = (e: LiteEmitter, a: LiteTensor, b: LiteTensor): LiteTensor =>
  broadcasting(e, "LOGICAL_AND", [a, b], "BOOL");

/** Whether pairs are equal. */
export function isEqual(e: LiteEmitter, a: Pair, b: Pair): LiteTensor {
  const same = compare(e, "EQUAL", a.high, b.high);
  return a.low === undefined && b.low === undefined
    ? same
    : both(e, same, compare(e, "EQUAL", lowOf(e, a), lowOf(e, b)));
}

/** Whether one pair is less than another, or at most as large: the larger halves decide, then the smaller ones. */
export function isLess(e: LiteEmitter, op: "LESS" | "LESS_EQUAL", a: Pair, b: Pair): LiteTensor {
  if (a.low === undefined && b.low === undefined) return compare(e, op, a.high, b.high);
  const same = compare(e, "EQUAL", a.high, b.high);
  const behind = both(e, same, compare(e, op, lowOf(e, a), lowOf(e, b)));
  return broadcasting(e, "LOGICAL_OR", [compare(e, "LESS", a.high, b.high), behind], "BOOL");
}

/** One pair where a condition holds, another one elsewhere. */
export function chosen(e: LiteEmitter, condition: LiteTensor, a: Pair, b: Pair): Pair {
  const exact = a.low === undefined && b.low === undefined;
  return {
    high: select(e, condition, a.high, b.high),
    ...(exact ? {} : { low: select(e, condition, lowOf(e, a), lowOf(e, b)) }),
    span: eitherSpan(a.span, b.span),
  };
}
