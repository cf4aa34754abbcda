import { inverses, rowConstant } from "../number-graph.ts";
import { numberTransform } from "../number-transform.ts";
import { extentOf, rangeScale } from "../statistics/extent.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { scaleLane } from "./affine-lane.ts";
import { checkScale } from "./check-scale.ts";
import { needExtent } from "./need-extent.ts";

const KIND = "maxAbsScaler";

/** The definition behind {@link maxAbsScaler}. */
export const MAX_ABS_SCALER = numberTransform<object, { scale: number }>({
  kind: KIND,
  forms: {},
  defaults: {},
  fitLane(_, name) {
    const extent = extentOf();
    return {
      add: extent.add,
      finish() {
        needExtent(KIND, name, extent);
        return { scale: rangeScale(Math.max(Math.abs(extent.min), Math.abs(extent.max))) };
      },
    };
  },
  lengths: () => ({ scale: 1 }),
  checkLanes: ({ scale }) => checkScale(KIND, scale!),
  applyLane: ({ scale }, at, _, from, to, rows) => scaleLane(from, to, rows, 0, scale![at]!),
  lower: ({ scale }, _, g, x) => g.op("Mul", [x, rowConstant(g, inverses(scale!))]),
});

/**
 * Divides each column by its largest magnitude, so that zeros stay zeros, as scikit-learn's MaxAbsScaler.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, DATA_MALFORMED for an infinity.
 *
 * @example
 * fitTransform(maxAbsScaler(), rows);
 */
export function maxAbsScaler(options: Selection = {}): Transform {
  return transformOf(MAX_ABS_SCALER, options);
}
