import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addExact, exactProduct, exactSum, mergeExact, roundExact } from "./exact-sum.ts";

const sumOf = (values: readonly number[]): number => roundExact(values.reduce(addExact, exactSum()));

/** A finite float as an integer multiple of 2^-1074, the least subnormal. */
function scaled(value: number): bigint {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

/** The float64 nearest to a multiple of 2^-1074, ties to even: by definition, slowly. */
function nearest(multiple: bigint): number {
  const magnitude = multiple < 0n ? -multiple : multiple;
  const shift = BigInt(Math.max(0, magnitude.toString(2).length - 53));
  let significand = magnitude >> shift;
  const rest = magnitude - (significand << shift);
  const half = shift === 0n ? 1n : 1n << (shift - 1n);
  if (rest > half || (rest === half && rest !== 0n && significand % 2n === 1n)) significand += 1n;
  return (multiple < 0n ? -1 : 1) * Number(significand) * 2 ** (Number(shift) - 1074);
}

const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e290, max: 1e290 }),
  fc.constantFrom(1, -1, 1e16, -1e16, 1e-16, 2 ** 53, 0.1, 5e-324, 1e290, -1e290),
);

describe("exact sum", () => {
  it("is the sum of rationals, rounded once", () => {
    fc.assert(
      fc.property(fc.array(float, { maxLength: 30 }), (values) => {
        const exact = values.reduce((total, value) => total + scaled(value), 0n);
        expect(sumOf(values)).toBe(nearest(exact) + 0);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("does not depend on order or on how it is merged", () => {
    fc.assert(
      fc.property(fc.array(float, { maxLength: 30 }), fc.nat(30), (values, cut) => {
        const expected = sumOf(values);
        expect(sumOf(values.toReversed())).toBe(expected);
        const [left, right] = [values.slice(cut), values.slice(0, cut)].map((part) =>
          part.reduce(addExact, exactSum()),
        );
        expect(roundExact(mergeExact(left!, right!))).toBe(expected);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it("keeps what a plain sum loses, and the rules of IEEE 754 for NaN and infinities", () => {
    expect(sumOf([1e16, 1, -1e16])).toBe(1);
    expect(sumOf(Array.from({ length: 10 }, () => 0.1))).toBe(1);
    expect(sumOf([Infinity, 1])).toBe(Infinity);
    expect(sumOf([Infinity, -Infinity])).toBeNaN();
    expect(sumOf([1e308, 1e308])).toBeNaN();
  });

  it("multiplies without loss", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e100, max: 1e100 }),
        fc.double({ noNaN: true, min: 1e-100, max: 1e100 }),
        (left, right) => {
          const [product, rest] = exactProduct(left, right);
          expect(product).toBe(left * right);
          // Below 1e-200 the rest underflows: the one case in which it is not exact.
          if (Math.abs(product) < 1e-200) return;
          expect((scaled(product) + scaled(rest)) << 1074n).toBe(scaled(left) * scaled(right));
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});
