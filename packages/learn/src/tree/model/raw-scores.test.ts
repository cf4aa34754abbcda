import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random.ts";
import type { Tree, TreeEnsemble } from "../tree-ensemble.ts";
import { treeEnsemble } from "./ensemble.ts";
import { numberAfter } from "./number-after.ts";
import { leafNodes, rawScores } from "./raw-scores.ts";
import { categories, numbers, randomEnsemble, rowNumbers, tryingTable } from "./testing/random-ensemble.ts";
import { leafOf, scoresSlowly } from "./testing/walk-slowly.ts";

const near = (value: number) => [value, numberAfter(value), -numberAfter(-value)].filter((x) => x === x);

function agrees(ensemble: TreeEnsemble, rows: number, seed: number): void {
  const { features, trees } = ensemble;
  const table = tryingTable(seededRandom(seed), ensemble, rows, near);
  const scores = rawScores(ensemble, table);
  const leaves = leafNodes(ensemble, table);
  expect([scores.rows, scores.columns]).toEqual([rows, ensemble.outputs]);
  for (let row = 0; row < rows; row++) {
    const given = rowNumbers(table, row);
    expect([...leaves.subarray(row * trees.length, (row + 1) * trees.length)]).toEqual(
      trees.map((tree) => leafOf(features, tree, given)),
    );
    expect([...scores.values.subarray(row * ensemble.outputs, (row + 1) * ensemble.outputs)]).toEqual(
      scoresSlowly(ensemble, given),
    );
  }
}

describe("rawScores", () => {
  test("goes where the slow walk goes, to the last bit", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          trees: fc.integer({ min: 0, max: 9 }),
          leaves: fc.integer({ min: 1, max: 40 }),
          outputs: fc.integer({ min: 1, max: 3 }),
          wide: fc.boolean(),
          average: fc.boolean(),
          zero: fc.boolean(),
          codes: fc.constantFrom(0, 1, 31, 32, 33, 70),
          rows: fc.constantFrom(0, 1, 2, 3, 4, 5, 9, 300),
        }),
        ({ seed, zero, codes, rows, ...form }) => {
          const features = [...numbers(3, zero), ...(codes > 0 ? [categories("c", codes)] : [])];
          agrees(randomEnsemble(seededRandom(seed), { ...form, features }), rows, seed + 1);
        },
      ),
      { numRuns: 120 },
    );
  });

  test("takes columns of every kind, by name, and categories by value", () => {
    const features = [...numbers(2), categories("c", 5)];
    const ensemble = randomEnsemble(seededRandom(4), { trees: 5, leaves: 12, features });
    const rows = 50;
    const random = seededRandom(5);
    const whole = Array.from({ length: rows }, () => random.integer(7) - 3);
    const codes = Int32Array.from({ length: rows }, () => random.integer(6) - 1);
    const expected = whole.map((x, row) => scoresSlowly(ensemble, [x, -x, codes[row]!])[0]);
    const turned = [4, 3, 2, 1, 0];
    const kinds = [
      (x: number[]) => Float32Array.from(x),
      (x: number[]) => Float64Array.from(x),
      (x: number[]) => Int8Array.from(x),
      (x: number[]) => Int32Array.from(x),
    ];
    for (const kind of kinds) {
      const { values } = rawScores(ensemble, {
        rows,
        columns: [
          {
            kind: "categorical",
            name: "c",
            categories: [...turned.map((code) => `c${code}`), "never seen"],
            codes: codes.map((code) => (code === -1 ? 5 : turned[code]!)),
          },
          { kind: "numeric", name: "n1", values: kind(whole.map((x) => -x)) },
          { kind: "numeric", name: "unasked", values: kind(whole) },
          { kind: "numeric", name: "n0", values: kind(whole) },
        ],
      });
      expect([...values]).toEqual(expected);
    }
  });

  test("takes numbers for categories that are numbers", () => {
    const stump: Tree = {
      feature: Int32Array.of(0, -1, -1),
      threshold: Float64Array.of(Number.NaN, Number.NaN, Number.NaN),
      left: Int32Array.of(1, -1, -1),
      right: Int32Array.of(2, -1, -1),
      missingLeft: Uint8Array.of(1, 0, 0),
      set: Int32Array.of(0, -1, -1),
      sets: [Uint32Array.of(0b10)],
      width: 1,
      value: Float64Array.of(0, -1, 1),
      count: Float64Array.of(3, 1, 2),
      weight: Float64Array.of(3, 1, 2),
      gain: Float64Array.of(1, 0, 0),
    };
    const ensemble = treeEnsemble({
      features: [{ kind: "categorical", name: "zone", categories: [0, 7] }],
      trees: [stump],
    });
    const values = Float64Array.of(0, 7, 1, Number.NaN, -0);
    const table = { rows: 5, columns: [{ kind: "numeric", name: "zone", values }] } as const;
    expect([...rawScores(ensemble, table).values]).toEqual([1, -1, -1, -1, 1]);
  });

  test("names the column that is missing, or of another kind", () => {
    const ensemble = randomEnsemble(seededRandom(1), { trees: 1, leaves: 3, features: numbers(2) });
    const values = new Float64Array(1);
    expect(() =>
      rawScores(ensemble, { rows: 1, columns: [{ kind: "numeric", name: "n0", values }] }),
    ).toThrow(/a column "n1".*received "n0".*ARGUMENT_INVALID/);
    const coded = { kind: "categorical", codes: Int32Array.of(0), categories: ["a"] } as const;
    expect(() =>
      rawScores(ensemble, {
        rows: 1,
        columns: [
          { ...coded, name: "n0" },
          { ...coded, name: "n1" },
        ],
      }),
    ).toThrow(/column "n0".*expected numbers.*ARGUMENT_INVALID/);
  });
});
