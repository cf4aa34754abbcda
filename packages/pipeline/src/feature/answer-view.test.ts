import { frameOf, isMissing, sliceRows, sourceOf, type Column, type Frame } from "@tideline/learn/frame";
import { answerView, answerViewSource, spineOf } from "@tideline/learn/view";
import {
  columnsOf,
  count,
  countDistinct,
  diff,
  first,
  gt,
  lag,
  last,
  max,
  mean,
  median,
  min,
  quantile,
  recency,
  stddev,
  sum,
  interpretView,
  view,
  type Columns,
  type Expression,
  type FeatureView,
  type Scalar,
  type SourceRow,
} from "@tideline/spec";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  exactFeature,
  FLOATS,
  INTEGERS,
  roundedFeature,
  sourceEvent,
  STRINGS,
  TIMES,
} from "./sql/testing/random-view.ts";

interface Row {
  readonly key: string | null;
  readonly time: number;
  readonly late: number;
  readonly fields: Readonly<Record<"f" | "g" | "i" | "b" | "s" | "w", Scalar>>;
}

const option = <Value>(values: readonly Value[]): fc.Arbitrary<Value | null> =>
  fc.option(fc.constantFrom(...values), { freq: 8 });
const keys = fc.constantFrom("ann", "bob", "", null);
const times = fc.oneof(fc.integer({ min: -3, max: 25 }), fc.constantFrom(999, 1000, 3_600_000, 86_400_010));
const rowsOf = (late: fc.Arbitrary<number>): fc.Arbitrary<readonly Row[]> =>
  fc.array(
    fc.record({
      key: keys,
      time: times,
      late,
      fields: fc.record({
        f: option(FLOATS.filter((value) => value === value)),
        g: option(FLOATS.filter((value) => value === value)),
        i: option(INTEGERS),
        b: option([true, false]),
        s: option(STRINGS),
        w: option(TIMES),
      }),
    }),
    { maxLength: 40 },
  );
const lateness = fc.constantFrom(0, 0, 0, 1, 2, 7, 1000, -5);
const rows = fc.oneof(rowsOf(lateness), rowsOf(fc.constant(0)));
const questions = fc.array(fc.record({ key: fc.constantFrom("ann", "bob", "", "eve", null), time: times }), {
  minLength: 1,
  maxLength: 20,
});

/** A column of integers, 64 bits wide where they must be. */
function integers(values: readonly (number | null)[]): Column {
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => value !== null && (validity[row >> 3]! |= 1 << (row & 7)));
  const wide = BigInt64Array.from(values, (value) => BigInt(value ?? 0));
  return { kind: "integer", name: "i", values: wide, validity };
}

/** A time column from milliseconds. */
const instants = (name: string, values: readonly (number | null)[]): Column => ({
  kind: "time",
  name,
  values: Float64Array.from(values, (value) => (value === null ? Number.NaN : value * 1000)),
});
const texts = (name: string, values: readonly (string | null)[]): Column => {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  return {
    kind: "string",
    name,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))),
    dictionary,
  };
};

function sourceFrame(list: readonly Row[]): Frame {
  const field = <Value extends Scalar>(name: keyof Row["fields"]) =>
    list.map(({ fields }) => fields[name] as Value);
  const floats = (name: "f" | "g") => Float64Array.from(field<number>(name), (value) => value ?? Number.NaN);
  const truths: Column = {
    kind: "boolean",
    name: "b",
    values: Uint8Array.from(field<boolean>("b"), Number),
    validity: (
      integers(field<boolean>("b").map((value) => (value === null ? null : Number(value)))) as {
        validity: Uint8Array;
      }
    ).validity,
  };
  return frameOf({
    subject: texts(
      "subject",
      list.map(({ key }) => key),
    ),
    time: instants(
      "time",
      list.map(({ time }) => time),
    ),
    known_time: instants(
      "known_time",
      list.map(({ time, late }) => time + late),
    ),
    f: floats("f"),
    g: floats("g"),
    i: integers(field<number | null>("i")),
    b: truths,
    s: texts("s", field<string | null>("s")),
    w: instants("w", field<number | null>("w")),
  });
}

function spineFrame(asked: readonly { readonly key: string | null; readonly time: number }[]): Frame {
  return frameOf({
    subject: texts(
      "subject",
      asked.map(({ key }) => key),
    ),
    time: instants(
      "time",
      asked.map(({ time }) => time),
    ),
  });
}

/** A value of a column as the language has it; null and NaN are alike. */
function scalarAt(column: Column, row: number): Scalar {
  if (isMissing(column, row)) return null;
  if (column.kind === "string") return column.dictionary[column.codes[row]!]!;
  if (column.kind === "boolean") return column.values[row] === 1;
  const value = Number((column.values as Float64Array)[row]);
  return column.kind === "time" ? value / 1000 : value;
}

