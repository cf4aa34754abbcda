import * as fc from "fast-check";
import { expect, test } from "vitest";
import { frame } from "../../frame/frame.ts";
import { matrixOf, type Matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import type { Labels } from "../../transform/transform-def.ts";
import { argsort } from "../argsort.ts";
import { digammaTable } from "../distribution/digamma.ts";
import { expectNear, matrixFrom, vector } from "../testing/vector.ts";
import { kraskov, neighbourDistance, orderedValues } from "./kraskov.ts";
import { classRows, ross } from "./ross.ts";
import { scoreColumns } from "./score-column.ts";
import type { ScoreName } from "./score.ts";

interface Case {
  readonly score: (number | null)[];
  readonly pValue?: (number | null)[];
}
interface Scores extends Record<ScoreName | "neighbours5", Case> {
  readonly X: number[][];
  readonly counts: number[][];
  readonly y: number[];
  readonly target: number[];
  readonly discrete: number[];
  readonly noisy: { x: number[][]; classes: number[]; pairs: number[] };
  readonly ties: { classes: number; pair: number };
}
const given = vector<Scores>("score");
const classes = ["a", "b", "c"];
const labels: Labels = { kind: "classes", y: Int32Array.from(given.y), classes };
const values: Labels = { kind: "values", y: Float64Array.from(given.target) };
const discrete = given.discrete.map((at) => `f${at}`);

function expectScores(
  name: ScoreName,
  X: Matrix,
  own: Labels,
  wanted: Case = given[name],
  neighbours = 3,
): void {
  const scored = scoreColumns(X, own, { score: name, discrete, neighbours });
  expectNear(
    scored.map(({ score }) => score),
    wanted.score,
    1e-9,
    name,
    1e-13,
  );
  if (wanted.pValue !== undefined)
    expectNear(
      scored.map(({ pValue }) => pValue!),
      wanted.pValue,
      1e-9,
      `${name} p`,
    );
}

test("scores and their p-values are scikit-learn's to 1e-9", () => {
  const X = matrixFrom(given.X);
  expectScores("fClassif", X, labels);
  expectScores("chi2", matrixFrom(given.counts), labels);
  expectScores("fRegression", X, values);
  expectScores("rRegression", X, values);
  expectScores("mutualInfoClassif", X, labels);
  expectScores("mutualInfoClassif", X, labels, given.neighbours5, 5);
  expectScores("mutualInfoRegression", X, values);
});

test("estimates by neighbours are scikit-learn's on the same noise, and with ties left", () => {
  const digamma = digammaTable(given.y.length);
  const own = classRows(Int32Array.from(given.y), 3);
  const columns = given.noisy.x.map((column) => Float64Array.from(column));
  expectNear(
    columns.map((x) => ross(x, own, 3, digamma)),
    given.noisy.classes,
    1e-12,
    "classes",
  );
  const ordered = columns.map(orderedValues);
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ].map(([i, j]) => kraskov(ordered[i!]!, ordered[j!]!, 3, digamma));
  expectNear(pairs, given.noisy.pairs, 1e-12, "pairs", 1e-14);
  const [a, b] = [4, 5].map((at) => Float64Array.from(given.X, (row) => row[at]!));
  expect(ross(a!, own, 3, digamma)).toBeCloseTo(given.ties.classes, 12);
  expect(kraskov(orderedValues(a!), orderedValues(b!), 3, digamma)).toBeCloseTo(given.ties.pair, 12);
});

/** The definition, without any order: distances to all others. */
function slowRoss(x: Float64Array, y: Int32Array, k: number, digamma: Float64Array): number {
  const rows = [...x.keys()].filter((row) => y.filter((label) => label === y[row]).length > 1);
  let sum = 0;
  for (const row of rows) {
    const own = rows.filter((other) => other !== row && y[other] === y[row]);
    const near = own.map((other) => Math.abs(x[other]! - x[row]!)).sort((a, b) => a - b);
    const used = Math.min(k, near.length);
    const reach = near[used - 1]!;
    const count = rows.filter((other) => {
      const distance = Math.abs(x[other]! - x[row]!);
      return reach === 0 ? distance === 0 : distance < reach;
    }).length;
    sum += digamma[used]! - digamma[own.length + 1]! - digamma[count]!;
  }
  return rows.length === 0 ? 0 : Math.max(0, digamma[rows.length]! + sum / rows.length);
}

test("Ross's estimate is its definition, with ties and rare classes too", () => {
  const row = fc.tuple(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -9, max: 9, noNaN: true })),
    fc.nat(4),
  );
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (rows, k) => {
      const x = Float64Array.from(rows, ([value]) => value);
      const y = Int32Array.from(rows, ([, label]) => label);
      const digamma = digammaTable(rows.length);
      expect(ross(x, classRows(y, 5), k, digamma)).toBeCloseTo(slowRoss(x, y, k, digamma), 12);
    }),
    { numRuns: 150 },
  );
});

test("neighbours in two dimensions are those of all pairs", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: -9, max: 9, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, value), { minLength: 6, maxLength: 120 }),
      fc.integer({ min: 1, max: 5 }),
      (rows, k) => {
        const [x, y] = [Float64Array.from(rows, ([a]) => a), Float64Array.from(rows, ([, b]) => b)];
        const slow = rows.map((one, at) => {
          const all = rows.filter((_, other) => other !== at);
          return all
            .map((two) => Math.max(Math.abs(two[0] - one[0]), Math.abs(two[1] - one[1])))
            .sort((a, b) => a - b)[k - 1];
        });
        expect([...neighbourDistance(orderedValues(x), orderedValues(y), k)]).toEqual(slow);
      },
    ),
    { numRuns: 100 },
  );
});

