import { expect, test } from "vitest";
import { standardise } from "../standardise.ts";
import { lassoPath } from "../linear/lasso.ts";
import { scoreColumns } from "./score/score-column.ts";
import { DATA_SETS, dataFolder, matrixOfDataSet } from "./testing/data-set.ts";
import { expectNear, vector } from "./testing/vector.ts";
import { selectKBest } from "./univariate.ts";

/** Of a score that is computed. */
interface Told {
  readonly top: string[];
  readonly score: (number | null)[];
  readonly pValue: (number | null)[];
}
/** Of a score that noise has a part in: the range over seeds, and the columns that are always or ever among the ten best. */
interface Drawn {
  readonly low: number[];
  readonly high: number[];
  readonly always: string[];
  readonly ever: string[];
}
type Case = {
  readonly names: string[];
  readonly discrete?: string[];
  readonly lassoEntry?: number[];
} & Partial<Record<"fClassif" | "chi2" | "fRegression", Told>> &
  Partial<Record<"mutualInfoClassif" | "mutualInfoRegression", Drawn>>;
const cases = vector<Record<string, Case>>("data-set");
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;

test("what is told of five data sets agrees with itself, and is of those that are read here", () => {
  expect(Object.keys(cases)).toEqual(Object.keys(DATA_SETS));
  for (const { names, fClassif, chi2, fRegression, mutualInfoClassif, mutualInfoRegression } of Object.values(
    cases,
  )) {
    for (const told of [fClassif, chi2, fRegression]) {
      if (told === undefined) continue;
      const scores = new Map(names.map((name, at) => [name, told.score[at] ?? -Infinity]));
      const best = names.toSorted((a, b) => scores.get(b)! - scores.get(a)!).slice(0, 10);
      expect(best.map((name) => scores.get(name))).toEqual(
        told.top.slice(0, 10).map((name) => scores.get(name)),
      );
    }
    const drawn = (mutualInfoClassif ?? mutualInfoRegression)!;
    expect(drawn.ever).toEqual(expect.arrayContaining(drawn.always));
    expect(drawn.always.length).toBeGreaterThanOrEqual(8);
  }
});

for (const [name, read] of Object.entries(DATA_SETS)) {
  const folder = dataFolder(name);
  test.skipIf(folder === undefined && !required)(
    `${name}: the same ten best columns as scikit-learn's`,
    () => {
      expect(folder, "the data set is required here").toBeDefined();
      const data = read(folder!);
      const wanted = cases[name]!;
      const X = matrixOfDataSet(data);
      const names = data.columns.map((column) => column.name);
      expect(names).toEqual(wanted.names);
      const rows = { X, names };
      for (const score of ["fClassif", "chi2", "fRegression"] as const) {
        const told = wanted[score];
        if (told === undefined) continue;
        const scored = scoreColumns(rows, data.labels, { score });
        expectNear(
          scored.map((one) => one.score),
          told.score,
          1e-9,
          score,
        );
        expectNear(
          scored.map((one) => one.pValue!),
          told.pValue,
          1e-6,
          `${score} p`,
          1e-300,
        );
        const { kept } = selectKBest({ score, k: 10 }).fit(rows, data.labels);
        expect(kept.toSorted(), score).toEqual(told.top.slice(0, 10).toSorted());
      }
      for (const score of ["mutualInfoClassif", "mutualInfoRegression"] as const) {
        const told = wanted[score];
        if (told === undefined) continue;
        const { kept, report } = selectKBest({ score, discrete: wanted.discrete ?? [], k: 10 }).fit(
          rows,
          data.labels,
        );
        for (const [at, one] of report.scores.entries()) {
          const [low, high] = [told.low[at]!, told.high[at]!];
          // Discrete columns have no noise; of others six seeds show a part of the range.
          const room = high - low + (high === low ? 1e-9 : 5e-4);
          expect(one.score, one.name).toSatisfy(
            (value: number) => value >= low - room && value <= high + room,
          );
        }
        expect(kept, score).toEqual(expect.arrayContaining(told.always));
        expect(told.ever, score).toEqual(expect.arrayContaining([...kept]));
      }
      if (wanted.lassoEntry !== undefined && data.labels.kind === "values") {
        const scaled = standardise({}).fit(X).transform(X);
        const path = lassoPath({ X: scaled, y: data.labels.y }, { count: 100, least: 1e-3, tolerance: 1e-8 });
        const entry = names.map((_, at) => path.findIndex(({ model }) => model.coefficients[at] !== 0));
        const first = (places: readonly number[]) =>
          [...places.keys()]
            .filter((at) => places[at]! >= 0 && places[at]! < 1000)
            .sort((a, b) => places[a]! - places[b]! || a - b)
            .slice(0, 10);
        expect(first(entry)).toEqual(first(wanted.lassoEntry));
      }
    },
  );
}
