import { createCausalFilter, smoothing, tidelineError, type CausalFilter } from "@tideline/spec";
import { positive, positiveInteger } from "../../net/check-option.ts";
import { savitzkyGolayTaps, type SavitzkyGolayOptions } from "./savitzky-golay.ts";

/**
 * A series through a causal filter, as the device's framer filters it: one implementation, see `createCausalFilter`.
 *
 * @param series `[length, width]`
 * @returns `[length, width]` in float64
 * @throws DEFINITION_ILLEGAL for a filter that is none; ARGUMENT_INVALID for a length that is no multiple of the width.
 * @example
 * const smooth = filterSeries(acceleration, butterworth({ order: 4, kind: "lowpass", cutoff: 5, rate: 50 }), { width: 3 });
 */
export function filterSeries(
  series: ArrayLike<number>,
  filter: CausalFilter,
  { width = 1, from = "first" }: { readonly width?: number; readonly from?: "first" | "zero" } = {},
): Float64Array {
  checkWidth("filterSeries", series, width);
  const out = Float64Array.from(series);
  const running = createCausalFilter(filter, width, { from });
  for (let at = 0; at < out.length; at += width) running.step(out, at);
  return out;
}

/** Wants a series to have whole samples. @throws ARGUMENT_INVALID */
export function checkWidth(who: string, series: ArrayLike<number>, width: number): void {
  if (Number.isSafeInteger(width) && width > 0 && series.length % width === 0) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "series",
    expected: `samples of ${width} numbers`,
    received: `${series.length} numbers`,
  });
}

/** The first-order low-pass of Android's sensor guide, by its cut-off in hertz. */
export function firstOrderLowPass(cutoff: number, rate: number): CausalFilter {
  const who = "firstOrderLowPass";
  const alpha = smoothing(positive(who, "cutoff", cutoff), positive(who, "rate", rate));
  return Object.freeze({ kind: "smooth", alpha });
}

/** The mean of the last `size` samples. */
export function movingAverage(size: number): CausalFilter {
  const count = positiveInteger("movingAverage", "size", size);
  return Object.freeze({ kind: "taps", taps: Object.freeze(Array.from({ length: count }, () => 1 / count)) });
}

/** The mean of all samples so far, each older one counting `1 - 2 / (span + 1)` times as much: pandas' `ewm(span)`, not adjusted. */
export function exponentialAverage(span: number): CausalFilter {
  return Object.freeze({
    kind: "smooth",
    alpha: 2 / (positiveInteger("exponentialAverage", "span", span) + 1),
  });
}

/** The median of the last `size` samples: spikes vanish, edges stay. */
export function medianFilter(size: number): CausalFilter {
  return Object.freeze({ kind: "median", size: positiveInteger("medianFilter", "size", size) });
}

/**
 * The polynomial of the last `size` samples read at the newest: Savitzky and Golay without looking ahead. It follows
 * faster than a mean and is noisier than the smoother that sees both sides, {@link savitzkyGolayTaps}.
 */
export function causalSavitzkyGolay(options: SavitzkyGolayOptions): CausalFilter {
  return Object.freeze({
    kind: "taps",
    taps: Object.freeze([...savitzkyGolayTaps(options, options.size - 1)]),
  });
}
