import { expect, test } from "vitest";
import { byLogistic } from "../select/model/by-linear.ts";
import { byBoosted } from "../select/model/by-tree.ts";
import type { SelectionModel } from "../select/model/selection-model.ts";
import { outOfFold } from "../select/out-of-fold.ts";
import { DATA_SETS, dataFolder, matrixOfDataSet } from "../select/testing/data-set.ts";
import { labelErrors, type LabelErrorOptions } from "./label-error.ts";
import { flipLabels, foundShares } from "./testing/flip-label.ts";

const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;

interface Floor extends LabelErrorOptions {
  readonly recall: number;
  readonly precision: number;
}

/**
 * 5 % of the labels of a public training part are flipped and searched for. What is wrong in a set by itself counts against
 * precision. In adult classes overlap: the best models err on 13 % of the right labels, and no ranking of rows tells these from
 * flipped ones, so four of five flipped labels are found only among twice or three times as many others. Models have their default
 * options; nothing was chosen by what it finds.
 */
const CASES: readonly (readonly [string, SelectionModel, readonly Floor[]])[] = [
  ["optdigits", byLogistic({ C: 0.01 }), [{ recall: 0.85, precision: 0.8 }]],
  ["uci-har", byLogistic({ C: 0.01 }), [{ recall: 0.87, precision: 0.67 }]],
  [
    "adult",
    byBoosted({ seed: 1 }),
    [
      { recall: 0.75, precision: 0.34 },
      { filterBy: "rank", recall: 0.7, precision: 0.44 },
      { filterBy: "predictedNotGiven", most: 4500, recall: 0.82, precision: 0.29 },
      { filterBy: "predictedNotGiven", recall: 0.85, precision: 0.25 },
    ],
  ],
];

for (const [name, model, floors] of CASES) {
  const folder = dataFolder(name);
  test.skipIf(folder === undefined && !required)(`flipped labels of ${name} are found`, async () => {
    expect(folder, "the data set is required here").toBeDefined();
    const data = DATA_SETS[name]!(folder!);
    const { labels } = data;
    if (labels.kind !== "classes") throw new Error(name);
    for (const seed of [1, 2]) {
      const { y, flipped } = flipLabels(labels.y, labels.classes.length, 0.05, seed);
      const noisy = { ...labels, y };
      const probabilities = await outOfFold(model, matrixOfDataSet(data), noisy, { seed });
      for (const { recall: leastRecall, precision: leastPrecision, ...options } of floors) {
        const { rows, noise } = labelErrors(noisy, probabilities, options);
        const { recall, precision } = foundShares(rows, flipped);
        const said = `${name}, seed ${seed}, ${JSON.stringify(options)}: recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}, ${rows.length} rows, estimated noise ${noise.toFixed(3)}`;
        console.log(said);
        expect(recall, said).toBeGreaterThanOrEqual(leastRecall);
        expect(precision, said).toBeGreaterThanOrEqual(leastPrecision);
      }
    }
  });
}
