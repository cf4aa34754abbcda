import { tidelineError } from "./error.ts";

/** A section of a recursive filter: `b0, b1, b2` over `1, a1, a2`, as SciPy's rows of six with `a0 = 1`. */
export type FilterSection = readonly [b0: number, b1: number, b2: number, a0: 1, a1: number, a2: number];

/** A filter that reads no sample before its time, as plain data; {@link createCausalFilter} gives it its meaning. */
export type CausalFilter =
  /** `level += alpha (x - level)`: the low-pass of Android's sensor guide, whose `alpha` is 1 less this one. */
  | { readonly kind: "smooth"; readonly alpha: number }
  /** Recursive sections, one behind the other (direct form II, transposed). */
  | { readonly kind: "sections"; readonly sections: readonly FilterSection[] }
  /** `sum of taps[k] x[t - taps.length + 1 + k]`: the last tap is of the newest sample. */
  | { readonly kind: "taps"; readonly taps: readonly number[] }
  /** The median of the last `size` samples; of an even number, the mean of both in the middle. */
  | { readonly kind: "median"; readonly size: number };

/** A filter at work on samples of several channels. */
export interface RunningFilter {
  /**
   * Filters the sample at `values[from]` to `values[from + width - 1]` in place. A channel that is not finite becomes NaN
   * and leaves no trace in the filter.
   */
  step(values: Float64Array, from: number): void;
  /** Forgets every sample, as after a gap. */
  reset(): void;
}

/** The `alpha` of a first-order low-pass sampled at `rate`: `dt / (dt + 1 / (2 pi cutoff))`. */
export function smoothing(cutoff: number, rate: number): number {
  const step = 1 / rate;
  return step / (step + 1 / (2 * Math.PI * cutoff));
}

/** Filters one number of one channel. */
interface Channel {
  next(x: number): number;
}

const wrong = (field: string, expected: string, received: unknown) =>
  tidelineError("DEFINITION_ILLEGAL", { who: "causal filter", field, expected, received: String(received) });

/** A filter longer than this is a mistake, or an attack. */
const MAX_LENGTH = 65_536;

/**
 * The one meaning of causal filters, on the phone as in the pipeline: sample by sample, in float64. A filter begins as if
 * the first sample had stood for ever, so that it does not swing in; `from: "zero"` begins at rest, as SciPy's `sosfilt`.
 *
 * @param width channels of a sample, each filtered alone
 * @throws DEFINITION_ILLEGAL for numbers that make no filter, or one that is not stable.
 * @example
 * const filter = createCausalFilter({ kind: "smooth", alpha: 0.2 }, 3);
 * filter.step(sample, 0);
 */
export function createCausalFilter(
  filter: CausalFilter,
  width: number,
  { from = "first" }: { readonly from?: "first" | "zero" } = {},
): RunningFilter {
  checkCausalFilter(filter);
  const make = (first: number): Channel => start(filter, from === "zero" ? 0 : first);
  const channels: (Channel | undefined)[] = Array.from({ length: width }, () => undefined);
  return Object.freeze({
    step(values: Float64Array, at: number): void {
      for (let c = 0; c < width; c += 1) {
        const x = values[at + c]!;
        values[at + c] = Number.isFinite(x) ? (channels[c] ??= make(x)).next(x) : Number.NaN;
      }
    },
    reset(): void {
      channels.fill(undefined);
    },
  });
}

/** Wants a filter's numbers to make one. @throws DEFINITION_ILLEGAL */
export function checkCausalFilter(filter: CausalFilter): void {
  switch (filter.kind) {
    case "smooth":
      if (!(filter.alpha > 0 && filter.alpha <= 1))
        throw wrong("alpha", "a number above 0 and up to 1", filter.alpha);
      return;
    case "sections":
      if (filter.sections.length < 1 || filter.sections.length > 64)
        throw wrong("sections", "1 to 64 of them", filter.sections.length);
      for (const section of filter.sections) {
        const [, , , a0, a1, a2] = section;
        if (section.length !== 6 || !section.every(Number.isFinite) || a0 !== 1)
          throw wrong("sections", "six finite numbers, the fourth 1", section.join(", "));
        // Both poles lie within the unit circle (E. Jury).
        if (!(Math.abs(a2) < 1 && Math.abs(a1) < 1 + a2))
          throw wrong("sections", "a stable filter", section.join(", "));
      }
      return;
    case "taps":
      if (filter.taps.length < 1 || filter.taps.length > MAX_LENGTH || !filter.taps.every(Number.isFinite))
        throw wrong("taps", `1 to ${MAX_LENGTH} finite numbers`, `${filter.taps.length} numbers`);
      return;
    case "median":
      if (!Number.isInteger(filter.size) || filter.size < 1 || filter.size > MAX_LENGTH)
        throw wrong("size", `an integer from 1 to ${MAX_LENGTH}`, filter.size);
      return;
    default:
      throw wrong("kind", "smooth, sections, taps or median", (filter as { kind: unknown }).kind);
  }
}

function start(filter: CausalFilter, before: number): Channel {
  switch (filter.kind) {
    case "smooth":
      return smooth(filter.alpha, before);
    case "sections":
      return recursive(filter.sections, before);
    case "taps":
      return tapped(filter.taps, before);
    case "median":
      return median(filter.size, before);
  }
}

function smooth(alpha: number, before: number): Channel {
  let level = before;
  return { next: (x) => (level += alpha * (x - level)) };
}

function recursive(sections: readonly FilterSection[], before: number): Channel {
  const count = sections.length;
  const near = new Float64Array(count);
  const far = new Float64Array(count);
  // The state in which a constant input has left the filter.
  let level = before;
  for (const [s, [b0, b1, b2, , a1, a2]] of sections.entries()) {
    const out = (level * (b0 + b1 + b2)) / (1 + a1 + a2);
    far[s] = b2 * level - a2 * out;
    near[s] = b1 * level - a1 * out + far[s]!;
    level = out;
  }
  return {
    next(input) {
      let x = input;
      for (let s = 0; s < count; s += 1) {
        const [b0, b1, b2, , a1, a2] = sections[s]!;
        const y = b0 * x + near[s]!;
        near[s] = b1 * x - a1 * y + far[s]!;
        far[s] = b2 * x - a2 * y;
        x = y;
      }
      return x;
    },
  };
}

/** The last `size` samples, the oldest at `at`. */
function ring(size: number, before: number): { readonly samples: Float64Array; put(x: number): number } {
  const samples = new Float64Array(size).fill(before);
  let at = 0;
  return {
    samples,
    put(x) {
      samples[at] = x;
      at = at + 1 === size ? 0 : at + 1;
      return at;
    },
  };
}

function tapped(taps: readonly number[], before: number): Channel {
  const { samples, put } = ring(taps.length, before);
  return {
    next(x) {
      let at = put(x);
      let sum = 0;
      for (const tap of taps) {
        sum += tap * samples[at]!;
        at = at + 1 === samples.length ? 0 : at + 1;
      }
      return sum;
    },
  };
}

function median(size: number, before: number): Channel {
  const { samples, put } = ring(size, before);
  return {
    next(x) {
      put(x);
      const sorted = samples.toSorted();
      const half = size >> 1;
      return size % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
    },
  };
}
