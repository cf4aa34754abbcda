import { describe, expect, test } from "vitest";
import calendar from "../../../../vectors/prepare/numbers/calendar.json" with { type: "json" };
import isolation from "../../../../vectors/prepare/numbers/isolation.json" with { type: "json" };
import power from "../../../../vectors/prepare/numbers/power.json" with { type: "json" };
import table from "../../../../vectors/prepare/numbers/rows.json" with { type: "json" };
import statistic from "../../../../vectors/prepare/numbers/statistic.json" with { type: "json" };
import cases from "../../../../vectors/prepare/numbers/transform.json" with { type: "json" };
import type { Frame } from "../frame/column.ts";
import { frame, pickColumns } from "../frame/frame.ts";
import { TRANSFORMS } from "./registry.ts";
import { anomalyScore } from "./outlier/anomaly-score.ts";
import { OUTLIER_FLAG } from "./outlier/outlier-flag.ts";
import { POWER_TRANSFORMER, powerTransformer } from "./scale/power-transformer.ts";
import { standardScaler } from "./scale/standard-scaler.ts";
import { normalQuantile } from "./statistics/normal-quantile.ts";
import { rowMatrix } from "./impute/row-matrix.ts";
import { civilDate, calendarPart } from "./time/calendar-part.ts";
import { offsetAt, zoneTable } from "./time/time-zone.ts";
import { fittedOf, fitTransform, transformOf } from "./transform.ts";
import type { AnyTransformDef } from "./transform-def.ts";

type Rows = readonly (readonly (number | null)[])[];

/** Equal to so much of the largest number, column by column; or of 1. */
const CLOSE = 1e-9;

function framed(rows: Rows): Frame {
  return frame(
    rows[0]!.map((_, column) => ({
      kind: "float" as const,
      name: `c${column}`,
      values: Float64Array.from(rows, (row) => row[column] ?? Number.NaN),
    })),
  );
}

function expectRows(made: Frame, expected: Rows, close = CLOSE): void {
  const values = rowMatrix(made.columns, made.rows, "test");
  const width = values.length / made.rows;
  expect(width).toBe(expected[0]!.length);
  for (let column = 0; column < width; column++) {
    const most = Math.max(1e-3, ...expected.map((row) => Math.abs(row[column] ?? 0)));
    for (const [row, numbers] of expected.entries()) {
      const [own, other] = [values[row * width + column]!, numbers[column] ?? Number.NaN];
      const same = Number.isNaN(other) ? Number.isNaN(own) : Math.abs(own - other) <= close * most;
      expect(same, `row ${row}, column ${column}: ${own}, expected ${other}`).toBe(true);
    }
  }
}

const known: Readonly<Record<string, AnyTransformDef>> = TRANSFORMS;

describe("scikit-learn", () => {
  for (const one of cases)
    test(`${one.kind} ${JSON.stringify(one.options)}`, () => {
      const width = "width" in one ? (one.width as number) : 5;
      const rows = framed(table[one.rows as "X" | "gappy"].map((row) => row.slice(0, width)));
      const fitted = fitTransform(transformOf(known[one.kind]!, one.options), rows);
      const names = fitted.outputs.map(({ name }) => name);
      // scikit-learn takes distances as differences of squares, which lose digits.
      const close = one.kind === "knnImputer" ? 1e-7 : CLOSE;
      expectRows(pickColumns(fitted.transform(rows), names), one.expected, close);
      const later =
        one.rows === "gappy"
          ? table.later
          : table.X.toReversed().map((row) => row.slice(0, width).map((value) => value * 1.5));
      expectRows(pickColumns(fitted.transform(framed(later)), names), one.later, close);
      if ("names" in one) expect(names).toEqual(one.names);
      if ("edges" in one) {
        const { edges } = fitted.state as unknown as { readonly edges: readonly Float64Array[] };
        for (const [column, own] of edges.entries())
          for (const [place, edge] of own.entries())
            expect(edge).toBeCloseTo((one.edges as number[][])[column]![place]!, 9);
      }
    });

  test.each(power)("powerTransformer $method, standardised: $standardize", (one) => {
    const rows = framed(one.rows);
    const options = { method: one.method as "box-cox", standardize: one.standardize };
    const fitted = fitTransform(powerTransformer(options), rows);
    const { lambda } = fitted.state as { readonly lambda: Float64Array };
    for (const [at, value] of one.lambda.entries())
      expect(
        Math.abs(lambda[at]! - value) / Math.max(1, Math.abs(value)),
        `column ${at}: ${value}`,
      ).toBeLessThan(1e-3);
    if (one.standardize) expectRows(fitted.transform(rows), one.expected, 1e-4);
    // Where many powers are about as likely (a column of 1 +- 0.01), searches end apart. By the same powers the numbers are the same.
    const state = Object.fromEntries(
      (["lambda", "mean", "scale"] as const).map((field) => [field, Float64Array.from(one[field])]),
    );
    const theirs = fittedOf(
      POWER_TRANSFORMER,
      POWER_TRANSFORMER.resolve(options),
      { keep: false },
      fitted.inputs,
      state,
    );
    expectRows(theirs.transform(rows), one.expected);
  });

  test("the oddest rows are those of an isolation forest of scikit-learn, scores are alike", () => {
    const rows = framed(isolation.rows);
    const made = fitTransform(anomalyScore({ trees: 200 }), rows).transform(rows);
    const scores = rowMatrix(made.columns, made.rows, "test");
    const oddest = [...scores.keys()]
      .sort((a, b) => scores[b]! - scores[a]!)
      .slice(0, isolation.anomalous.length);
    expect(oddest.sort((a, b) => a - b)).toEqual(isolation.anomalous);
    for (const [row, score] of isolation.scores.entries())
      expect(Math.abs(scores[row]! - score)).toBeLessThan(0.05);
  });
});

test("numbers far from 0 keep their digits, as exact arithmetic has them", () => {
  const { values, expected } = statistic.far;
  const rows = framed(values.map((value) => [value]));
  expectRows(
    fitTransform(standardScaler(), rows).transform(rows),
    expected.map((value) => [value]),
    1e-9,
  );
});

test.each(Object.entries(statistic.outliers.bounds))(
  "bounds of outliers by %s are SciPy's",
  (method, bounds) => {
    const rows = framed(statistic.outliers.values.map((value) => [value]));
    const flag = transformOf(OUTLIER_FLAG, { method: method as "zscore", threshold: 1.5 });
    const { low, high } = fitTransform(flag, rows).state as {
      readonly low: Float64Array;
      readonly high: Float64Array;
    };
    expect(low[0]).toBeCloseTo(bounds[0]!, 9);
    expect(high[0]).toBeCloseTo(bounds[1]!, 9);
  },
);

test("quantiles of the normal distribution are SciPy's", () => {
  for (const [at, p] of statistic.normal.p.entries())
    expect(Math.abs(normalQuantile(p) / statistic.normal.x[at]! - 1) || 0).toBeLessThan(1e-9);
});

test("local dates and times are those of Python's zoneinfo", () => {
  for (const [zone, seconds, ...expected] of calendar as unknown as readonly [string, ...number[]][]) {
    const instant = seconds! * 1e6;
    const local = instant + offsetAt(zoneTable(zone), instant);
    const { year, month, day, dayOfYear } = civilDate(Math.floor(local / 86_400e6));
    const parts = (["week", "weekday", "hour", "minute", "second"] as const).map((part) =>
      calendarPart(part, local),
    );
    expect([year, month, day, dayOfYear, ...parts], `${zone} ${seconds}`).toEqual(expected);
  }
});
