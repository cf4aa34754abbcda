import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random.ts";
import { binaryLogLoss } from "../boost/objective/binary-log-loss.ts";
import { multiclassLogLoss } from "../boost/objective/multiclass-log-loss.ts";
import type { Objective } from "../boost/objective/objective.ts";
import { squaredError } from "../boost/objective/squared-error.ts";
import { binnedCase } from "./testing/binned-case.ts";
import type { KernelObjective } from "./tree-kernels.ts";
import { openWasmKernels } from "./wasm-kernels.ts";

const OBJECTIVES = {
  binaryLogLoss: { objective: binaryLogLoss(), classes: 2, outputs: 1 },
  multiclassLogLoss: { objective: multiclassLogLoss(), classes: 5, outputs: 5 },
  squaredError: { objective: squaredError(), classes: 0, outputs: 1 },
} satisfies Record<KernelObjective, { objective: Objective; classes: number; outputs: number }>;

/** Scores of all sizes, with those at which exponentials end. */
const ENDS = [0, -0, 708, -708, 708.1, -708.1, 709.78, -709.78, 709.79, -709.79, 1e9, -1e9, 5e-324, -1e-300];

describe.each(Object.entries(OBJECTIVES))("derivatives of %s", (name, { objective, classes, outputs }) => {
  test.each([
    [4097, false],
    [500, true],
    [1, true],
  ])("equal the objective's to the bit over %i rows, weighted: %s", async (rows, weighted) => {
    const random = seededRandom(rows);
    const { table } = binnedCase(rows, ["few values"], 1);
    const kernels = await openWasmKernels(table, { slots: 2, leaves: 2, boosting: { outputs, weighted } });
    const boosting = kernels.boosting!;
    expect(boosting.weight === undefined).toBe(!weighted);
    for (let i = 0; i < boosting.scores.length; i++) {
      boosting.scores[i] = ENDS[i] ?? random.normal() * 10 ** (random.integer(7) - 4);
    }
    for (let row = 0; row < rows; row++) {
      boosting.label[row] = classes > 0 ? random.integer(classes) : random.normal();
      if (weighted) boosting.weight![row] = random.uniform() * 3;
    }
    const target = { rows, y: boosting.label, weight: boosting.weight, classes, groups: undefined };
    const oracle = objective.open(target);
    oracle.begin(boosting.scores);
    boosting.begin(name as KernelObjective);
    const gradient = new Float32Array(rows);
    const hessian = new Float32Array(rows);
    for (let output = 0; output < outputs; output++) {
      oracle.derivatives(boosting.scores, output, gradient, hessian);
      boosting.derivatives(name as KernelObjective, output);
      expect(kernels.gradient).toEqual(gradient);
      expect(kernels.hessian).toEqual(hessian);
    }
    kernels.release();
  });
});

test("leaves' values are added to the kernels' own scores as to the caller's", async () => {
  const rows = 300;
  const { table } = binnedCase(rows, ["few values", "few values"], 3);
  const kernels = await openWasmKernels(table, {
    slots: 2,
    leaves: 3,
    boosting: { outputs: 2, weighted: false },
  });
  kernels.gradient.fill(1);
  kernels.hessian.fill(1);
  kernels.start({ bag: Int32Array.from({ length: 200 }, (_, at) => at), seed: 1 });
  kernels.partition(0, 1, { feature: 0, left: Uint8Array.of(1, 0, 1) });
  kernels.partition(1, 2, { feature: 1, left: Uint8Array.of(0, 1) });
  const scores = new Float64Array(2 * rows).fill(0.1);
  const own = kernels.boosting!.scores;
  own.set(scores);
  const values = Float64Array.of(0.5, -0.25, 3);
  kernels.addTo(scores, values, 1, 2);
  kernels.addTo(own, values, 1, 2);
  expect(scores.filter((score) => score !== 0.1).length).toBe(200);
  expect([...own]).toEqual([...scores]);
  kernels.release();
});
