import { illegalOption, positiveInteger } from "../../net/check-option.ts";

/** A taper by which samples are multiplied before a spectrum: SciPy's name, or Kaiser's with its shape. */
export type Taper =
  | "rectangular"
  | "bartlett"
  | "hann"
  | "hamming"
  | "blackman"
  | "blackmanharris"
  | { readonly kaiser: number };

/** Sums of cosines: `a0 - a1 cos(x) + a2 cos(2x) - ...` */
const COSINES = {
  rectangular: [1],
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
} as const satisfies Record<string, readonly number[]>;

/**
 * The modified Bessel function of the first kind of order 0, by its power series: every term is positive, so that no
 * digit is lost.
 */
export function bessel0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/**
 * The samples of a taper, as SciPy's `get_window`: periodic (for spectra, its default) or symmetric (for filters).
 *
 * @throws DEFINITION_ILLEGAL for an unknown taper or a length below 1.
 * @example
 * taperOf("hann", 4); // 0, 0.5, 1, 0.5
 */
export function taperOf(
  taper: Taper,
  length: number,
  { periodic = true }: { readonly periodic?: boolean } = {},
): Float64Array {
  const size = positiveInteger("taper", "length", length);
  if (size === 1) return Float64Array.of(1);
  const last = periodic ? size : size - 1;
  if (taper === "bartlett")
    return Float64Array.from({ length: size }, (_, t) => 1 - Math.abs((2 * t) / last - 1));
  if (typeof taper === "object") {
    const { kaiser } = taper;
    if (!(kaiser >= 0) || kaiser > 700)
      throw illegalOption("taper", "kaiser", "a number from 0 to 700", String(kaiser));
    const whole = bessel0(kaiser);
    return Float64Array.from({ length: size }, (_, t) => {
      const place = (2 * t) / last - 1;
      return bessel0(kaiser * Math.sqrt(Math.max(0, 1 - place * place))) / whole;
    });
  }
  if (!Object.hasOwn(COSINES, taper))
    throw illegalOption(
      "taper",
      "taper",
      `bartlett, ${Object.keys(COSINES).join(", ")} or { kaiser }`,
      String(taper),
    );
  const terms: readonly number[] = COSINES[taper];
  return Float64Array.from({ length: size }, (_, t) =>
    terms.reduce(
      (sum, term, k) => sum + (k % 2 === 0 ? term : -term) * Math.cos((2 * Math.PI * k * t) / last),
      0,
    ),
  );
}
