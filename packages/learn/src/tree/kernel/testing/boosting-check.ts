import assert from "node:assert/strict";

import { seededRandom } from "../../../random.ts";
import { binaryLogLoss } from "../../boost/objective/binary-log-loss.ts";
import { multiclassLogLoss } from "../../boost/objective/multiclass-log-loss.ts";
import type { Objective } from "../../boost/objective/objective.ts";
import { squaredError } from "../../boost/objective/squared-error.ts";
import type { KernelObjective, OpenTreeKernels, TreeKernels } from "../tree-kernels.ts";
import { binnedCase } from "./binned-case.ts";
import type { KernelCheck } from "./kernel-suite.ts";

const OBJECTIVES = {
  binaryLogLoss: { objective: binaryLogLoss(), classes: 2, outputs: 1 },
  multiclassLogLoss: { objective: multiclassLogLoss(), classes: 5, outputs: 5 },
  squaredError: { objective: squaredError(), classes: 0, outputs: 1 },
} satisfies Record<KernelObjective, { objective: Objective; classes: number; outputs: number }>;

/** Scores at which exponentials end. */
const ENDS = [0, -0, 708, -708, 708.1, -708.1, 709.78, -709.78, 709.79, -709.79, 1e9, -1e9, 5e-324, -1e-300];

/** Rows and whether they have weights: more than several threads' shares, an odd number, and one row. */
const SIZES = [
  [13001, false],
  [4097, true],
  [1, true],
] as const;

/** Checks of kernels that hold the rows of boosting: derivatives and own scores equal those in TypeScript to the bit. */
export function boostingChecks(open: OpenTreeKernels, threads: number): readonly KernelCheck[] {
  return (Object.keys(OBJECTIVES) as KernelObjective[]).flatMap((name) =>
    SIZES.map(([rows, weighted]) => ({
      name: `derives the objective ${name} over ${rows} rows${weighted ? " with weights" : ""}, and adds to scores`,
      async run() {
        const boosting = { objective: name, outputs: OBJECTIVES[name].outputs, weighted };
        const { table } = binnedCase(rows, ["few values", "many values"], 3);
        const kernels = await open(table, { slots: 2, leaves: 3, threads, boosting });
        try {
          if (kernels.boosting !== undefined) boostingRound(name, kernels, rows);
        } finally {
          kernels.release();
        }
      },
    })),
  );
}

function boostingRound(name: KernelObjective, kernels: TreeKernels, rows: number): void {
  const { objective, classes, outputs } = OBJECTIVES[name];
  const { scores, label, weight, ...boosting } = kernels.boosting!;
  const random = seededRandom(rows);
  scores.forEach((_, i) => (scores[i] = ENDS[i] ?? random.normal() * 10 ** (random.integer(7) - 4)));
  label.forEach((_, row) => (label[row] = classes > 0 ? random.integer(classes) : random.normal()));
  weight?.forEach((_, row) => (weight[row] = random.uniform() * 3));
  const oracle = objective.open({ rows, y: new Float64Array(label), weight, classes, groups: undefined });
  oracle.begin(scores);
  boosting.begin();
  const gradient = new Float32Array(rows);
  const hessian = new Float32Array(rows);
  for (let output = 0; output < outputs; output++) {
    oracle.derivatives(scores, output, gradient, hessian);
    boosting.derivatives(output);
    assert.deepEqual(kernels.gradient, gradient);
    assert.deepEqual(kernels.hessian, hessian);
  }
  kernels.gradient.fill(1);
  kernels.hessian.fill(1);
  kernels.start({ bag: Int32Array.from({ length: Math.ceil(rows * 0.7) }, (_, at) => at), seed: 1 });
  kernels.partition(0, 1, { feature: 1, left: new Uint8Array(256).fill(1, 0, 127) });
  const values = Float64Array.of(0.5, -0.25, 9);
  const elsewhere = scores.slice();
  kernels.addTo(scores, values, outputs - 1, outputs);
  kernels.addTo(elsewhere, values, outputs - 1, outputs);
  assert.deepEqual(scores, elsewhere);
  // Histograms may wait until they are asked for; nothing that is told meanwhile may change them.
  kernels.histogram(0, 0);
  kernels.histogram(0, 1);
  const sums = kernels.bins(1, 0);
  for (const meanwhile of [
    () => kernels.addTo(scores, values, 0, outputs),
    () => kernels.exactSums(0),
    () => boosting.begin(),
    () => boosting.derivatives(0),
  ]) {
    kernels.histogram(0, 0);
    meanwhile();
    assert.deepEqual(kernels.bins(0, 0), sums);
    kernels.histogram(1, 0);
  }
}
