import { FORMS } from "../../net/estimator/option-form.ts";
import { inverses, rowConstant, subtractPrecisely } from "../number-graph.ts";
import { numberTransform } from "../number-transform.ts";
import { deviationScale } from "../statistics/constant.ts";
import { momentsOf } from "../statistics/moments.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { scaleLane } from "./affine-lane.ts";
import { checkScale } from "./check-scale.ts";
import { noNumbers } from "./not-enough.ts";

/** What {@link standardScaler} takes. */
export interface StandardScalerOptions {
  /** Subtract the mean. Default true. */
  readonly withMean?: boolean;
  /** Divide by the standard deviation. Default true. */
  readonly withStd?: boolean;
}

const KIND = "standardScaler";

/** The definition behind {@link standardScaler}. */
export const STANDARD_SCALER = numberTransform<StandardScalerOptions, { mean: number; scale: number }>({
  kind: KIND,
  forms: { withMean: FORMS.truth, withStd: FORMS.truth },
  defaults: { withMean: true, withStd: true },
  fitLane({ withMean, withStd }, name) {
    const moments = momentsOf(KIND, name);
    return {
      add: moments.add,
      finish() {
        const { count, mean, variance } = moments;
        if (count === 0) throw noNumbers(KIND, name);
        return {
          mean: withMean === true ? mean : 0,
          scale: withStd === true ? deviationScale(variance, mean, count) : 1,
        };
      },
    };
  },
  lengths: () => ({ mean: 1, scale: 1 }),
  checkLanes: ({ scale }) => checkScale(KIND, scale!),
  applyLane: ({ mean, scale }, at, _, from, to, rows) => scaleLane(from, to, rows, mean![at]!, scale![at]!),
  lower: ({ mean, scale }, _, g, x) =>
    g.op("Mul", [subtractPrecisely(g, x, mean!, scale!), rowConstant(g, inverses(scale!))]),
});

/**
 * Centres and scales each column: `(x - mean) / deviation`, the deviation that of the population, as scikit-learn's
 * StandardScaler. A column that is constant up to rounding is only centred. Missing numbers do not count and stay missing.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, DATA_MALFORMED for an infinity.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * const fitted = fitTransform(standardScaler({ columns: ["age"] }), rows);
 * fitted.transform(rows);
 */
export function standardScaler(options: StandardScalerOptions & Selection = {}): Transform {
  return transformOf(STANDARD_SCALER, options);
}
