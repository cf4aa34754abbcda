import * as fc from "fast-check";
import { expect, test } from "vitest";
import { largestDifference } from "../../../testing/largest-difference.ts";
import { chainTree } from "../../model/testing/chain-tree.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { TreeTable } from "../../tree-table.ts";
import { askedColumns, askedTable } from "../asked-column.ts";
import type { Cover } from "../cover.ts";
import { backgroundGame, brutePair, bruteShapley, expectedGame } from "../testing/brute-shapley.ts";
import { randomCase } from "../testing/random-case.ts";
import { shapInteractions } from "./shap-interaction.ts";
import { shapValues, type ShapValues } from "./shap-values.ts";

const forms = fc.record({
  seed: fc.integer(),
  features: fc.integer({ min: 1, max: 6 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  leaves: fc.integer({ min: 1, max: 24 }),
  forest: fc.boolean(),
  empty: fc.boolean(),
});

function rowsOf(ensemble: TreeEnsemble, table: TreeTable): readonly (readonly number[])[] {
  const columns = askedColumns(ensemble, askedTable("test", ensemble, table));
  return Array.from({ length: table.rows }, (_, row) => columns.map((column) => column[row]!));
}

function valuesOf({ values, outputs, features }: ShapValues, row: number, output: number): Float64Array {
  const at = (row * outputs + output) * features.length;
  return values.subarray(at, at + features.length);
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

test("values are Shapley's over all coalitions, by either cover", () => {
  fc.assert(
    fc.property(forms, fc.constantFrom<Cover>("count", "weight"), (form, cover) => {
      const { ensemble, table } = randomCase({ ...form, rows: 3 });
      const shap = shapValues(ensemble, table, { cover });
      for (const [at, row] of rowsOf(ensemble, table).entries()) {
        for (let output = 0; output < ensemble.outputs; output++) {
          const game = expectedGame(ensemble, row, output, cover);
          const ours = valuesOf(shap, at, output);
          expect(largestDifference(ours, bruteShapley(game, form.features))).toBeLessThan(1e-11);
          expect(shap.base[output]).toBeCloseTo(game(0), 11);
          expect(shap.base[output]! + sumOf(ours)).toBeCloseTo(game((1 << form.features) - 1), 11);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("with a background, values are those of rows mixed with its rows", () => {
  fc.assert(
    fc.property(forms, (form) => {
      const { ensemble, table } = randomCase({ ...form, rows: 2 });
      const background = randomCase({ ...form, rows: 4 }).table;
      const shap = shapValues(ensemble, table, { background });
      const others = rowsOf(ensemble, background);
      for (const [at, row] of rowsOf(ensemble, table).entries()) {
        const output = at % ensemble.outputs;
        const game = backgroundGame(ensemble, row, others, output);
        const ours = valuesOf(shap, at, output);
        expect(largestDifference(ours, bruteShapley(game, form.features))).toBeLessThan(1e-11);
        expect(shap.base[output]).toBeCloseTo(game(0), 11);
      }
    }),
    { numRuns: 60 },
  );
});

test("pairs are the interaction index, and their rows add up to the values", () => {
  fc.assert(
    fc.property(forms, (form) => {
      const { ensemble, table } = randomCase({ ...form, rows: 2 });
      const single = shapValues(ensemble, table);
      const pairs = shapInteractions(ensemble, table);
      const { features, outputs } = form;
      for (const [at, row] of rowsOf(ensemble, table).entries()) {
        const output = at % outputs;
        const game = expectedGame(ensemble, row, output);
        const from = (at * outputs + output) * features;
        for (let i = 0; i < features; i++) {
          const own = pairs.values.subarray((from + i) * features, (from + i + 1) * features);
          expect(sumOf(own)).toBeCloseTo(single.values[from + i]!, 11);
          for (let j = 0; j < i; j++) {
            expect(own[j]).toBeCloseTo(brutePair(game, features, i, j), 11);
            expect(own[j]).toBe(pairs.values[(from + j) * features + i]);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("values add up to 1e-9 where paths are long and features many", () => {
  const { ensemble, table } = randomCase({ seed: 5, features: 60, leaves: 900, trees: 9, rows: 9 });
  const shap = shapValues(ensemble, table);
  for (const [at, row] of rowsOf(ensemble, table).entries()) {
    // All bits are set in -1.
    const score = expectedGame(ensemble, row, 0)(-1);
    expect(Math.abs(shap.base[0]! + sumOf(valuesOf(shap, at, 0)) - score)).toBeLessThan(1e-9);
  }
});

test("a table of its own order and codes, with further columns, asks the same", () => {
  const { ensemble, table } = randomCase({ seed: 1, features: 6, rows: 8 });
  const extra = { kind: "numeric", name: "extra", values: new Float64Array(8) } as const;
  const turned = { rows: 8, columns: [extra, ...table.columns.toReversed()] };
  expect(shapValues(ensemble, turned)).toEqual(shapValues(ensemble, table));
});

test("what is wrong is named", () => {
  const { ensemble, table } = randomCase({ seed: 1, features: 3 });
  const [first, ...others] = table.columns;
  expect(() => shapValues(ensemble, { rows: 5, columns: others })).toThrow(/a column "f0".*ARGUMENT_INVALID/);
  const coded = { ...table.columns[2]!, name: "f0" };
  expect(() => shapValues(ensemble, { rows: 5, columns: [coded, ...others] })).toThrow(
    /columns.f0: expected numbers, received codes of categories/,
  );
  const none = { rows: 0, columns: [{ kind: "numeric", name: "f0", values: new Float64Array(0) } as const] };
  const one = { ...ensemble, features: ensemble.features.slice(0, 1) };
  expect(() => shapValues(one, none)).toThrow(/at least one row, received 0 rows \[NOT_ENOUGH_DATA\]/);
  expect(() => shapValues(ensemble, table, { background: { rows: 5, columns: [first!] } })).toThrow(/"f1"/);
  expect(() => shapValues(ensemble, table, { cover: "rows" as Cover })).toThrow(
    /cover: expected one of count, weight, received rows \[DEFINITION_ILLEGAL\]/,
  );
  const blind = ensemble.trees.map((tree) => ({ ...tree, count: new Float64Array(tree.count.length) }));
  expect(() => shapValues({ ...ensemble, trees: blind }, table)).toThrow(
    /trees that know the count.*Ask for cover "weight".*MODEL_UNSUPPORTED/,
  );
});

test("with a background, trees may be deeper than a stack", () => {
  const branches = 20_000;
  const ensemble: TreeEnsemble = {
    features: [{ kind: "numeric", name: "n" }],
    outputs: 1,
    trees: [chainTree(branches)],
    target: new Int32Array(1),
    base: new Float64Array(1),
    average: false,
  };
  const { values, base } = shapValues(
    ensemble,
    { columns: { n: [1e6] } },
    { background: { columns: { n: [-1] } } },
  );
  expect([base[0], values[0]]).toEqual([1, 2 * branches - 1]);
});
