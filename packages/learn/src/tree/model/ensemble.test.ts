import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random.ts";
import type { Tree } from "../tree-ensemble.ts";
import { treeEnsemble } from "./ensemble.ts";
import { chainTree } from "./testing/chain-tree.ts";
import { categories, numbers, randomEnsemble } from "./testing/random-ensemble.ts";

const features = [...numbers(2), categories("c", 3)];
/** n0 <= 0.5 ? (c in {0, 2} ? 1 : 2) : 3 */
const tree = {
  feature: Int32Array.of(0, 2, -1, -1, -1),
  threshold: Float64Array.of(0.5, Number.NaN, Number.NaN, Number.NaN, Number.NaN),
  left: Int32Array.of(1, 3, -1, -1, -1),
  right: Int32Array.of(2, 4, -1, -1, -1),
  missingLeft: Uint8Array.of(1, 0, 0, 0, 0),
  set: Int32Array.of(-1, 0, -1, -1, -1),
  sets: [Uint32Array.of(0b101)],
  width: 1,
  value: Float64Array.of(0, 0, 3, 1, 2),
  count: Float64Array.of(9, 6, 3, 4, 2),
  weight: Float64Array.of(9, 6, 3, 4, 2),
  gain: Float64Array.of(2, 1, 0, 0, 0),
} satisfies Tree;

const put = <A extends Int32Array | Float64Array | Uint8Array>(array: A, at: number, value: number): A => {
  const copy = array.slice() as A;
  copy[at] = value;
  return copy;
};
const { feature, threshold, left, right, missingLeft, set, value, count, weight } = tree;

describe("treeEnsemble", () => {
  test("gives a frozen ensemble, with what was left out", () => {
    const ensemble = treeEnsemble({ features, trees: [tree, tree] });
    expect(ensemble).toMatchObject({ outputs: 1, average: false });
    expect([...ensemble.target, ...ensemble.base]).toEqual([0, 0, 0]);
    expect(Object.isFrozen(ensemble.trees[0]) && Object.isFrozen(ensemble.features[2])).toBe(true);
    expect([...treeEnsemble({ features, outputs: 2, trees: [tree, tree, tree] }).target]).toEqual([0, 1, 0]);
  });

  const cases: Record<string, [Partial<Tree>, RegExp]> = {
    "a cycle": [{ left: put(left, 1, 0) }, /tree 1, node 1, left: expected a node after it/],
    "a node that leads to itself": [{ right: put(right, 1, 1) }, /tree 1, node 1, right/],
    "a child of two": [{ right: put(right, 1, 3) }, /tree 1, node 1, right: .*3, shared/],
    "a node that nothing leads to": [
      {
        feature: put(feature, 1, -1),
        left: put(left, 1, -1),
        right: put(right, 1, -1),
        set: put(set, 1, -1),
      },
      /tree 1, node 3, parent: expected one, received none/,
    ],
    "a child that does not exist": [{ right: put(right, 0, 5) }, /tree 1, node 0, right: .* up to 4/],
    "a leaf with a child": [{ left: put(left, 4, 4) }, /tree 1, node 4, left: expected -1/],
    "a NaN threshold": [{ threshold: put(threshold, 0, Number.NaN) }, /tree 1, node 0, threshold/],
    "a threshold of a leaf": [{ threshold: put(threshold, 2, 1) }, /tree 1, node 2, threshold/],
    "a threshold of a set": [{ threshold: put(threshold, 1, 1) }, /tree 1, node 1, threshold: expected NaN/],
    "a feature that does not exist": [{ feature: put(feature, 0, 3) }, /node 0, feature: expected -1 to 2/],
    "a feature below -1": [{ feature: put(feature, 0, -2) }, /node 0, feature/],
    "a set that does not exist": [{ set: put(set, 1, 1) }, /node 1, set: expected 0 to 0, received 1/],
    "a set of a number": [{ set: put(set, 0, 0) }, /node 0, set: expected -1/],
    "codes beyond the categories": [{ sets: [Uint32Array.of(8)] }, /node 1, set: expected codes below 3/],
    "codes far beyond": [{ sets: [Uint32Array.of(1, 1)] }, /node 1, set: expected codes below 3/],
    "a direction that is none": [{ missingLeft: put(missingLeft, 0, 2) }, /node 0, missingLeft/],
    "a leaf that is not finite": [{ value: put(value, 3, Infinity) }, /node 3, value: expected a finite/],
    "a negative count": [{ count: put(count, 3, -1) }, /node 3, count: expected at least 0/],
    "a negative weight": [{ weight: put(weight, 0, -1) }, /node 0, weight/],
    "columns of other lengths": [{ gain: new Float64Array(4) }, /tree 1, gain: expected a Float64Array of 5/],
    "columns of another kind": [{ left: Float64Array.from(left) as never }, /tree 1, left: expected a Int32/],
    "no node": [{ feature: new Int32Array() }, /tree 1, nodes: expected 1 to/],
    "another width": [{ width: 2, value: new Float64Array(10) }, /tree 1, width: expected 1, received 2/],
  };
  test.each(Object.entries(cases))("refuses %s", (_, [wrong, message]) => {
    expect(() => treeEnsemble({ features, trees: [tree, { ...tree, ...wrong }] })).toThrow(message);
    expect(() => treeEnsemble({ features, trees: [tree, { ...tree, ...wrong }] })).toThrow("MODEL_MALFORMED");
  });

  test("looks at a set once, however many branches share it", () => {
    const shared = chainTree(20_000, new Uint32Array(1_000_000));
    const start = performance.now();
    treeEnsemble({ features: [{ kind: "categorical", name: "c", categories: ["a"] }], trees: [shared] });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("refuses what is wrong with the whole", () => {
    const wrong = (parts: object, message: RegExp) =>
      expect(() => treeEnsemble({ features, trees: [tree], ...parts })).toThrow(message);
    wrong({ outputs: 0 }, /outputs: expected an integer from 1/);
    wrong({ base: Float64Array.of(Number.NaN) }, /base: expected a Float64Array of 1 finite/);
    wrong({ target: Int32Array.of(1) }, /tree 0, target: expected 0 to 0, received 1/);
    wrong({ target: Int32Array.of(0, 0) }, /target: expected an Int32Array of 1/);
    wrong({ outputs: 2, target: Int32Array.of(-1) }, /tree 0, target/);
    wrong({ features: [...features, features[0]] }, /each name once, received "n0" twice/);
    wrong({ features: [{ kind: "text", name: "n0" }] }, /feature "n0"/);
    wrong(
      { features: [{ kind: "categorical", name: "c", categories: ["a", "a"] }] },
      /feature "c", categories: expected each once/,
    );
    for (const category of [Number.NaN, Infinity, {}, [[]], undefined, 1n])
      wrong(
        { features: [...features, { kind: "categorical", name: "c", categories: ["a", category] }] },
        /feature "c", category 1: expected a text, a finite number, a boolean or null.*MODEL_MALFORMED/,
      );
  });

  test("takes every random ensemble of the other tests", () => {
    const made = randomEnsemble(seededRandom(2), { trees: 50, leaves: 31, features });
    expect(treeEnsemble(made)).toEqual(made);
  });
});
