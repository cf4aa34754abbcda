import { createResampler, tidelineError, type Resampled } from "@tideline/spec";

/** Readings of a sensor that ticks as it likes. */
export interface UnevenSeries {
  /** Milliseconds, [length]. */
  readonly times: Float64Array;
  /** `[length, width]` */
  readonly values: Float32Array | Float64Array;
  readonly width: number;
}

/** How {@link resampleSeries} makes a series even. */
export interface ResampleSeriesOptions {
  /** Samples a second. */
  readonly rate: number;
  /** Milliseconds between two readings beyond which nothing is made up, and never over more than 4 Mi numbers. Default: four intervals. */
  readonly maxGapMs?: number;
  /** Default `linear`. */
  readonly method?: "linear" | "previous";
}

/** An even series: runs of samples with gaps between them. */
export interface EvenSeries {
  /** Each run: the index of its first sample, counted from the first reading, and `[samples, width]` in float32. */
  readonly runs: readonly Resampled[];
  /** Readings left out: not later than the one before, or not finite. */
  readonly rejected: number;
}

/**
 * An even series of uneven readings, as the device makes it: one implementation, see `createResampler`. The grid begins at
 * the first reading; over a gap nothing is made up, and a new run begins at the next grid point.
 *
 * @throws ARGUMENT_INVALID for lengths that do not agree, or options that `createResampler` refuses.
 * @example
 * const { runs } = resampleSeries({ times, values, width: 3 }, { rate: 50 });
 */
export function resampleSeries(series: UnevenSeries, options: ResampleSeriesOptions): EvenSeries {
  const { times, values, width } = series;
  if (times.length * width !== values.length)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "resampleSeries",
      field: "values",
      expected: `${times.length} readings of ${width} numbers`,
      received: `${values.length} numbers`,
    });
  const resampler = createResampler({ ...options, channels: width });
  const runs: { start: number; parts: Float32Array[]; samples: number }[] = [];
  for (let at = 0; at < times.length; at++) {
    const made = resampler.push(times[at]!, values.subarray(at * width, (at + 1) * width));
    if (made === null) continue;
    const last = runs.at(-1);
    const samples = made.values.length / width;
    if (last !== undefined && last.start + last.samples === made.start) {
      last.parts.push(made.values);
      last.samples += samples;
    } else runs.push({ start: made.start, parts: [made.values], samples });
  }
  return Object.freeze({
    runs: Object.freeze(runs.map(({ start, parts }) => Object.freeze({ start, values: joined(parts) }))),
    rejected: resampler.rejected(),
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
