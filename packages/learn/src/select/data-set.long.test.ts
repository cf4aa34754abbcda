import { expect, test } from "vitest";
import { selectColumns } from "../matrix.ts";
import { byLogistic } from "./model/by-linear.ts";
import { byForest } from "./model/by-tree.ts";
import { selectFromModel } from "./select-from-model.ts";
import { selectRfe } from "./select-rfe.ts";
import { selectVariance } from "./select-variance.ts";
import { DATA_SETS, dataFolder, matrixOfDataSet } from "./testing/data-set.ts";
import { vector } from "./testing/vector.ts";

const cases = vector<Record<string, { names: string[]; rfe?: string[]; forest: string[] }>>("data-set");
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;

for (const [name, read] of Object.entries(DATA_SETS)) {
  const folder = dataFolder(name);
  test.skipIf(folder === undefined && !required)(
    `${name}: models choose scikit-learn's ten columns`,
    async () => {
      expect(folder, "the data set is required here").toBeDefined();
      const data = read(folder!);
      const { names, rfe, forest } = cases[name]!;
      const X = matrixOfDataSet(data);
      if (rfe !== undefined) {
        const varying = selectVariance().fit({ X, names }).kept;
        const rows = {
          X: selectColumns(
            X,
            varying.map((own) => names.indexOf(own)),
          ),
          names: varying,
        };
        const two = data.labels.kind === "classes" && data.labels.classes.length === 2;
        // Of two classes the penalty of a softmax is that of scikit-learn's one column at twice C.
        const model = byLogistic({ C: two ? 0.5 : 1, tolerance: 1e-5, maxIterations: 500 });
        const { kept } = await selectRfe({ model, keep: 10, step: 2 }).fit(rows, data.labels);
        expect(kept.toSorted()).toEqual(rfe.toSorted());
      }
      // Other forests of other random numbers: columns at the tenth place may change it.
      const model = byForest(
        data.labels.kind === "classes" ? { trees: 100, seed: 1 } : { trees: 30, features: 0.3, seed: 1 },
      );
      const grown = await selectFromModel({ model, keep: 10 }).fit({ X, names }, data.labels);
      const both = grown.kept.filter((own) => forest.includes(own));
      expect(both.length, `${grown.kept.join()} and ${forest.join()}`).toBeGreaterThanOrEqual(9);
    },
    300_000,
  );
}
