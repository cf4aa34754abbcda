import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import { askedColumns, askedTable } from "../asked-column.ts";
import { randomCase } from "../testing/random-case.ts";
import { correlation } from "./correlation.ts";
import { shapSummary } from "./shap-summary.ts";
import { shapValues } from "./shap-values.ts";

test("means and directions are those of the values, over more rows than a block", () => {
  const { ensemble, table } = randomCase({
    seed: 6,
    features: 4,
    outputs: 2,
    trees: 6,
    leaves: 16,
    rows: 2100,
  });
  const { values } = shapValues(ensemble, table);
  const columns = askedColumns(ensemble, askedTable("test", ensemble, table));
  const summary = shapSummary(ensemble, table);
  expect(summary.rows).toBe(2100);
  for (const [output, effects] of summary.outputs.entries()) {
    expect(effects.map(({ feature }) => feature)).toEqual(["f0", "f1", "f2", "f3"]);
    expect(effects.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const [at, effect] of effects.entries()) {
      const own = Array.from({ length: 2100 }, (_, row) => values[(row * 2 + output) * 4 + at]!);
      const meanOf = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
      expect(effect.mean).toBeCloseTo(meanOf(own), 11);
      expect(effect.meanAbsolute).toBeCloseTo(meanOf(own.map(Math.abs)), 11);
      if (at !== 2) {
        const known = own.flatMap((value, row) =>
          Number.isNaN(columns[at]![row]) ? [] : [[columns[at]![row]!, value]],
        );
        const [x, y] = [meanOf(known.map((pair) => pair[0]!)), meanOf(known.map((pair) => pair[1]!))];
        const sum = (of: (x: number, y: number) => number) =>
          known.reduce((total, pair) => total + of(pair[0]! - x, pair[1]! - y), 0);
        expect(effect.direction).toBeCloseTo(
          sum((a, b) => a * b) / Math.sqrt(sum((a) => a * a) * sum((_, b) => b * b)),
          10,
        );
        expect(effect.categories).toBeUndefined();
        continue;
      }
      expect(effect.direction).toBeUndefined();
      expect(effect.categories!.map(({ category }) => category)).toEqual(["a", "b", "c", 4, true, "d", null]);
      expect(effect.categories!.reduce((sum, { rows }) => sum + rows, 0)).toBe(2100);
      const b = own.filter((_, row) => columns[2]![row] === 1);
      expect(effect.categories![1]).toEqual({
        category: "b",
        rows: b.length,
        mean: expect.closeTo(meanOf(b), 11),
      });
    }
  }
});

test("what does not vary has no direction", () => {
  const none = correlation();
  expect(none.value()).toBeUndefined();
  for (let at = 0; at < 5; at++) none.add(at, 3);
  expect(none.value()).toBeUndefined();
  const random = seededRandom(1);
  const line = correlation();
  for (let at = 0; at < 50; at++) {
    const x = 1e9 + random.normal();
    line.add(x, -2 * x);
  }
  expect(line.value()).toBeCloseTo(-1, 6);
});
