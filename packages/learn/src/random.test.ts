import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawWithReplacement, drawWithoutReplacement, seededRandom, shuffled } from "./random.ts";

/** xoshiro128** 1.1 step by step in BigInt, the slow and obvious way. */
function reference(state: bigint[]): number {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const result = (rotate((state[1]! * 5n) & mask, 7n) * 9n) & mask;
  const t = (state[1]! << 9n) & mask;
  state[2]! ^= state[0]!;
  state[3]! ^= state[1]!;
  state[1]! ^= state[2]!;
  state[0]! ^= state[3]!;
  state[2]! ^= t;
  state[3] = rotate(state[3]!, 11n);
  return Number(result);
}

function seedState(seed: number): bigint[] {
  const mask = 0xffffffffn;
  let weyl = BigInt.asUintN(32, BigInt(seed));
  return Array.from({ length: 4 }, () => {
    weyl = (weyl + 0x9e3779b9n) & mask;
    let z = weyl;
    z = ((z ^ (z >> 16n)) * 0x85ebca6bn) & mask;
    z = ((z ^ (z >> 13n)) * 0xc2b2ae35n) & mask;
    return z ^ (z >> 16n);
  });
}

test.each([0, 1, 42, -7, 2 ** 40 + 3])("the stream of seed %i is xoshiro128**", (seed) => {
  const random = seededRandom(seed);
  const state = seedState(seed);
  for (let i = 0; i < 200; i++) expect(random.uint32()).toBe(reference(state));
});

test("uniform numbers have the moments of [0, 1), normal ones of N(0, 1)", () => {
  const random = seededRandom(3);
  const n = 20_000;
  const uniform = Array.from({ length: n }, () => random.uniform());
  const normal = Array.from({ length: n }, () => random.normal());
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / n;
  expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(mean(uniform.map((u) => (u - 0.5) ** 2)) - 1 / 12)).toBeLessThan(0.002);
  expect(Math.abs(mean(normal))).toBeLessThan(0.03);
  expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(0.05);
  expect(Math.max(...uniform)).toBeLessThan(1);
});

test("integers are even over a bound that does not divide 2^32", () => {
  const random = seededRandom(9);
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 14_000; i++) counts[random.integer(7)]!++;
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

test("shuffles and draws are permutations, subsets and in range", () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer(), { maxLength: 40 }), (seed, values) => {
      const order = (list: Iterable<number>) => [...list].sort((a, b) => a - b);
      expect(order(shuffled(seededRandom(seed), values))).toEqual(order(values));
      const some = drawWithoutReplacement(seededRandom(seed), 40, values.length);
      expect(new Set(some).size).toBe(values.length);
      for (const drawn of drawWithReplacement(seededRandom(seed), 5, 10)) expect(drawn).toBeLessThan(5);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("illegal seeds, bounds and counts are refused", () => {
  const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" });
  expect(() => seededRandom(0.5)).toThrow(invalid);
  expect(() => seededRandom(1).integer(0)).toThrow(invalid);
  expect(() => drawWithoutReplacement(seededRandom(1), 2, 3)).toThrow(invalid);
});
