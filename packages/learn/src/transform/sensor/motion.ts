import type { CausalFilter } from "@tideline/spec";
import { positive } from "../../net/check-option.ts";
import { checkWidth, filterSeries } from "./filter-series.ts";

/** Acceleration in its two parts, each `[length, width]`. */
export interface GravitySplitSeries {
  readonly gravity: Float64Array;
  /** What is left: the movement of the body. */
  readonly body: Float64Array;
}

/**
 * Splits the constant part off acceleration with a causal low-pass: Android's first-order one, or a Butterworth.
 *
 * @example
 * splitGravity(acceleration, firstOrderLowPass(0.3, 50), 3);
 */
export function splitGravity(
  series: ArrayLike<number>,
  lowPass: CausalFilter,
  width: number,
): GravitySplitSeries {
  const gravity = filterSeries(series, lowPass, { width });
  return Object.freeze({ gravity, body: gravity.map((level, at) => series[at]! - level) });
}

/** The Euclidean length of each sample of `[length, width]`, `[length]`. */
export function magnitude(series: ArrayLike<number>, width: number): Float64Array {
  checkWidth("magnitude", series, width);
  const out = new Float64Array(series.length / width);
  for (let t = 0, at = 0; t < out.length; t++) {
    let sum = 0;
    for (let c = 0; c < width; c++, at++) sum += series[at]! * series[at]!;
    out[t] = Math.sqrt(sum);
  }
  return out;
}

/** The change since the sample before, by second: `(x[t] - x[t - 1]) rate`, `[length, width]`; 0 at the first. */
export function jerk(series: ArrayLike<number>, rate: number, width = 1): Float64Array {
  checkWidth("jerk", series, width);
  positive("jerk", "rate", rate);
  const out = new Float64Array(series.length);
  for (let at = width; at < out.length; at++) out[at] = (series[at]! - series[at - width]!) * rate;
  return out;
}