test("many numbers are ordered by their bits as few are by comparison", () => {
  const random = seededRandom(3);
  const special = [0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 1e300, -1e300];
  const many = Float64Array.from({ length: 6000 }, (_, at) =>
    at % 7 === 0 ? special[random.integer(special.length)]! : (random.integer(200) - 100) / 7,
  );
  const order = argsort(many);
  expect(new Set(order).size).toBe(many.length);
  for (let at = 1; at < order.length; at++) {
    const [a, b] = [many[order[at - 1]!]!, many[order[at]!]!];
    expect(a < b || (a === b && order[at - 1]! < order[at]!) || Number.isNaN(b)).toBe(true);
  }
});

test("tied columns have equal answers for equal seeds, whatever columns stand beside them", () => {
  const random = seededRandom(1);
  const a = Float64Array.from({ length: 200 }, () => random.integer(5));
  const b = Float64Array.from({ length: 200 }, () => random.normal());
  const own: Labels = {
    kind: "classes",
    y: Int32Array.from(a, (value) => +(value + random.integer(3) > 3)),
    classes: ["no", "yes"],
  };
  const column = (name: string, of: Float64Array) => ({ kind: "float" as const, name, values: of });
  const score = (rows: ReturnType<typeof frame>, seed = 0) =>
    scoreColumns(rows, own, { score: "mutualInfoClassif", seed }).find(({ name }) => name === "a")!.score;
  const alone = score(frame([column("a", a)]));
  expect(score(frame([column("b", b), column("a", a)]))).toBe(alone);
  expect(score(frame([column("a", a)]), 1)).not.toBe(alone);
  expect(alone).toBeGreaterThan(0.1);
});

test("texts, truths and missing numbers are scored as they are told", () => {
  const rows = frame([
    { kind: "string", name: "city", codes: Int32Array.of(0, 0, 1, 1, -1, -1), dictionary: ["Bonn", "Rome"] },
    { kind: "boolean", name: "new", values: Uint8Array.of(1, 1, 1, 0, 0, 0) },
    { kind: "float", name: "age", values: Float64Array.of(1, NaN, 2, 5, 6, 7) },
  ]);
  const own: Labels = { kind: "classes", y: Int32Array.of(1, 1, 1, 0, 0, 0), classes: ["no", "yes"] };
  const scored = (columns: readonly number[], score: ScoreName, missing: "refuse" | "omit" = "refuse") =>
    scoreColumns(frame(columns.map((at) => rows.columns[at]!)), own, { score, missing }).map(
      (one) => one.score,
    );
  expect(scored([0, 1], "mutualInfoClassif")[1]).toBeCloseTo(Math.log(2), 12);
  // A missing city is a city of its own: H(y) less H(y | city).
  expect(scored([0], "mutualInfoClassif")[0]).toBeCloseTo(Math.log(2) - (2 / 6) * Math.log(2), 12);
  // For a table of counts it is left out: two rows of Bonn (yes, yes), two of Rome (yes, no).
  expect(scored([0], "chi2")[0]).toBeCloseTo(4 / 3, 12);
  expect(scored([2], "fClassif", "omit")[0]).toBeCloseTo(29.16, 12);
  expect(() => scored([2], "fClassif")).toThrow(
    /column "age", row 1: expected a finite number, received a missing one/,
  );
  expect(() => scored([0], "fClassif")).toThrow(/column "city": expected numbers, received texts/);
});

test("what cannot be scored is NaN or named", () => {
  const X = matrixOf([
    [1, -1],
    [1, 2],
    [1, 3],
  ]);
  const own: Labels = { kind: "classes", y: Int32Array.of(0, 1, 1), classes: ["a", "b"] };
  expect(scoreColumns(X, own, { score: "fClassif" })[0]).toEqual({ name: "f0", score: NaN, pValue: NaN });
  expect(() => scoreColumns(X, own, { score: "chi2" })).toThrow(/"f1", row 0: expected a count.*received -1/);
  expect(() => scoreColumns(X, own, { score: "fRegression" })).toThrow(
    /labels: expected numbers, received classes/,
  );
  expect(() => scoreColumns(X, own, { score: "fClassif", neighbours: 0 })).toThrow(/neighbours/);
  expect(() => scoreColumns(X, own, { score: "mutualInfoClassif", discrete: ["x"] })).toThrow(
    /discrete.*"x"/,
  );
  expect(() => scoreColumns(X, { ...own, y: Int32Array.of(0, 1) }, { score: "fClassif" })).toThrow(
    /expected 3/,
  );
  expect(() => scoreColumns(X, { ...own, y: Int32Array.of(0, 0, 0) }, { score: "fClassif" })).toThrow(
    /NOT_ENOUGH_DATA/,
  );
  const infinite = matrixOf([[1], [Infinity], [2]]);
  expect(() => scoreColumns(infinite, own, { score: "fClassif", missing: "omit" })).toThrow(
    /received Infinity/,
  );
});
