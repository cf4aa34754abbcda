import { expect, test } from "vitest";
import { binnedCase } from "./testing/binned-case.ts";
import { openWasmKernels } from "./wasm-kernels.ts";

test.each([true, false])("kernels hold weights only where there are any: %s", async (weighted) => {
  const { table } = binnedCase(9, ["few values"], 1);
  const kernels = await openWasmKernels(table, {
    slots: 2,
    leaves: 2,
    boosting: { objective: "multiclassLogLoss", outputs: 3, weighted },
  });
  const { scores, label, weight } = kernels.boosting!;
  expect([scores.length, label.length, weight?.length]).toEqual([27, 9, weighted ? 9 : undefined]);
  kernels.release();
});

test("leaves' values are added to the kernels' own scores as to the caller's", async () => {
  const rows = 300;
  const { table } = binnedCase(rows, ["few values", "few values"], 3);
  const kernels = await openWasmKernels(table, {
    slots: 2,
    leaves: 3,
    boosting: { objective: "multiclassLogLoss", outputs: 2, weighted: false },
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
