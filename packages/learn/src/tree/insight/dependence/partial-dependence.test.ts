import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import type { TreeTable } from "../../tree-table.ts";
import { askedColumns, askedTable } from "../asked-column.ts";
import { expectedGame } from "../testing/brute-shapley.ts";
import { randomCase } from "../testing/random-case.ts";
import { partialDependence } from "./partial-dependence.ts";

/** What an axis' value is to branches: a code for a category, NaN for missing and for zeros that are. */
function askedValue(ensemble: TreeEnsemble, at: number, value: unknown): number {
  const feature = ensemble.features[at]!;
  if (feature.kind === "categorical")
    return value === null ? NaN : feature.categories.indexOf(value as string);
  return feature.zeroIsMissing === true && value === 0 ? NaN : (value as number);
}

function rowsOf(ensemble: TreeEnsemble, table: TreeTable): readonly (readonly number[])[] {
  const columns = askedColumns(ensemble, askedTable("test", ensemble, table));
  return Array.from({ length: table.rows }, (_, row) => columns.map((column) => column[row]!));
}

const forms = fc.record({
  seed: fc.integer(),
  features: fc.integer({ min: 4, max: 6 }),
  outputs: fc.integer({ min: 1, max: 2 }),
  leaves: fc.integer({ min: 1, max: 16 }),
  forest: fc.boolean(),
});

