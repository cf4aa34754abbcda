import type { OnnxModel } from "@tideline/graph";
import { expect, test } from "vitest";
import { makeArtifacts } from "./artifact-kind.ts";
import { requireMatrix } from "./matrix-gate.ts";
import { parityMatrix } from "./parity-matrix.ts";
import { shiftedFeature, swappedAxis } from "./testing/fault.ts";
import { sampleWindows, windowTrees } from "./testing/window-tree.ts";

/** Kinds of trees behind computed features, one for each writer. */
const KINDS = ["onnx", "tflite", "table"];

test("trees behind statistics and spectra of windows pass, missing samples and bounds too, and none with a fault does", async () => {
  const { model, features } = await windowTrees();
  const { rows: heldOut, labels } = sampleWindows(8);
  const { made } = await makeArtifacts({ model, name: "windows" }, KINDS);
  const right = requireMatrix(
    await parityMatrix({ model, artifacts: { made, missing: [] }, heldOut, labels, timedRows: 1 }),
    KINDS,
  );
  expect(right.cells.map(({ untraced }) => untraced)).toEqual(right.cells.map(() => 0));
  expect(right.cells.flatMap(({ traced }) => traced).length).toBeGreaterThan(0);
  for (const { adversarial } of right.cells) {
    const answered = Object.fromEntries(
      adversarial.byKind.map(({ kind, rows, unanswered }) => [kind, rows - unanswered]),
    );
    expect(answered["missing"]).toBeGreaterThan(1);
    expect(answered["infinite"]).toBeGreaterThan(1);
    expect(answered["threshold"]).toBeGreaterThan(4);
  }
  const faults: Readonly<Record<string, OnnxModel>> = {
    "one tree that reads the next column": shiftedFeature(model, features, 0),
    "waves with their axes swapped": swappedAxis(model),
  };
  for (const [name, wrong] of Object.entries(faults)) {
    const bad = await makeArtifacts({ model: wrong, name: "windows" }, KINDS.slice(1));
    const artifacts = { made: [made[0]!, ...bad.made], missing: [] };
    const adversarial = { ...sampleWindows(1).rows, kinds: ["level"] as const };
    const { cells } = await parityMatrix({ model, artifacts, heldOut, adversarial, timedRows: 1 });
    for (const cell of cells.filter(({ artifact }) => artifact === "tflite" || artifact === "table"))
      expect([name, cell.artifact, cell.untraced > 0, cell.faults.join()]).toEqual([
        name,
        cell.artifact,
        true,
        expect.stringContaining("at no threshold"),
      ]);
  }
});
