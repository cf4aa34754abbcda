import { expect, test } from "vitest";
import { compareModel, sumUp } from "./table/compare-model.ts";
import { MODEL_KINDS } from "./table/random-model.ts";

const COUNT = 20;

/** Trees are exact, but for the exponential behind them; sums of other models are taken in another order. */
const BOUND = { probability: 1e-5, feature: 1e-5 };

test.each(MODEL_KINDS)(`${COUNT} random models as tables decide as ONNX Runtime does: %s`, async (kind) => {
  const comparisons = [];
  for (let seed = 0; seed < COUNT; seed++) comparisons.push(await compareModel(kind, seed));
  const all = sumUp(comparisons);
  console.log(`${kind}: ${JSON.stringify(all)}`);
  expect(all.wrong).toBe(0);
  if (["tree", "forest", "boosted"].includes(kind)) expect(all.tied).toBe(0);
  expect(all.difference).toBeLessThanOrEqual(BOUND.probability);
  expect(all.featureDifference).toBeLessThanOrEqual(BOUND.feature);
});