test("curves are those of rows whose values are replaced, one by one", () => {
  fc.assert(
    fc.property(forms, fc.constantFrom([0], [2], [3], [0, 2], [2, 3]), (form, places) => {
      const { ensemble, table } = randomCase({ ...form, rows: 4 });
      const names = places.map((at) => `f${at}`) as [string, string];
      const answer = partialDependence(ensemble, table, names, { ice: true });
      const cover = partialDependence(ensemble, table, names, { method: "cover" });
      const [first, second = { values: [undefined] }] = answer.axes;
      const points = first!.values.length * second.values.length;
      const rows = rowsOf(ensemble, table);
      for (let output = 0; output < ensemble.outputs; output++) {
        for (let point = 0; point < points; point++) {
          const tried = [
            first!.values[Math.floor(point / second.values.length)],
            second.values[point % second.values.length],
          ];
          const mixed = rows.map((row) => {
            const changed = [...row];
            for (const [i, at] of places.entries()) changed[at] = askedValue(ensemble, at, tried[i]);
            return changed;
          });
          const scores = mixed.map((row) => expectedGame(ensemble, row, output)(-1));
          for (const [row, score] of scores.entries())
            expect(answer.ice![(row * ensemble.outputs + output) * points + point]).toBeCloseTo(score, 11);
          const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
          expect(answer.mean[output * points + point]).toBeCloseTo(mean, 11);
          let known = 0;
          for (const at of places) known |= 1 << at;
          const expected = expectedGame(ensemble, mixed[0]!, output)(known);
          expect(cover.mean[output * points + point]).toBeCloseTo(expected, 11);
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** Left below 0.5 of x, then below 0.5 of z on the right. */
const tree: Tree = {
  feature: Int32Array.of(0, -1, 1, -1, -1),
  threshold: Float64Array.of(0.5, NaN, 0.5, NaN, NaN),
  left: Int32Array.of(1, -1, 3, -1, -1),
  right: Int32Array.of(2, -1, 4, -1, -1),
  missingLeft: Uint8Array.of(0, 0, 0, 0, 0),
  set: Int32Array.of(-1, -1, -1, -1, -1),
  sets: [],
  width: 1,
  value: Float64Array.of(0, 1, 0, 10, 20),
  count: Float64Array.of(4, 2, 2, 1, 1),
  weight: Float64Array.of(4, 2, 2, 1, 1),
  gain: Float64Array.of(1, 0, 1, 0, 0),
};
const ensemble: TreeEnsemble = {
  features: [
    { kind: "numeric", name: "x" },
    { kind: "numeric", name: "z" },
  ],
  outputs: 1,
  trees: [tree],
  target: new Int32Array(1),
  base: Float64Array.of(0),
  average: false,
};

test("the methods agree where features are independent, and differ where they are not", () => {
  const independent = { columns: { x: [0, 0, 1, 1], z: [0, 1, 0, 1] } };
  const tied = { columns: { x: [0, 0, 1, 1], z: [1, 1, 1, 0] } };
  const curve = (rows: typeof tied, method: "rows" | "cover") => [
    ...partialDependence(ensemble, rows, "x", { method }).mean,
  ];
  expect(curve(independent, "rows")).toEqual([1, 15]);
  expect(curve(independent, "cover")).toEqual([1, 15]);
  expect(curve(tied, "rows")).toEqual([1, 17.5]);
  expect(curve(tied, "cover")).toEqual([1, 15]);
});

test("grids: few values as they are, many by quantiles, missing last, or one's own", () => {
  const values = (x: readonly (number | null)[], options = {}) =>
    partialDependence(ensemble, { columns: { x, z: x.map(() => 0) } }, "x", options).axes[0]!.values;
  expect(values([3, 1, null, 3, 2])).toEqual([1, 2, 3, NaN]);
  const many = Array.from({ length: 101 }, (_, at) => at);
  expect(values(many, { points: 3, between: [0.1, 0.9] })).toEqual([10, 50, 90]);
  expect(values(many, { points: 3, between: [0, 1] })).toEqual([0, 50, 100]);
  expect(values([0, Infinity, 1])).toEqual([0, 1]);
  expect(values(many)).toHaveLength(24);
  expect(() => values([Infinity])).toThrow(/grid.x: expected at least one value, received none/);
  expect(values(many, { grid: { x: [7, NaN] } })).toEqual([7, NaN]);
  expect(values(many, { grid: { x: [30, NaN, 7, 30] } })).toEqual([7, 30, NaN]);
  expect(() => values(many, { grid: { x: [1, Infinity] } })).toThrow(/grid.x: expected finite.*Infinity/);
  expect(values([3, 1], { grid: Object.create({ x: [7] }) as object })).toEqual([1, 3]);
  const { ensemble: forest, table } = randomCase({ seed: 1, features: 3, rows: 60 });
  const named = (options = {}) => partialDependence(forest, table, "f2", options).axes[0]!.values;
  expect(named()).toEqual(["a", "b", "c", 4, true, "d", null]);
  expect(named({ points: 2 }).length).toBe(3);
  expect(named({ grid: { f2: ["b", null] } })).toEqual(["b", null]);
  expect(named({ grid: { f2: [null, "d", "b", "d"] } })).toEqual(["d", "b", null]);
});

test("what is wrong is named", () => {
  const rows = { columns: { x: [0, 1], z: [0, 1] } };
  const ask = (features: string | [string, string], options = {}) =>
    partialDependence(ensemble, rows, features, options);
  expect(() => ask("y")).toThrow(/feature: expected one of "x", "z", received "y".*ARGUMENT_INVALID/);
  expect(() => ask(["x", "x"])).toThrow(/features: expected one name, or two different ones/);
  expect(() => ask("x", { points: 0 })).toThrow(/points: expected an integer of at least 1/);
  expect(() => ask("x", { between: [0.9, 0.1] })).toThrow(/between: expected two ascending shares/);
  expect(() => ask("x", { method: "cover", ice: true })).toThrow(/ice: expected the method "rows"/);
  expect(() => ask("x", { method: "fast" })).toThrow(/method: expected one of rows, cover/);
  expect(() => ask("x", { grid: { x: [] } })).toThrow(/grid.x: expected at least one value/);
  expect(() => ask("x", { grid: { x: ["a"] } })).toThrow(
    /grid.x: expected finite numbers, or NaN, received "a"/,
  );
  expect(() => partialDependence(ensemble, { columns: { x: [], z: [] } }, "x")).toThrow(/NOT_ENOUGH_DATA/);
  const { ensemble: forest, table } = randomCase({ seed: 1, features: 3 });
  expect(() => partialDependence(forest, table, "f2", { grid: { f2: ["z"] } })).toThrow(
    /grid.f2: expected categories/,
  );
});
