import { FORMS } from "../../net/estimator/option-form.ts";
import { inverses, rowConstant, subtractPrecisely } from "../number-graph.ts";
import { numberTransform } from "../number-transform.ts";
import { preciseScale } from "../statistics/constant.ts";
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
export const STANDARD_SCALER = numberTransform<
  StandardScalerOptions,
  { mean: number; rest: number; scale: number }
>({
  kind: KIND,
  forms: { withMean: FORMS.truth, withStd: FORMS.truth },
  defaults: { withMean: true, withStd: true },
  fitLane({ withMean, withStd }, name) {
    const moments = momentsOf(KIND, name);
    return {
      add: moments.add,
      finish() {
        const { count, mean, meanRest, variance } = moments;
        if (count === 0) throw noNumbers(KIND, name);
        const scale = preciseScale(variance, mean);
        // Elsewhere the rest is noise of its own.
        const rest = Math.abs(meanRest) > 1e-12 * scale ? meanRest : 0;
        return {
          mean: withMean === true ? mean : 0,
          rest: withMean === true ? rest : 0,
          scale: withStd === true ? scale : 1,
        };
      },
    };
  },
  lengths: () => ({ mean: 1, rest: 1, scale: 1 }),
  checkLanes: ({ scale }) => checkScale(KIND, scale!),
  applyLane: ({ mean, rest, scale }, at, _, from, to, rows) =>
    scaleLane(from, to, rows, mean![at]!, scale![at]!, rest![at]!),
  lower: ({ mean, rest, scale }, _, g, x) =>
    g.op("Mul", [subtractPrecisely(g, x, mean!, scale!, rest), rowConstant(g, inverses(scale!))]),
});

/**
 * Centres and scales each column: `(x - mean) / deviation`, the deviation that of the population, as scikit-learn's
 * StandardScaler; numbers far from 0 keep their digits. A column that is constant up to rounding is only centred. Missing numbers do not count and stay missing.
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
