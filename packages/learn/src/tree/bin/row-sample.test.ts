import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nthSmallest } from "./nth-smallest.ts";
import { rowSampler, sampledRows, SAMPLE_BLOCK } from "./row-sample.ts";

/** The rows that chunks of these lengths leave in their slots. */
function drawnInChunks(lengths: readonly number[], size: number, seed: number): number[] {
  const sampler = rowSampler(size, seed);
  let rows: number[] = [];
  let start = 0;
  const shrink = () => (rows = [...sampler.shrink()].map((slot) => rows[slot]!));
  for (const length of lengths) {
    for (const place of sampler.offer(length)) rows.push(start + place);
    start += length;
    expect(sampler.kept).toBe(rows.length);
    expect(rows.length).toBeLessThanOrEqual(sampler.capacity);
    if (sampler.crowded) shrink();
  }
  shrink();
  return rows;
}

test("the same rows are drawn whatever the chunks, each as often as any other", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: SAMPLE_BLOCK }), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer(),
      (lengths, size, seed) => {
        const rows = lengths.reduce((sum, length) => sum + length, 0);
        const drawn = drawnInChunks(lengths, size, seed);
        expect(drawn).toEqual([
          ...(sampledRows(rows, size, seed) ?? Array.from({ length: rows }, (_, row) => row)),
        ]);
        expect(drawn.length).toBe(Math.min(rows, size));
        expect(new Set(drawn).size).toBe(drawn.length);
      },
    ),
    { numRuns: 8 },
  );
  const thirds = new Float64Array(3);
  for (let seed = 0; seed < 50; seed++)
    for (const row of sampledRows(3000, 30, seed)!) thirds[Math.floor(row / 1000)]!++;
  // Binomial with 1,500 draws and one third: a standard deviation of 18.
  for (const count of thirds) expect(Math.abs(count - 500)).toBeLessThan(74);
  expect(sampledRows(3000, 30, 1)).not.toEqual(sampledRows(3000, 30, 2));
});

test("the n-th smallest", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1 }), (list) => {
      const sorted = Uint32Array.from(list).sort();
      const at = sorted.length >> 1;
      expect(nthSmallest(Uint32Array.from(list), list.length, at + 1)).toBe(sorted[at]);
    }),
    { numRuns: 20 },
  );
});