/** Asks the interpreter and the columns; every value must be the same. */
async function agree(
  features: readonly Expression[],
  list: readonly Row[],
  asked: readonly { key: string | null; time: number }[],
): Promise<void> {
  const definition: FeatureView = view("drawn", {
    entity: { name: "person", joinKey: "subject" },
    source: sourceEvent,
    features: () => Object.fromEntries(features.map((feature, at) => [`x${at}`, feature])),
  });
  const byKey = new Map<string, SourceRow[]>();
  for (const { key, time, late, fields } of list)
    if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), { time, knownTime: time + late, fields }]);
  const expected = interpretView(
    definition,
    byKey,
    asked.map(({ key, time }) => ({ key: key ?? "nobody", time })),
  );
  const spine = spineOf(spineFrame(asked), { key: "subject", time: "time" });
  const answered = answerView(definition, { source: sourceFrame(list), spine });
  const known = ({ time, late }: Row) => Math.max(time, time + late);
  const sorted = sourceFrame(list.toSorted((left, right) => known(left) - known(right)));
  const cuts = [0, 3, 8, 9, 29, sorted.rows].map((cut) => Math.min(cut, sorted.rows));
  const pieces = cuts.slice(1).map((cut, at) => sliceRows(sorted, cuts[at]!, cut));
  const source = sourceOf(...(pieces as [Frame]));
  // Where nothing is late, knowledge is told by the time itself, too.
  const punctual = list.every(({ late }) => late === 0);
  const streams = [
    await answerViewSource(definition, { source, spine }),
    ...(punctual ? [await answerViewSource(definition, { source, spine, knownTime: "time" })] : []),
  ];
  for (const [name, values] of Object.entries(expected)) {
    const column = answered.columns.find((one) => one.name === name)!;
    const got = values.map((_, row) => scalarAt(column, row));
    const wanted = values.map((value) => (Number.isNaN(value) ? null : value));
    expect(got).toEqual(wanted);
    for (const streamed of streams) {
      const stream = streamed.columns.find((one) => one.name === name)!;
      expect(values.map((_, row) => scalarAt(stream, row))).toEqual(wanted);
    }
  }
}

describe("answerView is interpretView over columns", () => {
  test("of values that every engine gives exactly", async () => {
    await fc.assert(
      fc.asyncProperty(features(exactFeature), rows, questions, (list, given, asked) =>
        agree(list, given, asked),
      ),
      { numRuns: 400 },
    );
  });

  test("of every aggregate over rows that overlap in windows and knowledge", async () => {
    const late = fc.oneof(
      dense,
      dense.map((list) => list.map((row) => ({ ...row, late: 0 }))),
    );
    await fc.assert(
      fc.asyncProperty(late, (list) => agree(every, list, thirty)),
      { numRuns: 40 },
    );
  });

  test("of sums, means, deviations and logarithms: the same bits", async () => {
    const rounded = (row: Columns<typeof sourceEvent>) => roundedFeature(row).map(({ feature }) => feature);
    await fc.assert(
      fc.asyncProperty(features(rounded), rows, questions, (list, given, asked) => agree(list, given, asked)),
      { numRuns: 300 },
    );
  });
});

/** Every aggregate over windows that rows enter, leave, and miss because they became known too late. */
const WINDOWS = ["3ms", "10ms", undefined] as const;
const columns = columnsOf(sourceEvent) as Columns<typeof sourceEvent>;
const every = WINDOWS.flatMap((length): readonly Expression[] => {
  const within = length === undefined ? {} : { within: length };
  const { f, i, s, w, b } = columns;
  return [
    count({ ...within, where: gt(f, 0) }),
    ...[f, i, s, w, b].flatMap((column) => [
      first(column, within),
      last(column, within),
      countDistinct(column, within),
      lag(column, 1, within),
      lag(column, 4, within),
    ]),
    ...[f, i, s, w].flatMap((column) => [min(column, within), max(column, within)]),
    sum(f, within),
    sum(i, within),
    mean(f, within),
    stddev(f, within),
    median(f, within),
    quantile(i, 0.9, within),
    quantile(f, 0, within),
    quantile(f, 1, within),
    quantile(f, 0.1, { ...within, where: gt(f, -1) }),
    diff(f, 1, within),
    diff(i, 2, within),
    diff(w, 1, within),
    recency(within),
  ];
});
const dense = fc.array(
  fc.record({
    key: fc.constantFrom("ann", "bob"),
    time: fc.integer({ min: 0, max: 30 }),
    late: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 4, 15),
    fields: fc.record({
      f: fc.constantFrom(null, 1, 2, 3, 4, 5, 0.1, -0.3, -7, 1e17, Infinity, -Infinity),
      g: fc.constant(null),
      i: fc.constantFrom(null, 1, 2, 3, Number.MAX_SAFE_INTEGER),
      b: fc.constantFrom(true, false, null),
      s: fc.constantFrom("a", "b", "c", null),
      w: fc.constantFrom(1, 2, null),
    }),
  }),
  { minLength: 20, maxLength: 80 },
);
const thirty = [-1, 0, 1, 2, 3, 5, 6, 7, 9, 12, 13, 14, 18, 21, 22, 24, 29, 33, 60].flatMap((time) => [
  { key: "bob", time },
  { key: "ann", time },
]);

/** Random features over the columns of the source. */
function features(
  draw: (row: Columns<typeof sourceEvent>) => fc.Arbitrary<Expression>,
): fc.Arbitrary<readonly Expression[]> {
  return fc.array(draw(columnsOf(sourceEvent) as Columns<typeof sourceEvent>), {
    minLength: 1,
    maxLength: 3,
  });
}
