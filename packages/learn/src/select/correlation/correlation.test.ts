import * as fc from "fast-check";
import { expect, test } from "vitest";
import { correlationRatio, cramersV, streamedCorrelations } from "../association.ts";
import { selectUncorrelated } from "../select-uncorrelated.ts";
import { expectNear, matrixFrom, vector } from "../testing/vector.ts";
import { columnOf, matrixOf } from "../../matrix.ts";
import { correlationMatrix, type CorrelationKind } from "./correlation-matrix.ts";
import { kendall } from "./kendall.ts";
import { denseRanks } from "./rank.ts";

interface Correlations {
  readonly X: (number | null)[][];
  readonly whole: number[][];
  readonly y: number[];
  readonly full: Record<CorrelationKind, number[]>;
  readonly holes: Record<CorrelationKind, number[]>;
  readonly codes: { a: number[]; b: number[] };
  readonly cramersV: Record<"v" | "corrected" | "chiSquared" | "pValue", number>;
  readonly correlationRatio: number;
}
const given = vector<Correlations>("correlation");
const whole = matrixFrom(given.whole);

test("correlations are those of pandas, with missing numbers too", () => {
  for (const kind of ["pearson", "spearman", "kendall"] as const) {
    expectNear(correlationMatrix(whole, kind).values, given.full[kind], 1e-9, kind, 1e-12);
    expectNear(
      correlationMatrix(matrixFrom(given.X), kind).values,
      given.holes[kind],
      1e-9,
      `${kind} holes`,
      1e-12,
    );
  }
});

test("kendall's is its definition over all pairs", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 2, maxLength: 40 }), (rows) => {
      let [along, tiedX, tiedY, pairs] = [0, 0, 0, 0];
      for (let i = 0; i < rows.length; i++) {
        for (let j = 0; j < i; j++) {
          const sign = Math.sign(rows[i]![0] - rows[j]![0]) * Math.sign(rows[i]![1] - rows[j]![1]);
          pairs += 1;
          along += sign;
          tiedX += +(rows[i]![0] === rows[j]![0]);
          tiedY += +(rows[i]![1] === rows[j]![1]);
        }
      }
      const [x, y] = [0, 1].map((at) => denseRanks(Float64Array.from(rows, (row) => row[at]!)));
      const slow = along / Math.sqrt((pairs - tiedX) * (pairs - tiedY));
      if (Number.isNaN(slow)) expect(kendall(x!, y!)).toBeNaN();
      else expect(kendall(x!, y!)).toBeCloseTo(slow, 12);
    }),
  );
});

test("pieces add up to the whole", () => {
  const all = correlationMatrix(matrixFrom(given.X), "pearson").values;
  const columns = Array.from({ length: whole.columns }, (_, at) => columnOf(matrixFrom(given.X), at));
  for (const size of [1, 7, 60]) {
    const sums = streamedCorrelations(columns.length);
    for (let from = 0; from < 60; from += size)
      sums.add(columns.map((column) => column.subarray(from, from + size)));
    expectNear(sums.values(), [...all], 1e-9, `pieces of ${size}`, 1e-12);
  }
});

test("associations of codes are SciPy's", () => {
  const { a, b } = given.codes;
  const found = cramersV(a, 4, b, 4);
  for (const field of ["v", "corrected", "chiSquared", "pValue"] as const)
    expectNear([found[field]], [given.cramersV[field]], 1e-9, field);
  expect(correlationRatio(columnOf(whole, 0), given.y, 3)).toBeCloseTo(given.correlationRatio, 12);
  expect(cramersV([0, 1, -1], 2, [1, 0, 0], 2).v).toBe(1);
  expect(cramersV([0, 0], 2, [1, 0], 2).v).toBeNaN();
  expect(() => cramersV([0], 1e5, [0], 1e5)).toThrow(/contingency: values: expected at most 67108864 pairs/);
  expect(correlationRatio(Float64Array.of(2, 2, 2), [0, 1, 0], 2)).toBeNaN();
});

test("of correlated columns the one that goes with the labels stays", () => {
  const X = matrixOf(Array.from({ length: 40 }, (_, i) => [i + 3 * (i % 2), i, (i * 7) % 11, 5]));
  const rows = { X, names: ["rough", "exact", "other", "constant"] };
  const alone = selectUncorrelated({ bound: 0.9 }).fit(rows);
  expect(alone.kept).toEqual(["rough", "other", "constant"]);
  expect(alone.dropped[0]).toMatchObject({
    name: "exact",
    reason: expect.stringMatching(/^correlation 0\.99.* with rough$/),
  });
  expect(alone.report.details["clusters"]).toEqual([{ columns: ["rough", "exact"], kept: ["rough"] }]);
  const values = { kind: "values" as const, y: Float64Array.from({ length: 40 }, (_, i) => i) };
  expect(selectUncorrelated({ bound: 0.9, method: "kendall" }).fit(rows, values).kept[0]).toBe("exact");
  expect(selectUncorrelated({ bound: 0.9 }).fit(rows, values).kept).toEqual(["exact", "other", "constant"]);
  const classes = {
    kind: "classes" as const,
    y: Int32Array.from({ length: 40 }, (_, i) => +(i > 19)),
    classes: ["a", "b"],
  };
  expect(selectUncorrelated({ bound: 0.9, method: "spearman" }).fit(rows, classes).kept[0]).toBe("exact");
});

test("no two kept columns exceed the bound, each dropped one exceeds it with a kept one", () => {
  const row = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 6, maxLength: 20 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (rows, bound) => {
        const X = matrixOf(rows);
        const { names, values } = correlationMatrix(X);
        const { kept, dropped } = selectUncorrelated({ bound }).fit(X);
        const size = (a: string, b: string) =>
          Math.abs(values[names.indexOf(a) * 5 + names.indexOf(b)]!) || 0;
        for (const a of kept)
          for (const b of kept) if (a !== b) expect(size(a, b)).toBeLessThanOrEqual(bound);
        for (const { name } of dropped) expect(kept.some((other) => size(name, other) > bound)).toBe(true);
        expect([...kept, ...dropped.map(({ name }) => name)].sort()).toEqual([...names].sort());
      },
    ),
  );
});
