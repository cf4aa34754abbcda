import { expect, test } from "vitest";
import { frame, sourceOf, type Column } from "../learn-frame.ts";
import { seededRandom } from "../random.ts";
import { chain } from "../transform/chain.ts";
import { standardScaler } from "../transform/scale/standard-scaler.ts";
import { fitTransform } from "../transform/transform.ts";
import type { Labels } from "../transform/transform-def.ts";
import { columnSelector } from "./column-selector.ts";
import { selectKBest } from "./univariate.ts";

const random = seededRandom(2);
const N = 60;
const y = Int32Array.from({ length: N }, (_, row) => row % 2);
const labels: Labels = { kind: "classes", y, classes: ["no", "yes"] };
const float = (name: string, of: (row: number) => number): Column => ({
  kind: "float",
  name,
  values: Float64Array.from({ length: N }, (_, row) => of(row)),
});
// Noise that folds rank differently, and one column that tells.
const rows = frame([
  ...Array.from({ length: 8 }, (_, at) => float(`noise ${at}`, () => random.normal())),
  float("told", (row) => 2 * y[row]! + random.normal()),
  { kind: "string", name: "city", codes: y.map((label) => label), dictionary: ["Bonn", "Rome"] },
  {
    kind: "series",
    name: "trace",
    offsets: Int32Array.from({ length: N + 1 }, (_, at) => at),
    values: new Float32Array(N),
  },
]);

test("a selection in a chain drops columns of training rows and of rows to come alike", () => {
  const { kept } = selectKBest({ score: "mutualInfoClassif", k: 4 }).fit(rows, labels);
  expect(kept).toEqual(expect.arrayContaining(["told", "city", "trace"]));
  const step = columnSelector({ method: "kBest", with: { score: "mutualInfoClassif", k: 4 } });
  const fitted = chain([step, standardScaler({ columns: ["told"] })]).fitTransform(rows, labels);
  expect(fitted.rows.columns.map(({ name }) => name)).toEqual(kept);
  expect(fitted.chain.transform(rows).columns.map(({ name }) => name)).toEqual(kept);
  const named = fitTransform(columnSelector({ names: kept }), rows);
  expect(named.transform(rows).columns.map(({ name }) => name)).toEqual(kept);
});

test("options say whether labels are needed; what needs them refuses rows without, and training rows keep their columns", async () => {
  const traitsOf = (step: ReturnType<typeof columnSelector>) => [step.traits.labels, step.traits.memory];
  expect(traitsOf(columnSelector())).toEqual(["none", "rows"]);
  expect(traitsOf(columnSelector({ names: ["told"] }))).toEqual(["none", "bounded"]);
  expect(traitsOf(columnSelector({ method: "uncorrelated" }))).toEqual(["optional", "rows"]);
  const step = columnSelector({ method: "kBest", with: { score: "mutualInfoClassif", k: 4 } });
  expect(traitsOf(step)).toEqual(["required", "rows"]);
  const start = step.start(rows.columns.map(({ name, kind }) => ({ name, kind })));
  expect(() => start.add(rows)).toThrow(/columnSelector: labels: expected the labels of the rows/u);
  // Ten folds of six rows would each choose other noise.
  const whole = chain([step]).fitTransform(rows, labels);
  const columns = rows.columns.filter(({ name }) => whole.rows.columns.some((one) => one.name === name));
  expect(whole.rows.columns).toEqual(columns);
  const source = await chain([step]).fitSource(sourceOf(rows), { labels: () => labels });
  expect(source.steps[0]!.state).toEqual(whole.chain.steps[0]!.state);
});

test("pieces with dictionaries of their own choose what the whole chooses", () => {
  const cities = { kind: "string" as const, name: "city" };
  const whole = frame([
    { ...cities, codes: Int32Array.of(0, 1, 0, 1, 2, -1), dictionary: ["a", "b", "c"] },
    float6("n"),
  ]);
  const own: Labels = { kind: "classes", y: Int32Array.of(0, 1, 0, 1, 1, 0), classes: ["no", "yes"] };
  const step = columnSelector({ method: "fwe", with: { score: "chi2", alpha: 0.5 } });
  const fit = step.start(whole.columns.map(({ name, kind }) => ({ name, kind })));
  const piece = (codes: number[], dictionary: string[], from: number) =>
    frame([
      { ...cities, codes: Int32Array.from(codes), dictionary },
      sliced(whole.columns[1]!, from, codes.length),
    ]);
  const of = (from: number, to: number): Labels => ({ ...own, y: own.y.slice(from, to) }) as Labels;
  fit.add(piece([0, 1], ["a", "b"], 0), of(0, 2));
  fit.add(piece([2, 0, 1, -1], ["b", "c", "a"], 2), of(2, 6));
  expect(fit.finish().state).toEqual(fitTransform(step, whole, own).state);
});

function float6(name: string): Column {
  return { kind: "float", name, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
}

function sliced(column: Column, from: number, count: number): Column {
  if (column.kind !== "float") throw new Error("a float column");
  return { ...column, values: column.values.slice(from, from + count) };
}

test("what is wrong is named when it is said, and nothing is left silently", () => {
  expect(() => columnSelector({ method: "kBest", with: { score: "fClassif", k: -1 } })).toThrow(
    /k: expected/,
  );
  expect(() => columnSelector({ method: "none" as never })).toThrow(/columnSelector: method/);
  expect(() => columnSelector({ names: [] })).toThrow(/names: expected at least one name/);
  expect(() => columnSelector({ names: ["a"], method: "variance" } as never)).toThrow(/none beside a method/);
  expect(() => fitTransform(columnSelector({ names: ["nobody"] }), rows)).toThrow(
    /names: expected one of "noise 0"/,
  );
  const labelled = columnSelector({ method: "kBest", with: { score: "fClassif" } });
  const numbers = frame(rows.columns.slice(0, 9));
  expect(() => fitTransform(labelled, numbers)).toThrow(/expected the labels of the rows/);
  const strict = columnSelector({ method: "fdr", with: { score: "fClassif", alpha: 1e-30 } });
  expect(() => fitTransform(strict, numbers, labels)).toThrow(
    /expected at least one column that stays, received none: p /,
  );
});
