import { FORMS } from "../../net/estimator/option-form.ts";
import { illegalOption } from "../../net/check-option.ts";
import { inverses, rowConstant, subtractPrecisely } from "../number-graph.ts";
import { numberTransform } from "../number-transform.ts";
import { extentOf, rangeScale } from "../statistics/extent.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { checkScale } from "./check-scale.ts";
import { needExtent } from "./need-extent.ts";

/** What {@link minMaxScaler} takes. */
export interface MinMaxScalerOptions {
  /** Where the least and the largest number of the training rows go. Default [0, 1]. */
  readonly featureRange?: readonly [number, number];
  /** Whether later numbers beyond those go to the ends, too. Default false. */
  readonly clip?: boolean;
}

const KIND = "minMaxScaler";

/** Two numbers, the first below the second. */
export const RANGE_FORM = {
  expected: "two finite numbers, the first below the second",
  fits: (value: unknown) =>
    Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
};

/** The definition behind {@link minMaxScaler}. */
export const MIN_MAX_SCALER = numberTransform<MinMaxScalerOptions, { min: number; scale: number }>({
  kind: KIND,
  forms: { featureRange: RANGE_FORM, clip: FORMS.truth },
  defaults: { featureRange: [0, 1], clip: false },
  check: ({ featureRange }) => {
    const [low, high] = featureRange!;
    if (!Number.isFinite(high - low))
      throw illegalOption(KIND, "featureRange", "a finite range", `${low}..${high}`);
  },
  fitLane(_, name) {
    const extent = extentOf();
    return {
      add: extent.add,
      finish() {
        needExtent(KIND, name, extent);
        return { min: extent.min, scale: rangeScale(extent.max - extent.min) };
      },
    };
  },
  lengths: () => ({ min: 1, scale: 1 }),
  checkLanes: ({ scale }) => checkScale(KIND, scale!),
  applyLane({ min, scale }, at, { featureRange, clip }, from, to, rows) {
    const [low, high] = featureRange!;
    const [shift, factor] = [min![at]!, (high - low) / scale![at]!];
    const [source, target] = [from.values, to.values];
    for (let row = 0, read = from.start, write = to.start; row < rows; row++) {
      let value = (source[read]! - shift) * factor + low;
      if (clip === true) value = value < low ? low : value > high ? high : value;
      target[write] = value;
      read += from.stride;
      write += to.stride;
    }
  },
  lower({ min, scale }, { featureRange, clip }, g, x) {
    const [low, high] = featureRange!;
    const factor = inverses(scale!).map((inverse) => inverse * (high - low));
    const scaled = g.op("Mul", [subtractPrecisely(g, x, min!, scale!), rowConstant(g, factor)]);
    const moved = low === 0 ? scaled : g.op("Add", [scaled, g.constant(Float32Array.of(low))]);
    if (clip !== true) return moved;
    // Clip of some runtimes makes a bound of NaN.
    const held = g.op("Clip", [moved, g.scalar(low), g.scalar(high)]);
    return g.op("Where", [g.op("IsNaN", [x]), x, held]);
  },
});

/**
 * Brings each column into a range: the least number of the training rows to its lower end, the largest to its upper one, as
 * scikit-learn's MinMaxScaler. A constant column becomes the lower end. Missing numbers stay missing.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, DATA_MALFORMED for an infinity.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(minMaxScaler({ columns: ["age"], clip: true }), rows);
 */
export function minMaxScaler(options: MinMaxScalerOptions & Selection = {}): Transform {
  return transformOf(MIN_MAX_SCALER, options);
}
