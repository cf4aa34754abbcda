import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { hash32 } from "./hash32.ts";
import { quantise } from "./quantise.ts";
import { LARGEST_QUANTISED, LARGEST_QUANTISED_SUM, quantisedScale, SCALE_BLOCK } from "./quantised-scale.ts";
import {
  DERIVATIVE_KINDS,
  type DerivativeKind,
  fillDerivatives,
  someRows,
} from "./testing/derivative-case.ts";

function rowsUpTo(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}

function quantised(
  gradient: Float32Array,
  hessian: Float32Array,
  seed = 1,
  rows = rowsUpTo(gradient.length),
) {
  const scales = {
    gradient: quantisedScale("gradient", gradient, rows),
    hessian: quantisedScale("hessian", hessian, rows),
  };
  const into = { gradient: new Int16Array(gradient.length), hessian: new Uint16Array(gradient.length) };
  quantise(gradient, hessian, rows, scales, seed, into);
  return { scales, ...into };
}

describe("hash32", () => {
  test("is the finaliser of MurmurHash3 over a Weyl sequence", () => {
    // From the reference in C; position -1 leaves the seed as it is.
    expect(hash32(1, -1)).toBe(0x514e28b7);
    expect(hash32(0, -1)).toBe(0);
    expect(hash32(0, 0)).toBe(hash32(0x9e3779b9 | 0, -1));
  });

  test("has no two equal answers for one seed, and each bit is set half of the time", () => {
    const drawn = Array.from({ length: 20000 }, (_, row) => hash32(7, row));
    expect(new Set(drawn).size).toBe(20000);
    for (let bit = 0; bit < 32; bit++) {
      const set = drawn.filter((bits) => (bits >>> bit) & 1).length;
      expect(Math.abs(set - 10000)).toBeLessThan(400);
    }
  });
});

describe("the scale", () => {
  test("is 1 for whole numbers, the size where there is but one, else as fine as sums of 31 bits allow", () => {
    const scaleOf = (...values: number[]) =>
      quantisedScale("gradient", Float32Array.from(values), rowsUpTo(values.length));
    expect(scaleOf(3, -7, 0)).toBe(1);
    expect(scaleOf(0, 0)).toBe(1);
    expect(scaleOf()).toBe(1);
    expect(scaleOf(0.5, -0.5, 0)).toBe(0.5);
    expect(scaleOf(LARGEST_QUANTISED + 1, 1)).toBe((LARGEST_QUANTISED + 1) / LARGEST_QUANTISED);
    expect(scaleOf(0.5, 1)).toBe(1 / LARGEST_QUANTISED);
    const many = new Float32Array(200000).fill(0.5);
    many[7] = 1;
    expect(quantisedScale("gradient", many, rowsUpTo(200000))).toBe(
      100000.5 / (LARGEST_QUANTISED_SUM - 200000),
    );
  });

  test("adds blocks of four lanes, so that nobody's order of adding matters", () => {
    const values = Float32Array.from({ length: 25 * SCALE_BLOCK + 3 }, (_, row) =>
      row % 7 === 0 ? hash32(2, row) * 1e-19 : 1 - hash32(1, row) / 2 ** 33,
    );
    let sum = 0;
    for (let from = 0; from < values.length; from += SCALE_BLOCK) {
      const lane = (of: number) => {
        let lane = 0;
        for (let i = from + of; i < Math.min(from + SCALE_BLOCK, values.length); i += 4) lane += values[i]!;
        return lane;
      };
      sum += lane(0) + lane(1) + (lane(2) + lane(3));
    }
    const bySum = sum / (LARGEST_QUANTISED_SUM - values.length);
    expect(bySum).toBeGreaterThan(1 / LARGEST_QUANTISED);
    expect(quantisedScale("gradient", values, rowsUpTo(values.length))).toBe(bySum);
  });
});

