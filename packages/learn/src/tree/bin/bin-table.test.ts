import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binTable, binWith } from "./bin-table.ts";
import type { BinnedTable } from "../binned-table.ts";
import type { NumericArray } from "../tree-table.ts";
import { floorToSingle } from "./bin-bound.ts";
import { treeTable } from "./table-rows.ts";

const column = (values: NumericArray) => treeTable({ columns: { x: values } });

function numeric(table: BinnedTable) {
  const feature = table.features[0]!;
  if (feature.kind !== "numeric") throw new Error("not numeric");
  return { ...feature, codes: table.bins[0]! };
}

/** What the types promise of every row, looked up the slow way. */
function expectPartition(values: NumericArray, table: BinnedTable): void {
  const { upper, missing, bins, codes } = numeric(table);
  expect(upper.at(-1)).toBe(Infinity);
  expect(bins).toBe(upper.length + +missing);
  expect(bins).toBeLessThanOrEqual(256);
  expect(upper.every((bound, b) => b === 0 || upper[b - 1]! < bound)).toBe(true);
  const want = Array.from(values, (x) =>
    Number.isNaN(x) ? upper.length : upper.findIndex((bound) => x <= bound),
  );
  expect([...codes]).toEqual(want);
  expect(missing).toBe(Array.from(values).some(Number.isNaN));
}

const AWKWARD = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  5e-324,
  -5e-324,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  1,
  1 + 2 ** -52,
  1e-40,
  3.4028234663852886e38,
  16777216,
  16777217,
  2 ** 31 - 1,
];
const number = fc.oneof(
  { weight: 3, arbitrary: fc.double() },
  { weight: 2, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.double({ min: 1e12, max: 1e12 + 1, noNaN: true }) },
);
const options = fc.record({
  bins: fc.integer({ min: 2, max: 255 }),
  minBinRows: fc.integer({ min: 1, max: 4 }),
  sample: fc.constantFrom(3, 20, 200_000),
  seed: fc.integer(),
});

