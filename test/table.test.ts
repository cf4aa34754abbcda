import { float32Values, writeTable } from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import { expect, test } from "vitest";
import { adversarialWindows } from "../packages/pipeline/src/release/adversarial.ts";
import { PARITY_TOLERANCE } from "../packages/pipeline/src/release/parity.ts";
import {
  answerOf,
  columnScales,
  compareRows,
} from "../packages/pipeline/src/release/matrix/compare-answer.ts";
import { onnxruntimeNode } from "../packages/pipeline/src/runtime/index.ts";
import { activityModel } from "./table/activity-model.ts";
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

test("the activity model's table is small and keeps the parity that a release wants", async () => {
  const { bytes, model, labels, size, channels, rows } = activityModel();
  const result = writeTable(model.graph, { labels });
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  const table = loadTable(result.bytes);
  expect(table.labels).toEqual(labels);
  const graph = await onnxruntimeNode.load(bytes);
  const width = size * channels;
  const compare = async (windows: Float32Array, scale?: Float64Array) => {
    const count = windows.length / width;
    const given = { window: { dims: [count, size, channels], values: windows } };
    const wanted = await graph.run(given, ["probabilities", "features"]);
    const reference = {
      probabilities: Float64Array.from(float32Values(wanted, "probabilities")),
      features: Float64Array.from(float32Values(wanted, "features")),
    };
    const own = {
      probabilities: new Float64Array(reference.probabilities.length),
      features: new Float64Array(reference.features.length),
    };
    for (let row = 0; row < count; row++) {
      own.probabilities.set(
        table.run(windows.subarray(row * width, (row + 1) * width)),
        (row * own.probabilities.length) / count,
      );
      own.features.set(table.read(1), (row * own.features.length) / count);
    }
    const features = scale ?? columnScales(reference.features, reference.features.length / count);
    const answer = answerOf("probabilities", "float32", reference.probabilities, count);
    const each = compareRows(answer, { features }, reference, own, count);
    const found = {
      probability: Math.max(...each.map((row) => row.answer)),
      feature: Math.max(...each.map((row) => row.feature)),
      agreement: each.filter(({ agreed }) => agreed).length / count,
    };
    return { scale: features, found };
  };
  const held = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) held.set(row, at * width);
  const { scale, found } = await compare(held);
  const odd = (await compare(adversarialWindows(size, channels), scale)).found;
  await graph.release();
  console.log(
    `activity: table ${result.bytes.length} bytes, onnx ${bytes.length}; ${JSON.stringify({ found, odd })}`,
  );
  expect(found.agreement).toBe(1);
  expect(found.probability).toBeLessThanOrEqual(PARITY_TOLERANCE.probability);
  expect(found.feature).toBeLessThanOrEqual(PARITY_TOLERANCE.feature);
  expect(odd.probability).toBeLessThanOrEqual(PARITY_TOLERANCE.probability);
  expect(odd.feature).toBeLessThanOrEqual(PARITY_TOLERANCE.adversarialFeature);
  expect(result.bytes.length).toBeLessThan(12_000);
});
