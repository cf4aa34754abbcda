import { tidelineError } from "./error.ts";

/** What {@link createResampler} needs. */
export interface ResamplerOptions {
  /** Values of a sample. */
  readonly channels: number;
  /** Samples a second of the even series. */
  readonly rate: number;
  /**
   * Milliseconds between two readings beyond which nothing is made up; four intervals of the even series by default. Beyond 4 Mi
   * numbers (samples times channels) nothing is made up in any case.
   */
  readonly maxGapMs?: number;
  /** What lies between two readings: the straight line, or the reading before. Default `linear`. */
  readonly method?: "linear" | "previous";
}

/** Consecutive samples of the even series. */
export interface Resampled {
  /** Index of the first one, counted from the first reading on; it jumps where readings were missing. */
  readonly start: number;
  /** `[samples, channels]`, interleaved by sample. */
  readonly values: Float32Array;
}

/** Makes an even series of uneven readings, as they come. */
export interface Resampler {
  /**
   * Takes a reading; gives the even samples up to it, none where no grid point has passed. A reading that is not
   * later than the last one is left out and counted.
   */
  push(timeMs: number, values: ArrayLike<number>): Resampled | null;
  /** Readings that were not later than the one before, or not finite. */
  rejected(): number;
}

/** Numbers that one reading may bring forth at most: 16 MiB. What would be more is a gap, however long gaps may be. */
const MOST_AT_ONCE = 2 ** 22;

/**
 * Sensors of phones tick when they like (a browser's at 60 Hz and with pauses); models want an even rate. Linear
 * interpolation (or the reading before) on the grid that begins at the first reading: causal, one reading of delay, exact
 * for straight lines.
 * Over a gap nothing is interpolated: the series goes on at the next grid point, and the jump of `start` says so.
 *
 * @throws `ARGUMENT_INVALID`
 * @example
 * const resampler = createResampler({ channels: 3, rate: 50 });
 * addEventListener("devicemotion", ({ timeStamp, acceleration: a }) => {
 *   const even = resampler.push(timeStamp, [a.x, a.y, a.z]);
 *   if (even !== null) void record(even.start, even.values);
 * });
 */
export function createResampler(options: ResamplerOptions): Resampler {
  const { channels, rate, method = "linear" } = options;
  const interval = 1000 / rate;
  const maxGap = options.maxGapMs ?? 4 * interval;
  const known = method === "linear" || method === "previous";
  if (!(rate > 0) || !(channels > 0) || !(maxGap >= interval) || !known) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "resampler",
      expected: "a rate and channels above 0, a gap of at least an interval, linear or previous",
      received: `${rate} Hz, ${channels} channels, ${maxGap} ms, ${method}`,
    });
  }
  let origin = 0;
  let lastTime = Number.NaN;
  const last = new Float64Array(channels);
  /** Index of the next grid point. */
  let next = 0;
  let rejected = 0;

  const push = (timeMs: number, values: ArrayLike<number>): Resampled | null => {
    let usable = Number.isFinite(timeMs) && !(timeMs <= lastTime) && values.length === channels;
    for (let index = 0; usable && index < channels; index += 1) usable = Number.isFinite(values[index]);
    if (!usable) {
      rejected += 1;
      return null;
    }
    const first = Number.isNaN(lastTime);
    if (first) origin = timeMs;
    const tooMany = ((timeMs - lastTime) / interval) * channels > MOST_AT_ONCE;
    const broken = !first && (timeMs - lastTime > maxGap || tooMany);
    // Half a nanosecond of tolerance: a reading on the grid counts as one despite the rounding of its time.
    const reached = Math.floor((timeMs - origin) / interval + 5e-7);
    // Moves on although no grid point may have come: the next reading must not reach back over the gap.
    if (broken) next = Math.max(next, Math.ceil((timeMs - origin) / interval - 5e-7));
    const from = next;
    const count = Math.max(0, reached - from + 1);
    const made = new Float32Array(count * channels);
    for (let sample = 0; sample < count; sample += 1) {
      const time = origin + (from + sample) * interval;
      const passed = first || broken ? 1 : Math.min(1, (time - lastTime) / (timeMs - lastTime));
      // The tolerance again: what is nearly there has come.
      const share = method === "linear" ? passed : timeMs - time <= 5e-7 * interval ? 1 : 0;
      for (let index = 0; index < channels; index += 1) {
        made[sample * channels + index] = last[index]! + share * (values[index]! - last[index]!);
      }
    }
    last.set(Array.from(values));
    lastTime = timeMs;
    if (count === 0) return null;
    next = from + count;
    return { start: from, values: made };
  };

  return Object.freeze({ push, rejected: () => rejected });
}
