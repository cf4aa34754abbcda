import { existsSync } from "node:fs";
import type { OnnxModel } from "@tideline/graph";
import { makeArtifacts, parityMatrix, requireMatrix } from "@tideline/pipeline";
import { describe, expect, test } from "vitest";
import { dataFolder } from "../examples/nets/example-option.ts";
import { harColumns } from "../examples/trees/har-feature.ts";
import { shiftedFeature, swappedAxis } from "../packages/pipeline/src/release/matrix/testing/fault.ts";
import { harBoosted, harTrees, harWindowRows } from "./parity/har-case.ts";
import { evenly, picked } from "./parity/real-case.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("data");
const folder = dataFolder("uci-har");

/** One file of each writer of trees behind computed features. */
const KINDS = ["onnx", "tflite", "table"];

describe.skipIf(!existsSync(folder) && !required)("300 trees of features of windows, in one graph", () => {
  test("pass on windows of people that they never met, and with no fault", async () => {
    const train = await harColumns(folder, "train");
    const model = harTrees(await harBoosted(train));
    const features = Object.keys(train.columns).length;
    const all = await harWindowRows(folder, "test");
    const heldOut = picked(all, evenly(all.count, 40));
    const { made } = await makeArtifacts({ model, name: "har" }, KINDS);
    const given = { model, heldOut, timedRows: 1 };
    const right = await parityMatrix({ ...given, artifacts: { made, missing: [] } });
    expect(requireMatrix(right, KINDS).cells.map(({ untraced }) => untraced)).toEqual(
      right.cells.map(() => 0),
    );
    const faults: Readonly<Record<string, OnnxModel>> = {
      "one tree reads the next column": shiftedFeature(model, features, 7),
      "all trees do": shiftedFeature(model, features),
      "waves with their axes swapped": swappedAxis(model),
    };
    const adversarial = { ...picked(all, [0]), kinds: ["level"] as const };
    for (const [name, wrong] of Object.entries(faults)) {
      const bad = await makeArtifacts({ model: wrong, name: "har" }, KINDS.slice(1));
      const artifacts = { made: [made[0]!, ...bad.made], missing: [] };
      const { cells } = await parityMatrix({ ...given, artifacts, adversarial });
      const caught = cells.filter(({ faults: found }) => found.join().includes("at no threshold"));
      expect([name, ...new Set(caught.map(({ artifact }) => artifact))]).toEqual([name, "tflite", "table"]);
    }
  }, 600_000);
});
