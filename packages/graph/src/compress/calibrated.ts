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

/** Values up to which each is tried with every method: that takes four runs of the rows for each. */
const MOST_VALUES = 64;

/** Ranges of everything that layers of whole numbers might round, and the method that found them. */
export interface Calibrated {
  readonly ranges: ReadonlyMap<string, Range>;
  readonly method: CalibrationMethod;
}

/**
 * The ranges of a prepared model's values for any choice of integer layers. Without a method, each is tried with the layers in
 * the numbers that they are to get (in whole ones all, where that is not known), and the one whose outputs move least on the
 * calibration rows is taken; then each value by itself tries the others.
 */
export async function calibrated(
  model: OnnxModel,
  calibration: Calibration,
  assignment: Pick<Assignment, "activations" | "rounded"> & Partial<Pick<Assignment, "precisions">>,
): Promise<Calibrated> {
  const view = viewOf(model);
  const layers = layersOf(view).filter((layer) => canBeWhole(view, layer));
  const whole = new Map(layers.map(({ name }) => [name, "int8" as const]));
  const { precisions = whole } = assignment;
  // What alone stands between float layers is rounded as it comes in.
  const names = new Set([
    ...valuesToObserve(model, whole),
    ...valuesToObserve(model, precisions),
    ...layers.map(({ node }) => node.inputs[0]!),
  ]);
  const { method } = calibration;
  if (method !== undefined) return { ranges: await rangesOf(model, [...names], calibration), method };
  if (layers.length === 0) return { ranges: new Map(), method: "range" };
  const { runtime, rows } = calibration;
  const reference = await resultsOf(runtime, model, rows);
  const movedBy = async (ranges: ReadonlyMap<string, Range>): Promise<number> => {
    const tried = assigned(model, { ...assignment, precisions, ranges }).model;
    return outputError(reference, await resultsOf(runtime, tried, rows));
  };
  const tried: Calibrated[] = [];
  let [best, least] = [0, Infinity];
  for (const [at, one] of CALIBRATION_METHODS.entries()) {
    const ranges = await rangesOf(model, [...names], { ...calibration, method: one });
    tried.push({ ranges, method: one });
    const moved = await movedBy(ranges);
    if (moved < least) [best, least] = [at, moved];
  }
  // Then each value by itself, while a few say more than one method for all.
  const ranges = new Map(tried[best]!.ranges);
  for (const name of names.size <= MOST_VALUES ? names : [])
    for (const other of tried) {
      const before = ranges.get(name)!;
      const range = other.ranges.get(name)!;
      if (range.low === before.low && range.high === before.high) continue;
      const moved = await movedBy(ranges.set(name, range));
      if (moved < least) least = moved;
      else ranges.set(name, before);
    }
  return { ranges, method: tried[best]!.method };
}
