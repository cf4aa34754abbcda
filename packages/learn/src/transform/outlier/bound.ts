import { namedForm, FORMS } from "../../net/estimator/option-form.ts";
import type { Lane } from "../lane.ts";
import { momentsOf } from "../statistics/moments.ts";
import { numberSample } from "../statistics/number-sample.ts";
import { quantilesOf } from "../statistics/select-nth.ts";
import { noNumbers } from "../scale/not-enough.ts";

/** How far from the middle numbers may lie. */
export interface OutlierOptions {
  /**
   * `zscore`: deviations from the mean; `iqr`: ranges between the quartiles from the nearer one (J. W. Tukey, 1977); `mad`: median
   * absolute deviations, times 1.4826, from the median (B. Iglewicz and D. C. Hoaglin, 1993). Default "iqr".
   */
  readonly method?: "zscore" | "iqr" | "mad";
  /** How many of them. Default 3 for `zscore`, 1.5 for `iqr`, 3.5 for `mad`. */
  readonly threshold?: number;
}

/** What each option of outliers must look like. */
export const OUTLIER_FORMS = { method: namedForm("zscore", "iqr", "mad"), threshold: FORMS.positive };

const THRESHOLDS = { zscore: 3, iqr: 1.5, mad: 3.5 } as const;

/** 1 over the third quartile of the normal distribution: what makes a MAD a standard deviation. */
const NORMAL_MAD = 1.4826022185056018;

/** Options with their defaults. */
export function outlierDefaults(options: OutlierOptions): OutlierOptions {
  const { method = "iqr" } = options;
  return { method, threshold: options.threshold ?? THRESHOLDS[method] };
}

/** The bounds beyond which numbers of a lane are outliers. */
export type Bounds = { low: number; high: number };

/** The fit of bounds. */
export function boundFit(
  who: string,
  { method, threshold = 0 }: OutlierOptions,
  name: string,
): { add(lane: Lane, rows: number): void; finish(): Bounds } {
  if (method === "zscore") {
    const moments = momentsOf(who, name);
    return {
      add: moments.add,
      finish() {
        if (moments.count === 0) throw noNumbers(who, name);
        const reach = threshold * Math.sqrt(moments.variance);
        return { low: moments.mean - reach, high: moments.mean + reach };
      },
    };
  }
  const sample = numberSample();
  return {
    add: sample.add,
    finish() {
      if (sample.count === 0) throw noNumbers(who, name);
      const values = sample.take();
      if (method === "iqr") {
        const [q1, q3] = quantilesOf(values, [0.25, 0.75]) as unknown as [number, number];
        return { low: q1 - threshold * (q3 - q1), high: q3 + threshold * (q3 - q1) };
      }
      const median = quantilesOf(values, [0.5])[0]!;
      for (let at = 0; at < values.length; at++) values[at] = Math.abs(values[at]! - median);
      const reach = threshold * NORMAL_MAD * quantilesOf(values, [0.5])[0]!;
      return { low: median - reach, high: median + reach };
    },
  };
}
