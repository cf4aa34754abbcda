import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TreeCategory } from "../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { binStream, type TreeChunks } from "./bin-stream.ts";
import { binTable, binWith } from "./bin-table.ts";
import { treeTable } from "./table-rows.ts";

/** Rows of a table; with `own` lists, each chunk numbers its categories anew, backwards. */
function slice({ columns }: TreeTable, start: number, end: number, own: boolean): TreeTable {
  const cut = columns.map((column): TreeColumn => {
    if (column.kind === "numeric") return { ...column, values: column.values.subarray(start, end) };
    const codes = column.codes.subarray(start, end);
    if (!own) return { ...column, codes };
    const used = [...new Set(codes)].filter((code) => code >= 0).sort((a, b) => b - a);
    return {
      ...column,
      codes: codes.map((code) => used.indexOf(code)),
      categories: used.map((code) => column.categories[code]!),
    };
  });
  return { rows: end - start, columns: cut };
}

function chunksOf(table: TreeTable, lengths: readonly number[], own = false): TreeChunks {
  return async function* () {
    let start = 0;
    for (let at = 0; start < table.rows; at++) {
      const end = Math.min(table.rows, start + lengths[at % lengths.length]!);
      yield slice(table, start, end, own);
      start = end;
    }
  };
}

function exampleTable(rows: number): TreeTable {
  let state = 7;
  const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return treeTable({
    columns: {
      single: Float32Array.from({ length: rows }, () => (draw() < 0.1 ? NaN : draw() - 0.5)),
      double: Float64Array.from({ length: rows }, () => 1e9 * draw() ** 9),
      hour: Uint8Array.from({ length: rows }, () => 24 * draw()),
      country: Array.from({ length: rows }, () =>
        draw() < 0.05 ? null : `c${Math.floor(300 * draw() ** 3)}`,
      ),
      label: Uint8Array.from({ length: rows }, () => 2 * draw()),
    },
    categorical: ["country"],
  });
}

test("a stream has the bins of the table, whatever its chunks", async () => {
  const table = exampleTable(3000);
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(fc.integer({ min: 1, max: 3500 }), { minLength: 1, maxLength: 4 })
        .filter((all) => Math.max(...all) > 40),
      fc.record({
        bins: fc.integer({ min: 2, max: 255 }),
        sample: fc.constantFrom(100, 2000, 200_000),
        seed: fc.nat(9),
      }),
      async (lengths, options) => {
        const streamed = await binStream(chunksOf(table, lengths), options);
        expect(streamed.table).toEqual(binTable(table, options));
        expect(streamed.extra).toEqual({});
      },
    ),
    { numRuns: 25 },
  );
});

test("many rows: the sample is drawn again and again, and stays that of the table", async () => {
  const rows = 120_000;
  const x = Float64Array.from({ length: rows }, (_, row) => Math.sin(row));
  const table = treeTable({ columns: { x } });
  const options = { sample: 1000, seed: 5 };
  const { table: binned } = await binStream(chunksOf(table, [50_000, 3]), options);
  expect(binned).toEqual(binTable(table, options));
});

test("numbers that float32 does not hold may come late", async () => {
  const rows = 100_000;
  const x = Float64Array.from({ length: rows }, (_, row) =>
    row < 70_000 ? Math.fround(Math.sin(row)) : Math.sin(row),
  );
  async function* chunks() {
    for (let start = 0; start < rows; start += 10_000) {
      const values = x.subarray(start, start + 10_000);
      yield treeTable({ columns: { x: start < 70_000 ? new Float32Array(values) : values } });
    }
  }
  for (const options of [{ sample: 2000, seed: 5 }, { seed: 5 }]) {
    const { table: binned } = await binStream(chunks, options);
    expect(binned).toEqual(binTable(treeTable({ columns: { x } }), options));
  }
});

