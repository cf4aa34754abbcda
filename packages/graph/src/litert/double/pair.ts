import { elementCount } from "../../onnx.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { binary, compare, scalar, select, unary, withNumber } from "../primitive.ts";
import { isSmallWhole, spanOf, type Span } from "./span.ts";

/**
 * A value of double precision as LiteRT computes it: the float32 nearest to it and, where something is left over, the
 * float32 of that. Together they have 48 bits. The arithmetic is that of T. J. Dekker, "A floating-point technique for
 * extending the available precision", 1971; each step is a kernel of its own, which rounds once.
 */
export interface Pair {
  readonly high: LiteTensor;
  /** Absent where `high` is the number itself. */
  readonly low?: LiteTensor;
  readonly span: Span;
}

/** `2^12 + 1`: what is multiplied by it gives the upper half of its 24 bits. */
const SPLITTER = 4097;

/** Two float32 whose sum is a number to 48 bits; nothing is left of what is not finite. */
export function splitDouble(value: number): readonly [high: number, low: number] {
  const high = Math.fround(value);
  return [high, Number.isFinite(high) ? Math.fround(value - high) : 0];
}

/** Numbers that are known, as a pair. */
export function constantPair(e: LiteEmitter, values: ArrayLike<number>, dims: readonly number[]): Pair {
  const pairs = Array.from(values, splitDouble);
  const part = (at: 0 | 1): LiteTensor =>
    e.constant(
      "FLOAT32",
      pairs.map((pair) => pair[at]),
      dims,
    );
  const exact = pairs.every(([, low]) => low === 0);
  return { high: part(0), ...(exact ? {} : { low: part(1) }), span: spanOf(values) };
}

const add = (e: LiteEmitter, a: LiteTensor, b: LiteTensor): LiteTensor => binary(e, "ADD", a, b);
const sub = (e: LiteEmitter, a: LiteTensor, b: LiteTensor): LiteTensor => binary(e, "SUB", a, b);
const mul = (e: LiteEmitter, a: LiteTensor, b: LiteTensor): LiteTensor => binary(e, "MUL", a, b);

/** A sum and what rounding took from it. */
function twoSum(e: LiteEmitter, a: LiteTensor, b: LiteTensor): readonly [LiteTensor, LiteTensor] {
  const sum = add(e, a, b);
  const ofB = sub(e, sum, a);
  return [sum, add(e, sub(e, a, sub(e, sum, ofB)), sub(e, b, ofB))];
}

/** As {@link twoSum}, where `a` is the larger one. */
function quickSum(e: LiteEmitter, a: LiteTensor, b: LiteTensor): readonly [LiteTensor, LiteTensor] {
  const sum = add(e, a, b);
  return [sum, sub(e, b, sub(e, sum, a))];
}

/** The upper and the lower half of the bits. */
function halves(e: LiteEmitter, x: LiteTensor): readonly [LiteTensor, LiteTensor] {
  if (x.values !== undefined) {
    const upper = Array.from(x.values as Float32Array, (value) => {
      const wide = Math.fround(value * SPLITTER);
      return Math.fround(wide - Math.fround(wide - value));
    });
    const lower = upper.map((value, at) => (x.values![at] as number) - value);
    return [e.constant("FLOAT32", upper, x.dims), e.constant("FLOAT32", lower, x.dims)];
  }
  const wide = withNumber(e, "MUL", x, SPLITTER);
  const upper = sub(e, wide, sub(e, wide, x));
  return [upper, sub(e, x, upper)];
}

/** A product and what rounding took from it. */
function twoProduct(e: LiteEmitter, a: LiteTensor, b: LiteTensor): readonly [LiteTensor, LiteTensor] {
  const product = mul(e, a, b);
  const [aHigh, aLow] = halves(e, a);
  const [bHigh, bLow] = halves(e, b);
  const first = add(e, sub(e, mul(e, aHigh, bHigh), product), mul(e, aHigh, bLow));
  return [product, add(e, add(e, first, mul(e, aLow, bHigh)), mul(e, aLow, bLow))];
}

/** Sum and rest as a pair; where float32 alone says infinite or NaN, it is that. */
function settled(
  e: LiteEmitter,
  plain: LiteTensor,
  sum: readonly [LiteTensor, LiteTensor],
  span: Span,
): Pair {
  const finite = compare(e, "LESS", unary(e, "ABS", plain), scalar(e, "FLOAT32", Infinity));
  const high = plain === sum[0] ? plain : select(e, finite, sum[0], plain);
  return { high, low: select(e, finite, sum[1], scalar(e, "FLOAT32", 0)), span };
}

