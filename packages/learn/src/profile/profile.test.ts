import { expect, test } from "vitest";
import { frameOf } from "../frame/frame-of.ts";
import { rebatchSource, sourceOf } from "../frame/frame-source.ts";
import { seededRandom } from "../random.ts";
import { profileSource, type ProfileOptions } from "../learn-check.ts";
import type { PlainColumn } from "../frame/frame-of.ts";

const NOW = Date.parse("2026-03-01T00:00:00Z");
const profileOf = (
  columns: Readonly<Record<string, PlainColumn>>,
  options: Partial<ProfileOptions> = {},
  size = 700,
) => profileSource(rebatchSource(sourceOf(frameOf(columns)), size), { now: NOW, ...options });

test("figures are those of pandas", async () => {
  // x = pd.Series([((i * 7919) % 1009) ** 2 / 1000 if i % 10 else None for i in range(2000)]): mean, std, quantile; scipy.stats.skew
  const x = Array.from({ length: 2000 }, (_, i) => (i % 10 ? ((i * 7919) % 1009) ** 2 / 1000 : null));
  const { columns, rows, sampleRows } = await profileOf({ x });
  const { missing, numbers } = columns[0]!;
  expect([rows, sampleRows, missing]).toEqual([2000, 2000, 200]);
  expect(numbers!.mean).toBeCloseTo(338.00767833333333, 9);
  expect(numbers!.deviation).toBeCloseTo(302.9391895347744, 9);
  expect(numbers!.skewness).toBeCloseTo(0.6413496571370001, 9);
  expect(numbers!.quantiles[3]).toBeCloseTo(254.016, 9);
  expect(numbers!.quantiles[5]).toBeCloseTo(915.94475, 9);
  expect(numbers!.bins.rows.reduce((sum, one) => sum + one, 0)).toBe(1800);
});

test("a stream that is larger than the sample: exact sums, estimates within their error, whatever the pieces", async () => {
  const random = seededRandom(1);
  const n = 200_000;
  const x = Float64Array.from({ length: n }, () => random.uniform());
  const one = await profileOf({ x }, {}, 50_000);
  const other = await profileOf({ x }, {}, 7001);
  const [a, b] = [one.columns[0]!, other.columns[0]!];
  expect(one.sampleRows).toBeLessThanOrEqual(65_536);
  expect(one.sampleRows).toBeGreaterThan(32_000);
  expect(b.numbers!.quantiles).toEqual(a.numbers!.quantiles);
  expect(a.distinctExact).toBe(false);
  expect(Math.abs(a.distinct / n - 1)).toBeLessThan(4 * one.distinctError);
  for (const [at, share] of [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].entries())
    expect(Math.abs(a.numbers!.quantiles[at]! - share)).toBeLessThan(4 * one.quantileError);
});

test("what stands for a missing value is named, and answers that look like it are not", async () => {
  const { warnings } = await profileOf({
    price: ["2.5", "?", "3.5", "7", "9", "n/a"],
    city: ["Bonn", "NA", "Ulm", "Ulm", "Bonn", "-"],
    count: ["none", "one", null, "one", "none", null],
    gain: [1, 99_999, 7, 99_999, 3, 2],
    born: [1999, 1998, 1999, 1997, 1999, 2001],
    once: [1, 2, 3, 4, 5, -999],
    rise: [9999, 5001, 9999, 1, 2, 3],
  });
  expect(warnings.map(({ column, text }) => `${column}: ${text}`)).toEqual([
    'price: "?", "n/a" may stand for a missing value, and all other texts are numbers',
    'city: "NA", "-" may stand for a missing value',
    "gain: 99999 is far from the rest and repeated: it may stand for a missing value",
  ]);
});

