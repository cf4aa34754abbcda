import { expect, test } from "vitest";
import { matrix } from "../matrix.ts";
import { seededRandom } from "../random.ts";
import type { Labels } from "../transform/transform-def.ts";
import { byLasso, byLogistic } from "./model/by-linear.ts";
import { byBoosted } from "./model/by-tree.ts";
import { outOfFold } from "./out-of-fold.ts";

const N = 90;
const random = seededRandom(4);
const y = Int32Array.from({ length: N }, (_, row) => row % 3);
const labels: Labels = { kind: "classes", y, classes: ["a", "b", "c"] };
const noise = matrix(
  N,
  1,
  Float64Array.from({ length: N }, () => random.normal()),
);

test("no row's model has seen it: a column that names each row tells nothing", async () => {
  for (const model of [byLogistic(), byBoosted({ rounds: 20, minChildRows: 1 })]) {
    const probabilities = await outOfFold(model, noise, labels, { seed: 1 });
    expect(probabilities).toHaveLength(3 * N);
    let right = 0;
    for (let row = 0; row < N; row++) {
      const own = [...probabilities.subarray(3 * row, 3 * row + 3)];
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
      right += Number(own[y[row]!] === Math.max(...own));
    }
    // Trees that had seen the rows would be right on nearly all.
    expect(right / N).toBeLessThan(0.6);
  }
});

test("rows that no fold holds out, or two, numbers and models without probabilities are refused", async () => {
  const all = Int32Array.from({ length: N }, (_, row) => row);
  const [low, high] = [all.subarray(0, 50), all.subarray(50)];
  const of = (folds: readonly { train: Int32Array; test: Int32Array }[]) =>
    outOfFold(byLogistic(), noise, labels, { folds });
  await expect(of([{ train: low, test: high }])).rejects.toThrow(/folds: .*row 0 never.*ARGUMENT_INVALID/u);
  await expect(
    of([
      { train: low, test: high },
      { train: low, test: high },
    ]),
  ).rejects.toThrow(/row 50 twice/u);
  const values: Labels = { kind: "values", y: Float64Array.from(y) };
  await expect(outOfFold(byLasso(), noise, values)).rejects.toThrow(/labels: expected classes/u);
  const silent = { ...byLogistic(), fit: () => ({ predict: () => y }) };
  await expect(outOfFold(silent, noise, labels)).rejects.toThrow(
    /probabilities of 3 classes.*DEFINITION_ILLEGAL/u,
  );
});
