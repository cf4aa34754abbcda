import { expect, test } from "vitest";
import { selectColumns } from "../matrix.ts";
import { byLogistic } from "./model/by-linear.ts";
import { selectRfe } from "./select-rfe.ts";
import { selectVariance } from "./select-variance.ts";
import { DATA_SETS, dataFolder, matrixOfDataSet } from "./testing/data-set.ts";
import { vector } from "./testing/vector.ts";

const cases = vector<Record<string, { names: string[]; rfe?: string[] }>>("data-set");
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;
const folder = dataFolder("online-shoppers");

test.skipIf(folder === undefined && !required)(
  "recursive elimination leaves scikit-learn's ten columns of online-shoppers",
  async () => {
    expect(folder, "the data set is required here").toBeDefined();
    const data = DATA_SETS["online-shoppers"]!(folder!);
    const { names, rfe } = cases["online-shoppers"]!;
    const X = matrixOfDataSet(data);
    const varying = selectVariance().fit({ X, names }).kept;
    const places = varying.map((own) => names.indexOf(own));
    const rows = { X: selectColumns(X, places), names: varying };
    // Of two classes the penalty of a softmax is that of scikit-learn's one column at twice C.
    const model = byLogistic({ C: 0.5, tolerance: 1e-6, maxIterations: 1000 });
    const { kept } = await selectRfe({ model, keep: 10, step: 2 }).fit(rows, data.labels);
    expect(kept.toSorted()).toEqual(rfe!.toSorted());
  },
  120_000,
);
