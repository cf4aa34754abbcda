import { viewOf } from "../optimise/graph-view.ts";
import type { OnnxModel } from "../onnx.ts";
import { assigned, canBeWhole, valuesToObserve, type Assignment } from "./assign.ts";
import {
  CALIBRATION_METHODS,
  rangesOf,
  type Calibration,
  type CalibrationMethod,
} from "./calibrate/observe.ts";
import type { Range } from "./calibrate/range.ts";
import { resultsOf } from "./calibrate/run-row.ts";
import { layersOf } from "./layer.ts";
import { outputError } from "./score.ts";

/** Ranges of everything that layers of whole numbers might round, and the method that found them. */
export interface Calibrated {
  readonly ranges: ReadonlyMap<string, Range>;
  readonly method: CalibrationMethod;
}

/**
 * The ranges of a prepared model's values for any choice of integer layers. Without a method, each is tried with all layers in
 * whole numbers, and the one whose outputs move least on the calibration rows is taken.
 */
export async function calibrated(
  model: OnnxModel,
  calibration: Calibration,
  assignment: Pick<Assignment, "activations" | "rounded">,
): Promise<Calibrated> {
  const view = viewOf(model);
  const layers = layersOf(view).filter((layer) => canBeWhole(view, layer));
  const precisions = new Map(layers.map(({ name }) => [name, "int8" as const]));
  // What alone stands between float layers is rounded as it comes in.
  const names = new Set([
    ...valuesToObserve(model, precisions),
    ...layers.map(({ node }) => node.inputs[0]!),
  ]);
  const { method } = calibration;
  if (method !== undefined) return { ranges: await rangesOf(model, [...names], calibration), method };
  const { runtime, rows } = calibration;
  const reference = layers.length === 0 ? [] : await resultsOf(runtime, model, rows);
  let best: Calibrated | undefined;
  let least = Infinity;
  for (const tried of CALIBRATION_METHODS) {
    const ranges = await rangesOf(model, [...names], { ...calibration, method: tried });
    if (layers.length === 0) return { ranges, method: tried };
    const whole = assigned(model, { ...assignment, precisions, ranges }).model;
    const moved = outputError(reference, await resultsOf(runtime, whole, rows));
    if (best === undefined || moved < least) [best, least] = [{ ranges, method: tried }, moved];
  }
  return best!;
}
