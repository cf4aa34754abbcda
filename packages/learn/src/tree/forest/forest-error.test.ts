import { describe, expect, test } from "vitest";
import { matrix } from "../../matrix.ts";
import { randomForest, type ForestRows } from "./random-forest.ts";

const CLASSES = ["low", "middle", "high"];

describe("what is wrong is named", () => {
  test.each([
    [{ trees: 0 }, "randomForest: trees: expected an integer of at least 1, received 0"],
    [{ leaves: 1 }, "leaves: expected an integer of at least 2"],
    [{ depth: 1.5 }, "depth"],
    [{ features: "half" }, "features: expected one of sqrt, log2, received half"],
    [{ features: 0 }, "features: expected a number above 0 and at most 1, received 0"],
    [{ rowShare: 2 }, "rowShare"],
    [{ minChildRows: 0 }, "minChildRows"],
    [{ minGain: -1 }, "minGain"],
    [{ minChildWeight: NaN }, "minChildWeight"],
    [{ task: "ranking" }, "task: expected one of classification, regression"],
    [{ task: "regression", classWeights: "balanced" }, "classWeights: expected none in a regression"],
    [{ classWeights: [1, -1] }, "classWeights[1]"],
    [{ bins: 256 }, "bins: expected an integer of 2 to 255"],
    [{ seed: 0.5 }, "seed: expected an integer"],
    [{ categorical: "place" }, "categorical: expected a list of names"],
    [{ bootstrap: "yes" }, "bootstrap: expected true or false"],
    [{ bootstrap: false, outOfBag: true }, "outOfBag: expected false where every tree sees every row"],
  ])("option %j", (options, message) => {
    const make = () => randomForest(options as never);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "DEFINITION_ILLEGAL" }));
  });

  const X = matrix(2, 1, Float64Array.of(1, 2));
  test.each([
    [{ X, y: [0, 2], classes: ["a", "b"] }, "y[1]", "ARGUMENT_INVALID"],
    [{ X, y: [0], classes: ["a", "b"] }, "2 labels", "ARGUMENT_INVALID"],
    [{ X, y: [0, 0], classes: ["a"] }, "two classes", "NOT_ENOUGH_DATA"],
    [
      { X, y: [0, 1], classes: ["a", "b"], sampleWeight: Float64Array.of(1, -1) },
      "sampleWeight[1]",
      "ARGUMENT_INVALID",
    ],
    [
      { X, y: [0, 1], classes: ["a", "b"], sampleWeight: Float64Array.of(1, 1e-60) },
      "weight of row 1: expected 0, or 1e-50 to 1e+50",
      "ARGUMENT_INVALID",
    ],
    [{ X: matrix(0, 1, new Float64Array(0)), y: [], classes: ["a", "b"] }, "one row", "NOT_ENOUGH_DATA"],
  ])("rows %#", async (rows, message, code) => {
    const fit = randomForest({ trees: 1 }).fit(rows as ForestRows<"classification">);
    await expect(fit).rejects.toThrow(message);
    await expect(fit).rejects.toMatchObject({ code });
  });

  test("targets, and columns of a model", async () => {
    const regression = randomForest({ task: "regression", trees: 1 });
    await expect(regression.fit({ X, y: [1, NaN] })).rejects.toThrow(
      "y[1]: expected a number of at most 1e+150",
    );
    await expect(regression.fit({ X, y: [1] })).rejects.toThrow("y: expected 2 targets");
    const model = await regression.fit({ X, y: [1, 2] });
    expect(() => model.predict(matrix(1, 2, Float64Array.of(1, 2)))).toThrow("1 columns");
    await expect(
      randomForest({ trees: 1, classWeights: [1, 2] }).fit({ X, y: [0, 1], classes: CLASSES }),
    ).rejects.toThrow("classWeights: expected 3 weights");
  });
});
