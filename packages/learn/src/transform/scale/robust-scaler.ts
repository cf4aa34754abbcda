import { FORMS } from "../../net/estimator/option-form.ts";
import { inverses, rowConstant, subtractPrecisely } from "../number-graph.ts";
import { numberTransform } from "../number-transform.ts";
import { rangeScale } from "../statistics/extent.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import { numberSample } from "../statistics/number-sample.ts";
import { quantilesOf } from "../statistics/select-nth.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { scaleLane } from "./affine-lane.ts";
import { checkScale } from "./check-scale.ts";
import { noNumbers } from "./not-enough.ts";

/** What {@link robustScaler} takes. */
export interface RobustScalerOptions {
  /** Subtract the median. Default true. */
  readonly withCentering?: boolean;
  /** Divide by the range between the quantiles. Default true. */
  readonly withScaling?: boolean;
  /** The quantiles, in percent. Default [25, 75]. */
  readonly quantileRange?: readonly [number, number];
  /** Whether the range is divided by that of a normal distribution, whose numbers then have variance 1. Default false. */
  readonly unitVariance?: boolean;
}

const KIND = "robustScaler";

/** Two percentages, the first below the second. */
export const PERCENT_RANGE_FORM = {
  expected: "two percentages from 0 to 100, the first below the second",
  fits: (value: unknown) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((percent) => typeof percent === "number" && percent >= 0 && percent <= 100) &&
    value[0] < value[1],
};

/** The definition behind {@link robustScaler}. */
export const ROBUST_SCALER = numberTransform<RobustScalerOptions, { center: number; scale: number }>({
  kind: KIND,
  forms: {
    withCentering: FORMS.truth,
    withScaling: FORMS.truth,
    quantileRange: PERCENT_RANGE_FORM,
    unitVariance: FORMS.truth,
  },
  defaults: { withCentering: true, withScaling: true, quantileRange: [25, 75], unitVariance: false },
  fitLane({ withCentering, withScaling, quantileRange, unitVariance }, name) {
    const sample = numberSample();
    const [low, high] = quantileRange!;
    return {
      add: sample.add,
      finish() {
        if (sample.count === 0) throw noNumbers(KIND, name);
        const shares = [low / 100, 0.5, high / 100];
        const ascending = shares.toSorted((a, b) => a - b);
        const found = quantilesOf(sample.take(), ascending);
        const [q1, median, q2] = shares.map((share) => found[ascending.indexOf(share)]!);
        const normal = unitVariance === true ? normalQuantile(high / 100) - normalQuantile(low / 100) : 1;
        return {
          center: withCentering === true ? median! : 0,
          scale: withScaling === true ? rangeScale(q2! - q1!) / normal : 1,
        };
      },
    };
  },
  lengths: () => ({ center: 1, scale: 1 }),
  checkLanes: ({ scale }) => checkScale(KIND, scale!),
  applyLane: ({ center, scale }, at, _, from, to, rows) =>
    scaleLane(from, to, rows, center![at]!, scale![at]!),
  lower: ({ center, scale }, _, g, x) =>
    g.op("Mul", [subtractPrecisely(g, x, center!, scale!), rowConstant(g, inverses(scale!))]),
});

/**
 * Centres each column at its median and divides it by the range between two quantiles, so that a few wild numbers decide
 * nothing, as scikit-learn's RobustScaler. Exact to 4,194,304 numbers a column; of more, a uniform sample of that many.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(robustScaler({ quantileRange: [10, 90] }), rows);
 */
export function robustScaler(options: RobustScalerOptions & Selection = {}): Transform {
  return transformOf(ROBUST_SCALER, options);
}
