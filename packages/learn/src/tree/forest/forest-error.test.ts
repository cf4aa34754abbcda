import { describe, expect, test } from "vitest";
import { matrix } from "../../matrix.ts";
import { binTable } from "../bin/bin-table.ts";
import { treeTable } from "../bin/table-rows.ts";
import { randomForest, type ForestRows } from "./random-forest.ts";

const CLASSES = ["low", "middle", "high"];

describe("what is wrong is named", () => {
  test.each([
    [{ trees: 0 }, "randomForest: trees: expected an integer of 1 to 1000000, received 0"],
    [{ leaves: 1 }, "leaves: expected an integer of at least 2, or Infinity, received 1"],
    [{ leaves: 2.5 }, "leaves: expected an integer of at least 2, or Infinity, received 2.5"],
    [{ rounds: 3 }, "rounds: expected one of the options task, trees,"],
    [null, "randomForest: options: expected an object, received null"],
    [{ depth: 1.5 }, "depth"],
    [
      { features: "half" },
      'features: expected one of sqrt, log2, or a number above 0 and at most 1, received "half"',
    ],
    [{ features: 0 }, "features: expected one of sqrt, log2, or a number above 0 and at most 1, received 0"],
    [{ rowShare: 2 }, "rowShare"],
    [{ minChildRows: 0 }, "minChildRows"],
    [{ minGain: -1 }, "minGain"],
    [{ minChildWeight: NaN }, "minChildWeight"],
    [{ task: "ranking" }, "task: expected one of classification, regression"],
    [{ task: "regression", classWeights: "balanced" }, "classWeights: expected none in a regression"],
    [
      { classWeights: [1, -1] },
      "classWeights: expected one of balanced, or a list of a finite number of at least 0",
    ],
    [{ bins: 256 }, "bins: expected an integer of 2 to 255"],
    [{ seed: 0.5 }, "seed: expected an integer"],
    [{ categorical: "place" }, "categorical: expected a list of"],
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
    [null, "rows: expected { X }, { columns } or { binned }, with labels, received null", "ARGUMENT_INVALID"],
    [
      { X, classes: ["a", "b"] },
      "y: expected 2 labels, one for each row, received undefined",
      "ARGUMENT_INVALID",
    ],
    [{ X, y: ["0", "1"], classes: ["a", "b"] }, 'y[0]: expected a number, received "0"', "DATA_MALFORMED"],
    [{ X, y: [0, true], classes: ["a", "b"] }, "y[1]: expected a number, received true", "DATA_MALFORMED"],
    [{ X, y: [0, 1] }, "classes: expected a list of names, received undefined", "ARGUMENT_INVALID"],
    [{ X, y: [0, 1], classes: "ab" }, "classes: expected a list of names", "ARGUMENT_INVALID"],
    [
      { X, y: [0, 1], classes: ["a", "b"], sampleWeight: ["2", "2"] },
      'sampleWeight[0]: expected a number, received "2"',
      "DATA_MALFORMED",
    ],
    [{ X, y: [0, 1], classes: ["a", "b"], sampleWeight: [1, null] }, "sampleWeight[1]", "DATA_MALFORMED"],
    [{ X, y: [0, 1], classes: ["a", "b"], sampleWeight: 2 }, "sampleWeight: expected 2", "ARGUMENT_INVALID"],
    [{ binned: null, y: [0, 1], classes: ["a", "b"] }, "binned.rows", "ARGUMENT_INVALID"],
    [{ X: matrix(0, 1, new Float64Array(0)), y: [], classes: ["a", "b"] }, "one row", "NOT_ENOUGH_DATA"],
  ])("rows %#", async (rows, message, code) => {
    const fit = randomForest({ trees: 1 }).fit(rows as ForestRows<"classification">);
    await expect(fit).rejects.toThrow(message);
    await expect(fit).rejects.toMatchObject({ code });
  });

  test.each([
    [null, "options: expected an object, received null"],
    [{ onRound() {} }, "onRound: expected one of the options signal, onTree, now, crew"],
    [{ onTree: 3 }, "onTree: expected a function, received 3"],
    [{ signal: "now" }, "signal: expected an AbortSignal"],
    [{ threads: 2 }, "A forest takes a port of threads, not their number: { crew: nodeForestThreads(2) }"],
    [{ crew: 2 }, "crew: expected a port of threads"],
    [{ crew: { threads: 0.5, open() {} } }, "crew: expected a port of threads"],
  ])("what a fit takes beside rows: %j", async (options, message) => {
    const rows = { X, y: [0, 1], classes: ["a", "b"] };
    const fit = randomForest({ trees: 1 }).fit(rows, options as never);
    await expect(fit).rejects.toThrow(message);
    await expect(fit).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test("options about bins come too late for rows in bins", async () => {
    const rows = { binned: binTable(treeTable({ X })), y: [0, 1], classes: ["a", "b"] };
    await expect(randomForest({ trees: 1, bins: 4 }).fit(rows)).rejects.toThrow(
      "bins: expected none, as the rows are in bins already",
    );
    await expect(randomForest({ trees: 1, categorical: ["f0"] }).fit(rows)).rejects.toThrow(
      'categorical: expected names of columns that the rows have as categories, received "f0", of numbers',
    );
  });

  test("targets, and columns of a model", async () => {
    const regression = randomForest({ task: "regression", trees: 1 });
    await expect(regression.fit({ X, y: [1, NaN] })).rejects.toThrow(
      "y[1]: expected a number of at most 1e+150",
    );
    await expect(regression.fit({ X, y: [1] })).rejects.toThrow("y: expected 2 targets");
    await expect(regression.fit({ X, y: [1, null] as never })).rejects.toThrow(
      "y[1]: expected a number, received null",
    );
    await expect(regression.fit({ X } as never)).rejects.toThrow("y: expected 2 targets");
    const model = await regression.fit({ X, y: [1, 2] });
    expect(await regression.fit({ X, y: Int32Array.of(1, 2), sampleWeight: [1, 1] })).toMatchObject({
      ensemble: model.ensemble,
    });
    for (const none of [undefined, null, 3])
      expect(() => model.predict(none as never)).toThrow(
        expect.objectContaining({ code: "ARGUMENT_INVALID" }),
      );
    expect(() => model.predict(matrix(1, 2, Float64Array.of(1, 2)))).toThrow("1 columns");
    await expect(
      randomForest({ trees: 1, classWeights: [1, 2] }).fit({ X, y: [0, 1], classes: CLASSES }),
    ).rejects.toThrow("classWeights: expected 3 weights");
  });
});