test("suspicious things are named, and a plain table has none", async () => {
  const random = seededRandom(2);
  const of = <T>(make: (row: number) => T) => Array.from({ length: 2000 }, (_, row) => make(row));
  const [base, noise] = [of(() => random.uniform()), of(() => random.uniform())];
  const city = of((row) => ["Bonn", "Ulm", "Köln"][row % 3]!);
  const clean = await profileOf({ base, noise, city });
  expect(clean.warnings).toEqual([]);
  expect(clean.columns[2]!.top).toEqual([
    { value: "Bonn", rows: 667 },
    { value: "Ulm", rows: 667 },
    { value: "Köln", rows: 666 },
  ]);
  const { warnings, columns } = await profileOf(
    {
      base,
      twin: base.map((value) => 3 * value + 1),
      none: of(() => null),
      rare: of((row) => (row % 3 === 0 ? 1 : null)),
      user: of((row) => `u${row}`),
      who: of((row) => `p${row % 90}@mail.example`),
      mixed: of((row) => (row % 2 === 0 ? `${row % 90}.5` : `n/a ${row % 90}`)),
      far: of((row) => (row === 5 ? 1e9 : random.uniform())),
      broken: of((row) => (row === 5 ? Infinity : random.uniform())),
      later: of((row) => new Date(NOW + (row === 5 ? 1 : -row))),
      told: of((row) => (row % 20 === 0 ? "yes!" : "no!")),
      label: of((row) => row % 20 === 0),
    },
    { label: "label" },
  );
  const kinds = warnings.map(({ kind, column }) => `${kind} ${column}`).sort();
  expect(kinds).toEqual([
    "all-missing none",
    "constant rare",
    "correlated twin",
    "future later",
    "identifier user",
    "imbalance label",
    "infinite broken",
    "leak told",
    "mixed-types mixed",
    "mostly-missing rare",
    "outliers far",
    "personal user",
    "personal who",
    "skewed far",
  ]);
  expect(columns.find(({ name }) => name === "told")!.label).toMatchObject({ measure: "cramers-v" });
  const twice = await profileOf({ base: [...base, ...base], city: [...city, ...city] });
  expect(twice.warnings.map(({ kind }) => kind)).toEqual(["duplicate-rows"]);
});

test("rows that repeat one before them are counted, lengths of texts are exact, and correlations are kept", async () => {
  const x = Array.from({ length: 300 }, (_, row) => row % 290);
  const { distinctRows, distinctRowsExact, columns, correlations } = await profileOf({
    x,
    y: x.map((value) => -value),
    t: x.map((value) => "a".repeat(value % 3)),
  });
  expect([distinctRows, distinctRowsExact]).toEqual([290, true]);
  expect(columns[0]).toMatchObject({ distinct: 290, distinctExact: true });
  expect(columns[2]!.texts).toMatchObject({
    shortest: 0,
    longest: 2,
    mean: 298 / 300,
  });
  expect(columns[2]!.texts!.bins.rows.reduce((sum, one) => sum + one)).toBe(300);
  expect(correlations).toMatchObject({
    columns: ["x", "y"],
    values: [
      [1, -1],
      [-1, 1],
    ],
    looked: 2,
    among: 2,
    rows: 300,
  });
});

test("of columns that are all alike each is named once, and the picture of pairs stays small", async () => {
  const x = Array.from({ length: 60 }, (_, row) => (row * 31) % 60);
  const alike = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`c${at}`, x.map((v) => v * (at + 1))]),
  );
  const { warnings, correlations } = await profileOf(alike);
  expect(warnings.filter(({ kind }) => kind === "correlated")).toHaveLength(49);
  expect(warnings.at(-1)!.text).toBe('correlation 1.000 with "c0" and with 48 more before it');
  expect([correlations!.columns.length, correlations!.among]).toEqual([40, 50]);
});

test("no rows, and a label that there is not", async () => {
  const none = await profileOf({ x: new Float64Array(), t: [] as string[] });
  expect(none).toMatchObject({ rows: 0, sampleRows: 0, warnings: [{ kind: "no-rows", column: null }] });
  expect(JSON.parse(JSON.stringify(none))).toEqual(none);
  await expect(profileOf({ x: [1] }, { label: "y" })).rejects.toThrow(/ARGUMENT_INVALID/u);
});