describe("quantised derivatives", () => {
  test("are within one unit, fit 16 bits, and their sums 31", () => {
    const kinds = fc.constantFrom(...(Object.keys(DERIVATIVE_KINDS) as DerivativeKind[]));
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 300 }), fc.integer(), (kind, size, seed) => {
        const given = { gradient: new Float32Array(size), hessian: new Float32Array(size) };
        fillDerivatives(kind, given, seed | 0);
        const rows = someRows(size, 0.7, seed | 0);
        const { scales, gradient, hessian } = quantised(given.gradient, given.hessian, seed | 0, rows);
        let [sum, exact] = [0, kind === "whole" || kind === "constant" || kind === "of one size"];
        for (const row of rows) {
          const off = [
            gradient[row]! - given.gradient[row]! / scales.gradient,
            hessian[row]! - given.hessian[row]! / scales.hessian,
          ];
          for (const by of off) expect(Math.abs(by)).toBeLessThan(exact ? 1e-9 : 1.0001);
          expect(Math.abs(gradient[row]!)).toBeLessThanOrEqual(LARGEST_QUANTISED);
          expect(hessian[row]!).toBeLessThanOrEqual(LARGEST_QUANTISED);
          sum += Math.abs(gradient[row]!);
        }
        expect(sum).toBeLessThan(2 ** 31);
        const outside = [...gradient.keys()].filter((row) => !rows.includes(row));
        for (const row of outside) expect([gradient[row], hessian[row]]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  test("are right on average, and sums of half a million rows stay below 2^31", () => {
    const size = 500_000;
    const gradient = new Float32Array(size).fill(-0.7);
    gradient[0] = 5;
    const hessian = new Float32Array(size).fill(0.3);
    hessian[0] = 4;
    const { scales, ...of } = quantised(gradient, hessian, 3);
    const real = (values: Int16Array | Uint16Array) => {
      let sum = 0;
      for (const value of values) sum += value;
      return sum;
    };
    expect(-real(of.gradient)).toBeLessThan(2 ** 31);
    expect(real(of.hessian)).toBeLessThan(2 ** 31);
    expect((real(of.gradient) * scales.gradient) / (5 - 0.7 * (size - 1))).toBeCloseTo(1, 5);
    expect((real(of.hessian) * scales.hessian) / (4 + 0.3 * (size - 1))).toBeCloseTo(1, 5);
    expect(new Set(of.gradient.subarray(1)).size).toBe(2);
  });

  test("are rounded by the low bits of the hash, and by its high ones", () => {
    const given = { gradient: new Float32Array(50), hessian: new Float32Array(50) };
    fillDerivatives("of log losses", given, 4);
    const { scales, gradient, hessian } = quantised(given.gradient, given.hessian, 9);
    for (const row of gradient.keys()) {
      const bits = hash32(9, row);
      const [low, high] = [bits % 65536, Math.floor(bits / 65536)];
      const rounded = (value: number, scale: number, b: number) =>
        Math.floor(value * (1 / scale) + (b + 0.5) / 65536);
      expect(gradient[row]).toBe(rounded(given.gradient[row]!, scales.gradient, low));
      expect(hessian[row]).toBe(rounded(given.hessian[row]!, scales.hessian, high));
    }
    // A whole multiple stays one even where the hash is 0 or all ones.
    for (const [bits, value] of [
      [0, 0.3],
      [0xffff, 0.3],
      [0, -0.3],
      [0xffff, -0.3],
    ] as const) {
      const scale = Math.fround(0.3);
      expect(Math.floor(Math.fround(value) * (1 / scale) + (bits + 0.5) / 65536)).toBe(Math.sign(value));
    }
  });

  test("depend on the seed and the row alone", () => {
    const given = { gradient: new Float32Array(500), hessian: new Float32Array(500) };
    fillDerivatives("of log losses", given, 4);
    const all = quantised(given.gradient, given.hessian, 9);
    expect(quantised(given.gradient, given.hessian, 9)).toEqual(all);
    expect(quantised(given.gradient, given.hessian, 10).gradient).not.toEqual(all.gradient);
  });
});