test("every row lies in the bin that its value belongs to, and a threshold parts what bins part", () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 1, maxLength: 400 }),
      options,
      fc.boolean(),
      (list, given, single) => {
        const values = single ? Float32Array.from(list) : Float64Array.from(list);
        const table = binTable(column(values), given);
        expectPartition(values, table);
        const { upper } = numeric(table);
        expect(upper.length).toBeLessThanOrEqual(given.bins);
        // A model's float32 thresholds part the same rows: those of float32 columns are float32 themselves.
        if (single) expect(upper.map(floorToSingle)).toEqual(upper);
        // Bounds stand between values of the column, and where all rows are looked at, bins hold as many as they should.
        if (given.sample < values.length || table.features[0]!.bins === 1) return;
        const counts = new Int32Array(256);
        for (const code of numeric(table).codes) counts[code]!++;
        expect(counts.subarray(0, upper.length - 1).every((count) => count > 0)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

const RANDOM: Record<string, (u: number, row: number) => number> = {
  uniform: (u) => u,
  heavy: (u) => Math.tan(Math.PI * (u - 0.5)),
  magnitudes: (u) => 10 ** (60 * (u - 0.5)),
  signed: (u) => (u < 0.5 ? -1 : 1) * 10 ** (-50 * u),
  clustered: (u, row) => (row % 2 === 0 ? 1e6 + u * 1e-6 : 1e15 * u),
  offset: (u) => 1.7e12 + Math.floor(u * 1e6),
  counts: (u) => Math.floor(1 / u),
  missing: (u, row) => (row % 7 === 0 ? NaN : u),
  outliers: (u, row) => (row % 1000 === 0 ? Infinity : row % 999 === 0 ? -1e300 : u),
};

describe("grids and searches agree with the slow way", () => {
  test.each(Object.keys(RANDOM))("%s", (name) => {
    let state = 1;
    const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const list = Array.from({ length: 5000 }, (_, row) => RANDOM[name]!(draw(), row));
    for (const values of [Float64Array.from(list), Float32Array.from(list)]) {
      for (const bins of [2, 255]) {
        const table = binTable(column(values), { bins, sample: 3000 });
        expectPartition(values, table);
      }
    }
  });
});

test("a missing value in the first block of many is seen", () => {
  const values = new Float32Array(9000);
  values[0] = NaN;
  expectPartition(values, binTable(column(values)));
});

test("integers of every array type are binned alike", () => {
  const list = Array.from({ length: 1000 }, (_, row) => (row * row) % 101);
  const want = binTable(column(Float64Array.from(list)), { bins: 50 });
  for (const kind of [Float32Array, Int32Array, Int16Array, Int8Array, Uint32Array, Uint16Array, Uint8Array])
    expect(binTable(column(kind.from(list)), { bins: 50 })).toEqual(want);
});

describe("columns with little in them", () => {
  test("constant, all missing, one row", () => {
    const bins = (values: number[]) => numeric(binTable(column(Float64Array.from(values))));
    expect(bins([5, 5, 5])).toMatchObject({ upper: Float64Array.of(Infinity), missing: false, bins: 1 });
    expect(bins([NaN, NaN])).toMatchObject({ upper: Float64Array.of(Infinity), missing: true, bins: 2 });
    expect([...bins([NaN, NaN]).codes]).toEqual([1, 1]);
    expect(bins([7])).toMatchObject({ bins: 1 });
  });
  test("0 and -0 are one value; neighbours are parted", () => {
    const rows = Float64Array.of(-0, 0, -0, 0, 5e-324, 5e-324, 5e-324);
    expect([...numeric(binTable(column(rows))).upper]).toEqual([0, Infinity]);
    const singles = Float32Array.of(1, 1, 1, 1 + 2 ** -23, 1 + 2 ** -23, 1 + 2 ** -23);
    expect([...numeric(binTable(column(singles))).upper]).toEqual([1, Infinity]);
  });
  test("infinities are values, and bounds beside them finite", () => {
    const rows = Float64Array.of(-Infinity, -Infinity, -Infinity, 1, 1, 1, Infinity, Infinity, Infinity);
    const largest = Number.MAX_VALUE;
    expect([...numeric(binTable(column(rows))).upper]).toEqual([-largest, largest, Infinity]);
    const both = Float32Array.of(-Infinity, Infinity);
    expect([...numeric(binTable(column(both), { minBinRows: 1 })).upper]).toEqual([0, Infinity]);
  });
  test("a value with many rows is alone in its bin", () => {
    const rows = Float64Array.from({ length: 2000 }, (_, row) => (row < 1000 ? 500.25 : row));
    const { codes } = numeric(binTable(column(rows), { bins: 10 }));
    const rare = Float64Array.from({ length: 2000 }, (_, row) => (row < 1000 ? 500.25 : row - 1000));
    const own = numeric(binTable(column(rare), { bins: 10 }));
    const bin = own.codes[0]!;
    expect(own.codes.reduce((sum, code) => sum + +(code === bin), 0)).toBe(1000);
    expect(codes[0]).toBe(0);
  });
});

describe("categories", () => {
  const values = [..."aaaabbbbbccd", null, "c"];
  const table = treeTable({ columns: { x: values }, categorical: ["x"] });

  test("the most frequent come first; rare and missing ones share the last bin", () => {
    const binned = binTable(table);
    expect(binned.features).toEqual([
      {
        kind: "categorical",
        name: "x",
        categories: ["a", "b", "c", "d"],
        codes: Int32Array.of(1, 0, 2),
        bins: 4,
      },
    ]);
    expect([...binned.bins[0]!]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 2, 2, 3, 3, 2]);
  });
  test("of many categories the 254 most frequent stay", () => {
    // Category k has k + 1 rows: 0 to 345.
    const rows = Int32Array.from({ length: 346 * 173.5 }, (_, row) =>
      Math.floor((Math.sqrt(8 * row + 1) - 1) / 2),
    );
    const { features, bins } = binTable(treeTable({ columns: { x: rows }, categorical: ["x"] }));
    expect(features[0]!.bins).toBe(255);
    const categorical = features[0] as unknown as { codes: Int32Array; categories: number[] };
    expect(
      [...categorical.codes].map((code) => categorical.categories[code]).sort((a, b) => a! - b!),
    ).toEqual(Array.from({ length: 254 }, (_, rank) => rank + 92));
    for (const row of [0, 60_030, 4_000]) {
      const bin = bins[0]![row]!;
      const place = bin < 254 ? categorical.categories[categorical.codes[bin]!] : undefined;
      expect(place).toBe(rows[row]! < 92 ? undefined : rows[row]);
    }
  });
  test("none at all, and codes outside the list", () => {
    const coded = { codes: Int32Array.of(-1, 7, -5), categories: ["a"] };
    const binned = binTable(treeTable({ columns: { x: coded } }));
    expect(binned.features[0]).toMatchObject({ codes: new Int32Array(0), bins: 1 });
    expect([...binned.bins[0]!]).toEqual([0, 0, 0]);
  });
});

describe("another table in the same bins", () => {
  const first = binTable(
    treeTable({ columns: { n: [1, 1, 1, 2, 2, 2, 3, 3, 3], c: [..."aaabbbccc"] }, categorical: ["c"] }),
  );
  test("columns by name, categories by value, and missing values where there were none", () => {
    const table = treeTable({
      columns: { c: ["c", "x", "a", null], n: [9, NaN, -9, 2], more: [1, 2, 3, 4] },
      categorical: ["c"],
    });
    const { features, bins, rows } = binWith(first.features, table);
    expect(rows).toBe(4);
    expect(bins.map((codes) => [...codes])).toEqual([
      [2, 3, 0, 1],
      [2, 3, 0, 3],
    ]);
    expect(features).toEqual([{ ...first.features[0], missing: true, bins: 4 }, first.features[1]]);
  });
  test("the same table gives the same bins, an empty one none", () => {
    const table = treeTable({
      columns: { n: Float32Array.of(1, 2, 3, 4, 5, 6, 7), c: [..."abcabca"] },
      categorical: ["c"],
    });
    const binned = binTable(table, { minBinRows: 1 });
    expect(binWith(binned.features, table)).toEqual(binned);
    const none = treeTable({ columns: { n: new Float32Array(0), c: [] }, categorical: ["c"] });
    expect(binWith(binned.features, none)).toMatchObject({
      rows: 0,
      bins: [new Uint8Array(0), new Uint8Array(0)],
    });
  });
  test("a column that is absent or of another kind is named", () => {
    expect(() => binWith(first.features, treeTable({ columns: { n: [1] } }))).toThrow(
      'binWith: table: expected a categorical column "c", received no such column',
    );
    expect(() => binWith(first.features, treeTable({ columns: { n: [1], c: [1] } }))).toThrow(
      'expected a categorical column "c", received a numeric one',
    );
  });
});

test("bins are written into the caller's memory", () => {
  const memory = new SharedArrayBuffer(64);
  let used = 0;
  const allocate = (bytes: number) => new Uint8Array(memory, (used += 16) - 16, bytes);
  const table = treeTable({ columns: { a: [1, 2, 3], b: [3, 2, 1] } });
  const { bins } = binTable(table, { allocate, minBinRows: 1 });
  expect([...new Uint8Array(memory, 0, 3)]).toEqual([0, 1, 2]);
  expect([...new Uint8Array(memory, 16, 3)]).toEqual([2, 1, 0]);
  expect(bins[1]!.buffer).toBe(memory);
  expect(() => binTable(table, { allocate: () => new Uint8Array(2) })).toThrow(
    "binTable: allocate: expected a Uint8Array of 3, received one of 2",
  );
});

test.each([
  [{ bins: 1 }, "bins: expected an integer of 2 to 255, received 1"],
  [{ bins: 256 }, "bins: expected"],
  [{ minBinRows: 0 }, "minBinRows: expected"],
  [{ sample: 0.5 }, "sample: expected"],
  [{ seed: NaN }, "seed: expected"],
])("options out of range are refused (%#)", (options, message) => {
  const act = () => binTable(column(Float32Array.of(1)), options);
  expect(act).toThrow(message);
  expect(act).toThrow(expect.objectContaining({ code: "DEFINITION_ILLEGAL" }));
});

test("a table without rows is refused", () => {
  expect(() => binTable(column(new Float32Array(0)))).toThrow("binTable: table: expected at least one row");
});
