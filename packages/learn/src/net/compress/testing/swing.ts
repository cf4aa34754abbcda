import type { OnnxModel } from "@tideline/graph";
import { onnxruntimeNode } from "../../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { relu } from "../../layer/activation.ts";
import { batchNorm } from "../../layer/batch-norm.ts";
import { conv1d } from "../../layer/conv1d.ts";
import { dense } from "../../layer/dense.ts";
import { flatten } from "../../layer/flatten.ts";
import { residual } from "../../layer/residual.ts";
import { sequential } from "../../layer/sequential.ts";
import { crossEntropy } from "../../loss/cross-entropy.ts";
import { adam } from "../../optimiser/adam.ts";
import { netOf, normals } from "../../testing/run-net.ts";
import { runOnnxruntime } from "../../testing/run-onnxruntime.ts";
import type { FittedNet } from "../../train/fitted-net.ts";
import type { NetData } from "../../train/net-data.ts";
import { trainNet } from "../../train/train-net.ts";

/** Two channels of eight samples; the class is which of them swings twice as far. */
export function swingRows(rows: number, seed: number): NetData {
  const values = normals(rows * 16, seed);
  const target = Int32Array.from({ length: rows }, (_, row) => row % 2);
  for (const [row, label] of target.entries())
    for (let at = 0; at < 8; at++) values[row * 16 + 8 * label + at]! *= 2;
  return { rows, inputs: { x: { dims: [2, 8], values } }, target: { dims: [], values: target } };
}

/** How it is trained. */
export const swingTraining = {
  runtime: onnxruntimeNode,
  loss: crossEntropy(),
  optimiser: adam({ rate: 0.01 }),
  batch: 32,
  seed: 1,
  stepsPerRun: 1,
};
/** Convolutions with a normalisation and a residual, then dense layers. */
export const SWING_NET = netOf(
  [2, 8],
  sequential(
    conv1d({ channels: 12, size: 3, padding: "same", bias: false }),
    batchNorm(),
    relu(),
    residual(sequential(conv1d({ channels: 12, size: 3, padding: "same", activation: "relu" }))),
    flatten(),
    dense({ units: 16, activation: "relu" }),
    dense({ units: 2 }),
  ),
);

/** The net, trained for a second. */
export const fittedSwing = (): Promise<FittedNet> =>
  trainNet(SWING_NET, swingRows(320, 1), { ...swingTraining, epochs: 8 });

/** The share of rows of which a graph's larger probability is right, in onnxruntime. */
export async function accuracyOf(
  model: OnnxModel,
  { rows: count, inputs, target }: NetData,
): Promise<number> {
  const { x } = inputs;
  const feeds = { x: { dims: [count, ...x!.dims], values: x!.values as Float32Array } };
  const { values } = (await runOnnxruntime(model, feeds))["probabilities"]!;
  let right = 0;
  for (let row = 0; row < count; row++)
    if ((values[2 * row]! > values[2 * row + 1]! ? 0 : 1) === Number(target.values[row])) right += 1;
  return right / count;
}

/** The first rows as a graph's inputs. */
export const feedOf = ({ inputs }: NetData, count: number) => ({
  x: { dims: [count, 2, 8], values: (inputs["x"]!.values as Float32Array).slice(0, count * 16) },
});