/** A pair whose numbers are whole and small: its larger half is all of it. */
const small = ({ high, span, ...rest }: Pair): Pair =>
  isSmallWhole(span) ? { high, span } : { high, span, ...rest };

/** Any two float32 as a pair of their sum. */
export function pairOf(e: LiteEmitter, high: LiteTensor, low: LiteTensor, span: Span): Pair {
  const sum = twoSum(e, high, low);
  return settled(e, high, sum, span);
}

/** Zeros in the shape of a tensor. */
export function zerosLike(e: LiteEmitter, x: LiteTensor): LiteTensor {
  const zero = scalar(e, "FLOAT32", 0);
  return select(e, compare(e, "EQUAL", x, x), zero, zero);
}

/** What is left over of a value, zeros where nothing is. */
export const lowOf = (e: LiteEmitter, { low }: Pair): LiteTensor => low ?? scalar(e, "FLOAT32", 0);

export function sumOf(e: LiteEmitter, a: Pair, b: Pair, span: Span): Pair {
  if (a.low === undefined && b.low === undefined) {
    if (isSmallWhole(a.span) && isSmallWhole(b.span) && isSmallWhole(span))
      return { high: add(e, a.high, b.high), span };
    const sum = twoSum(e, a.high, b.high);
    return small(settled(e, sum[0], sum, span));
  }
  const [plain, rest] = twoSum(e, a.high, b.high);
  if (a.low === undefined || b.low === undefined) {
    const all = add(e, rest, lowOf(e, a.low === undefined ? b : a));
    return small(settled(e, plain, quickSum(e, plain, all), span));
  }
  const [lows, last] = twoSum(e, a.low, b.low);
  const [nearly, some] = quickSum(e, plain, add(e, rest, lows));
  return small(settled(e, plain, quickSum(e, nearly, add(e, some, last)), span));
}

export function negativeOf(e: LiteEmitter, { high, low }: Pair, span: Span): Pair {
  const of = (x: LiteTensor): LiteTensor =>
    x.values === undefined
      ? unary(e, "NEG", x)
      : e.constant(
          "FLOAT32",
          Array.from(x.values as Float32Array, (value) => -value),
          x.dims,
        );
  return { high: of(high), ...(low && { low: of(low) }), span };
}

/** The only number of a constant, where it has one. */
export function loneNumber({ high, low }: Pair): number | undefined {
  if (high.values === undefined || elementCount(high.dims) !== 1) return undefined;
  return (high.values[0] as number) + ((low?.values?.[0] as number | undefined) ?? 0);
}

/** Whether a product with a number only moves the exponent. */
const isPowerOfTwo = (value: number): boolean => value === 0 || Number.isInteger(Math.log2(Math.abs(value)));

export function productOf(e: LiteEmitter, a: Pair, b: Pair, span: Span): Pair {
  const number = loneNumber(b);
  if (number === undefined && loneNumber(a) !== undefined) return productOf(e, b, a, span);
  const isPower = number !== undefined && isPowerOfTwo(number);
  if (isPower || (isSmallWhole(a.span) && isSmallWhole(b.span) && isSmallWhole(span))) {
    const high = mul(e, a.high, b.high);
    if (a.low === undefined || number === 0) return { high, span };
    return small({ high, low: mul(e, a.low, b.high), span });
  }
  const [plain, rest] = twoProduct(e, a.high, b.high);
  const crossed = [
    ...(a.low === undefined ? [] : [mul(e, a.low, b.high)]),
    ...(b.low === undefined ? [] : [mul(e, a.high, b.low)]),
  ];
  const all = crossed.reduce((sum, one) => add(e, sum, one), rest);
  return small(settled(e, plain, quickSum(e, plain, all), span));
}

/** A quotient to about 44 bits. */
export function quotientOf(e: LiteEmitter, a: Pair, b: Pair, span: Span): Pair {
  const first = binary(e, "DIV", a.high, b.high);
  const times = productOf(e, { high: first, span }, b, span);
  const left = sumOf(e, a, negativeOf(e, times, span), span);
  return settled(e, first, quickSum(e, first, binary(e, "DIV", left.high, b.high)), span);
}

export function floorOf(e: LiteEmitter, { high, low }: Pair, span: Span): Pair {
  const whole = unary(e, "FLOOR", high);
  if (low === undefined) return { high: whole, span };
  const isWhole = compare(e, "EQUAL", whole, high);
  const rest = select(e, isWhole, unary(e, "FLOOR", low), scalar(e, "FLOAT32", 0));
  return small(settled(e, whole, quickSum(e, whole, rest), span));
}
