import { viewOf } from "../optimise/graph-view.ts";
import { edited } from "../optimise/pass.ts";
import type { OnnxModel, OnnxTensor } from "../onnx.ts";
import { watching, type Calibration } from "./calibrate/observe.ts";
import { resultsOf, runtimeRows, withLoaded } from "./calibrate/run-row.ts";
import { layersOf, type Layer } from "./layer.ts";
import { outputError } from "./score.ts";

/** The mean of each channel of a layer's results on some rows. */
async function channelMeans(
  model: OnnxModel,
  { node, linear }: Layer,
  { runtime, rows }: Calibration,
): Promise<Float64Array> {
  const [name] = node.outputs as readonly [string];
  const means = new Float64Array(linear!.outputs);
  let count = 0;
  await withLoaded(runtime, watching(model, [name]), async (loaded) => {
    for (const row of rows) {
      const { [name]: result } = await loaded.run(runtimeRows(model, row), [name]);
      const values = result!.values as Float32Array;
      const inner = linear!.axis === 1 ? result!.dims.slice(2).reduce((size, length) => size * length, 1) : 1;
      for (let at = 0; at < values.length; at++) means[Math.floor(at / inner) % means.length]! += values[at]!;
      count += values.length / means.length;
    }
  });
  return means.map((sum) => (count === 0 ? 0 : sum / count));
}

/** The model with a layer's bias moved. */
function moved(model: OnnxModel, name: string, by: Float64Array): OnnxModel {
  const view = viewOf(model);
  const layer = layersOf(view).find((one) => one.name === name)!;
  const before = layer.linear!.bias?.values as Float32Array | undefined;
  const bias: OnnxTensor = {
    name: view.fresh(`${layer.weights.name}_corrected`),
    elementType: "float32",
    dims: [by.length],
    values: Float32Array.from(by, (value, at) => value + (before?.[at] ?? 0)),
  };
  const [x, weights] = layer.node.inputs as readonly [string, string];
  const nodes = new Map([[layer.node, [{ ...layer.node, inputs: [x, weights, bias.name] }]]]);
  return edited(model, { nodes, constants: [bias] }, 1).model;
}

/**
 * The model with biases that make up for what rounding adds to or takes from the mean of each channel, layer by layer in the
 * order of the graph; where that moves the outputs on the rows less than leaving it. Products without a place for a bias stay.
 *
 * @param rounded what a model becomes in whole numbers.
 *
 * Source: M. Nagel et al., "Data-free quantization through weight equalization and bias correction", ICCV 2019, section 4.2.
 */
export async function correctedBiases(
  model: OnnxModel,
  layers: readonly Layer[],
  calibration: Calibration,
  rounded: (model: OnnxModel) => OnnxModel,
): Promise<OnnxModel> {
  const { runtime, rows } = calibration;
  const reference = await resultsOf(runtime, model, rows);
  const errorOf = async (one: OnnxModel): Promise<number> =>
    outputError(reference, await resultsOf(runtime, rounded(one), rows));
  let now = model;
  let least = await errorOf(now);
  for (const layer of layers) {
    if (layer.op === "MatMul") continue;
    const wanted = await channelMeans(model, layer, calibration);
    const given = await channelMeans(rounded(now), layer, calibration);
    const by = wanted.map((mean, at) => mean - given[at]!);
    if (!by.every(Number.isFinite)) continue;
    const next = moved(now, layer.name, by);
    const error = await errorOf(next);
    if (error < least) [now, least] = [next, error];
  }
  return now;
}
