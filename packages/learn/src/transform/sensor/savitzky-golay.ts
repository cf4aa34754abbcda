import { illegalOption, positive, positiveInteger, wholeNumber } from "../../net/check-option.ts";

/** A polynomial of `degree` fitted to `size` neighbours, and what of it is read. */
export interface SavitzkyGolayOptions {
  /** Samples under the polynomial. */
  readonly size: number;
  readonly degree: number;
  /** Which derivative. Default 0: the smoothed series. */
  readonly derivative?: number;
  /** Seconds (or what the derivative is by) between samples. Default 1. */
  readonly spacing?: number;
}

/**
 * The weights by which the `size` samples of a window are multiplied to read the fitted polynomial at sample `at` of it
 * (A. Savitzky and M. Golay, Analytical Chemistry 36(8), 1964): `at = (size - 1) / 2` is the usual smoother, which sees
 * as many samples ahead; `at = size - 1` is causal, and noisier.
 *
 * The polynomials are made orthonormal over the window, not solved for: no digits are lost at high degrees.
 *
 * @throws DEFINITION_ILLEGAL for a degree that the samples cannot tell.
 * @example
 * savitzkyGolayTaps({ size: 5, degree: 2 }, 2); // [-3, 12, 17, 12, -3] / 35
 */
export function savitzkyGolayTaps(options: SavitzkyGolayOptions, at: number): Float64Array {
  const who = "savitzkyGolay";
  const size = positiveInteger(who, "size", options.size);
  const degree = wholeNumber(who, "degree", options.degree);
  const derivative = wholeNumber(who, "derivative", options.derivative ?? 0);
  const spacing = positive(who, "spacing", options.spacing ?? 1);
  if (degree >= size) throw illegalOption(who, "degree", `below the size, ${size}`, String(degree));
  const taps = new Float64Array(size);
  const half = Math.max(1, (size - 1) / 2);
  const nodes = Float64Array.from({ length: size }, (_, t) => (t - (size - 1) / 2) / half);
  const place = (at - (size - 1) / 2) / half;
  // Each polynomial with its derivatives at the place: q_next = x q - (its shares of the earlier ones).
  const basis: { readonly values: Float64Array; readonly jets: Float64Array }[] = [];
  for (let power = 0; power <= degree; power++) {
    const last = basis.at(-1);
    const values =
      last === undefined ? new Float64Array(size).fill(1) : last.values.map((v, t) => v * nodes[t]!);
    const jets = new Float64Array(derivative + 1);
    if (last === undefined) jets[0] = 1;
    else
      for (let d = 0; d <= derivative; d++)
        jets[d] = place * last.jets[d]! + (d > 0 ? d * last.jets[d - 1]! : 0);
    for (let pass = 0; pass < 2; pass++)
      for (const earlier of basis) {
        const share = dot(values, earlier.values);
        for (let t = 0; t < size; t++) values[t]! -= share * earlier.values[t]!;
        for (let d = 0; d <= derivative; d++) jets[d]! -= share * earlier.jets[d]!;
      }
    const norm = Math.sqrt(dot(values, values));
    basis.push({ values: values.map((v) => v / norm), jets: jets.map((v) => v / norm) });
  }
  for (const { values, jets } of basis)
    for (let t = 0; t < size; t++)
      taps[t]! += (jets[derivative]! * values[t]!) / (half * spacing) ** derivative;
  return taps;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!;
  return sum;
}

/**
 * A series smoothed, or its derivative, with each sample in the middle of its window; the first and last half window are
 * read off the polynomials of the first and last window. As `scipy.signal.savgol_filter` with `mode="interp"`. It looks
 * ahead: for a stream use the causal taps, see {@link savitzkyGolayTaps}.
 *
 * @param width numbers of a sample: `series` is `[length, width]`
 * @throws DEFINITION_ILLEGAL for an even size, or one above the length.
 */
export function savitzkyGolay(
  series: ArrayLike<number>,
  options: SavitzkyGolayOptions,
  width = 1,
): Float64Array {
  const { size } = options;
  const length = series.length / width;
  if (size % 2 !== 1 || size > length)
    throw illegalOption("savitzkyGolay", "size", `an odd number up to the ${length} samples`, String(size));
  const half = (size - 1) / 2;
  const middle = savitzkyGolayTaps(options, half);
  const out = new Float64Array(series.length);
  for (let t = 0; t < length; t++) {
    const first = Math.max(0, Math.min(length - size, t - half));
    const taps = t - first === half ? middle : savitzkyGolayTaps(options, t - first);
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let k = 0, at = first * width + c; k < size; k++, at += width) sum += taps[k]! * series[at]!;
      out[t * width + c] = sum;
    }
  }
  return out;
}
