import { columnNamed, frameOf, numbersOf, rebatchSource, sourceOf } from "@tideline/learn/frame";
import { expect, test } from "vitest";
import { sampleRows } from "./sample-rows.ts";

const rows = Array.from({ length: 1000 }, (_, row) => row);
const source = rebatchSource(sourceOf(frameOf({ at: rows })), 70);
const taken = async (most: number, seed: number): Promise<readonly number[]> =>
  Array.from(numbersOf(columnNamed(await sampleRows(source, most, seed), "at")));

test("so many rows from everywhere, in their order, the same for a seed", async () => {
  const some = await taken(100, 1);
  expect(some).toHaveLength(100);
  expect(some).toEqual([...new Set(some)].toSorted((a, b) => a - b));
  expect(await taken(100, 1)).toEqual(some);
  expect(await taken(100, 2)).not.toEqual(some);
  expect(await taken(1000, 1)).toEqual(rows);
  expect(await taken(5000, 1)).toEqual(rows);
});

test("every row is as likely as any other", async () => {
  const counts = new Float64Array(10);
  for (let seed = 0; seed < 200; seed++)
    for (const row of await taken(20, seed)) counts[Math.floor(row / 100)]! += 1;
  // 400 each; six standard deviations of a share of a tenth of 4,000.
  for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(6 * Math.sqrt(4000 * 0.09));
});