test("lists of chunks are merged by value, and extra columns come along whole", async () => {
  const table = exampleTable(1000);
  const { table: binned, extra } = await binStream(chunksOf(table, [64, 100], true), {
    extra: ["label", "country"],
  });
  expect(Object.keys(extra)).toEqual(["label", "country"]);
  expect(extra["label"]).toEqual(table.columns[4]);
  const { codes, categories } = extra["country"] as Extract<TreeColumn, { kind: "categorical" }>;
  const texts = (all: Int32Array, list: readonly TreeCategory[]) =>
    Array.from(all, (code) => list[code] ?? null);
  const own = table.columns[3] as typeof extra.country & {
    codes: Int32Array;
    categories: readonly TreeCategory[];
  };
  expect(texts(codes, categories)).toEqual(texts(own.codes, own.categories));
  expect(binned.features.map(({ name }) => name)).toEqual(["single", "double", "hour"]);

  const all = await binStream(chunksOf(table, [64, 100], true));
  const feature = all.table.features[3]!;
  if (feature.kind !== "categorical") throw new Error("not categorical");
  const counts = new Map<TreeCategory, number>();
  for (const text of texts(own.codes, own.categories)) counts.set(text, (counts.get(text) ?? 0) + 1);
  const frequencies = Array.from(feature.codes, (code) => counts.get(feature.categories[code]!)!);
  expect(frequencies).toEqual([...frequencies].sort((a, b) => b - a));
  expect(frequencies.at(-1)).toBeGreaterThanOrEqual(3);
});

test("a list that chunks share may grow", async () => {
  async function* chunks() {
    const categories = ["a"];
    const chunk = (codes: number[]): TreeTable => ({
      rows: codes.length,
      columns: ["c", "d"].map((name) => ({
        kind: "categorical",
        name,
        codes: Int32Array.from(codes),
        categories,
      })),
    });
    yield chunk([0, 0, 0]);
    categories.push("b");
    yield chunk([1, 1, 0, 1, 1]);
  }
  const { table, extra } = await binStream(chunks, { extra: ["d"] });
  expect(table.features[0]).toMatchObject({ categories: ["a", "b"], codes: Int32Array.of(0, 1) });
  expect([...table.bins[0]!]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
  expect(extra["d"]).toMatchObject({ codes: Int32Array.of(0, 0, 0, 1, 1, 0, 1, 1) });
});

test("a stream in the bins of another table", async () => {
  const [seen, held] = [exampleTable(500), exampleTable(700)];
  const { features } = binTable(seen);
  const streamed = await binStream(chunksOf(held, [99], true), { features, extra: ["label"] });
  expect(streamed.table).toEqual(binWith(features, held));
  expect(streamed.extra["label"]).toEqual(held.columns[4]);
});

test("numbers of several array types are kept in float64", async () => {
  async function* chunks() {
    yield treeTable({ columns: { x: Float64Array.of(0.1), y: Int32Array.of(1), z: Float64Array.of(0.1) } });
    yield treeTable({
      columns: { x: Float32Array.of(0.25, 7), y: Float64Array.of(0.1, 2), z: Int8Array.of(1, 2) },
    });
  }
  const { table, extra } = await binStream(chunks, { extra: ["y", "z"], minBinRows: 1 });
  expect(extra["y"]).toMatchObject({ values: Float64Array.of(1, 0.1, 2) });
  expect(extra["z"]).toMatchObject({ values: Float64Array.of(0.1, 1, 2) });
  // Bounds are float32 numbers only where all values are.
  expect(table.features[0]).toMatchObject({ upper: Float64Array.of(0.175, 3.625, Infinity) });
});

describe("what is wrong is named", () => {
  const table = exampleTable(100);
  /** Another source each time it is read. */
  const inTurn = (...sources: TreeChunks[]): TreeChunks => {
    let pass = 0;
    return () => sources[pass++]!();
  };
  const whole = chunksOf(table, [40]);
  async function* mixed() {
    yield slice(table, 0, 50, false);
    yield treeTable({ columns: { single: ["a"] }, categorical: ["single"] });
  }
  test.each<[TreeChunks, object, string]>([
    [
      inTurn(whole, chunksOf(exampleTable(99), [40])),
      {},
      "second pass: expected 100 rows, as in the first, received 99",
    ],
    [
      inTurn(whole, chunksOf(exampleTable(101), [40])),
      {},
      "second pass: expected 100 rows, as in the first, received more",
    ],
    [mixed, {}, 'binStream: chunk 1: table: expected a numeric column "single", received a categorical one'],
    [async function* () {}, {}, "binStream: chunks: expected 1 to 2147483647 rows, received 0"],
    [whole, { extra: ["none"] }, 'extra: expected names of columns, received "none"'],
    [whole, { extra: table.columns.map(({ name }) => name) }, "expected a column beside the extra ones"],
    [whole, { bins: 0 }, "bins: expected an integer of 2 to 255"],
    [whole, { signal: AbortSignal.abort(new Error("stopped")) }, "stopped"],
    [
      async function* () {
        yield { ...table, rows: 7 };
      },
      {},
      "table.columns.single: expected 7 rows, received 100",
    ],
  ])("%#", async (chunks, options, message) => {
    await expect(binStream(chunks, options)).rejects.toThrow(message);
  });
});
