import { test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import type { TrainingRows } from "../../classifier.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import { estimatorChecks } from "../testing/estimator-check.ts";
import { conv1d } from "./conv1d.ts";
import { mlp } from "./mlp.ts";
import type { NetEstimator } from "./net-classifier.ts";

/** Rows of noise whose class shifts some columns, far from mean 0. */
function rowsOf(count: number, width: number): TrainingRows {
  const random = seededRandom(3);
  const y = Int32Array.from({ length: count }, (_, row) => row % 3);
  const values = Float32Array.from(
    { length: count * width },
    (_, at) => 100 + random.normal() + (at % 3 === y[Math.floor(at / width)] ? 3 : 0),
  );
  return { X: matrix(count, width, values), y, classes: ["sit", "stand", "walk"] };
}

const CASES: Readonly<
  Record<string, { readonly shape: readonly number[]; readonly make: (seed: number) => NetEstimator }>
> = {
  mlp: { shape: [6], make: (seed) => mlp({ hidden: [8], epochs: 3, batch: 16, seed }) },
  conv1d: {
    shape: [12, 3],
    make: (seed) => conv1d({ shape: [12, 3], channels: [4, 4], units: 4, epochs: 2, batch: 16, seed }),
  },
};

for (const [name, { shape, make }] of Object.entries(CASES)) {
  const width = shape.reduce((product, dim) => product * dim, 1);
  const rows = rowsOf(40, width);
  const given: Matrix = rowsOf(7, width).X;
  const checks = estimatorChecks(onnxruntimeNode, {
    name,
    estimator: make,
    rows,
    given,
    feeds: (X) => ({ x: { dims: [X.rows, ...shape], values: Float32Array.from(X.values) } }),
    bad: [
      {
        rows: { ...rows, X: matrix(40, width, Float32Array.from(rows.X.values).with(width * 2 + 1, NaN)) },
        says: /X, row 2, column 1: expected a finite number, received NaN/,
      },
      { rows: { ...rows, y: rows.y.slice(1) as Int32Array }, says: /y: expected 40 labels/ },
      {
        rows: { ...rows, classes: ["sit", "stand"] },
        says: /y\[2\]: expected an integer in 0\.\.1, received 2/,
      },
      {
        rows: { ...rows, sampleWeight: new Float64Array(40) },
        says: /sampleWeight: expected a positive sum/,
      },
    ],
  });
  for (const check of checks) test(check.name, check.run);
}
