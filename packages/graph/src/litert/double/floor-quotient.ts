import type { LiteEmitter } from "../emitter.ts";
import { binary, cast, compare, scalar, unary } from "../primitive.ts";
import { isLess } from "./compare.ts";
import { constantPair, floorOf, negativeOf, productOf, quotientOf, sumOf, type Pair } from "./pair.ts";
import { floorSpan, isSmallWhole, sizeOf, type Span } from "./span.ts";

/** Quotients up to here are off by one at most when float32 divides. */
const SURE_QUOTIENT = 2 ** 22;
/** Of whole numbers up to here, float32 rounds no quotient up to the next whole number. */
const SURE_WHOLE = 2 ** 23;

/** How often a number goes into another one, and what is left: both exact where the pair is the number. */
export interface FloorQuotient {
  readonly whole: Pair;
  readonly rest: Pair;
}

/**
 * @param by above 0.
 */
export function floorQuotient(e: LiteEmitter, a: Pair, by: number): FloorQuotient {
  const quotient: Span = { low: a.span.low / by, high: a.span.high / by, whole: false };
  const span = floorSpan(quotient);
  const isWhole = a.span.whole && Number.isInteger(by);
  const left: Span = { low: 0, high: isWhole ? by - 1 : by, whole: isWhole };
  const divisor = constantPair(e, [by], []);
  if (
    a.low === undefined &&
    isSmallWhole(a.span) &&
    isSmallWhole(divisor.span) &&
    sizeOf(a.span) + by < SURE_WHOLE
  ) {
    const high = unary(e, "FLOOR", binary(e, "DIV", a.high, divisor.high));
    const multiple = binary(e, "MUL", high, divisor.high);
    return { whole: { high, span }, rest: { high: binary(e, "SUB", a.high, multiple), span: left } };
  }
  const near =
    sizeOf(quotient) < SURE_QUOTIENT
      ? { high: unary(e, "FLOOR", binary(e, "DIV", a.high, divisor.high)), span }
      : floorOf(e, quotientOf(e, a, divisor, quotient), span);
  // What is left says whether it was one too many or one too few.
  const far: Span = { low: -2 * by, high: 2 * by, whole: isWhole };
  const product = productOf(e, near, divisor, { ...a.span, whole: isWhole });
  const over = sumOf(e, a, negativeOf(e, product, product.span), { ...far, whole: false });
  const below = cast(e, compare(e, "LESS", over.high, scalar(e, "FLOAT32", 0)), "FLOAT32");
  const above = cast(e, isLess(e, "LESS_EQUAL", divisor, over), "FLOAT32");
  const turn = { high: binary(e, "SUB", below, above), span: { low: -1, high: 1, whole: true } };
  return {
    whole: sumOf(e, near, negativeOf(e, turn, turn.span), span),
    rest: sumOf(e, over, productOf(e, turn, divisor, { low: -by, high: by, whole: isWhole }), left),
  };
}
