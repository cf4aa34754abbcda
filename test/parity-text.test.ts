import type { ParityCell, ParityMatrix } from "@tideline/pipeline";
import { expect, test } from "vitest";
import type { CaseFigures } from "./parity/measure-case.ts";
import { parityText } from "./parity/parity-text.ts";

const CELL: ParityCell = {
  artifact: "onnx",
  runtime: "onnxruntime-node",
  sha256: "",
  heldOut: {
    rows: 10,
    difference: 0,
    feature: 0,
    agreement: 1,
    unanswered: 0,
    cancelled: 0,
    error: 0,
    deviation: 0,
    metric: 0.9,
    metricDifference: 0,
  },
  adversarial: { rows: 0, difference: 0, feature: 0, agreement: 1, unstable: 0, byKind: [] },
  traced: [],
  untraced: 0,
  loadMs: 0,
  p50Ms: 0,
  p95Ms: 0,
  faults: [],
};

test("the page of figures counts the files that coremltools does not load", () => {
  const figures: CaseFigures = {
    name: "a net",
    matrix: { trees: false, rows: { heldOut: 10, adversarial: 0 } } as ParityMatrix,
    cells: [CELL],
    missing: [],
    others: [],
    complaints: [],
    unloaded: ["mlpackage: no such operator"],
    coremltools: 4,
    source: {},
  };
  expect(parityText([figures])).toContain("coremltools loads and checks 3 of 4 files.");
});
