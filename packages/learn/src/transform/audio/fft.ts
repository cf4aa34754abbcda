import { illegalOption } from "../../net/check-option.ts";

/** Discrete Fourier transforms of one length; see {@link fourier}. Its work space is its own: one call at a time. */
export interface Fourier {
  readonly length: number;
  /** Transforms `re + i im` in place: `X[k] = sum x[t] exp(-2 pi i k t / length)`. */
  complex(re: Float64Array, im: Float64Array): void;
  /** The first `length / 2 + 1` bins (rounded down) of a real series, written to `re` and `im`. */
  real(series: ArrayLike<number>, re: Float64Array, im: Float64Array): void;
}

/**
 * A plan of discrete Fourier transforms in float64 of any length: Stockham's radix 4 for powers of two, Bluestein's
 * chirp (IEEE Trans. AU-18(4), 1970) for the rest.
 *
 * @throws DEFINITION_ILLEGAL when the length is not an integer from 1 to 2^24.
 * @example
 * const plan = fourier(128);
 * plan.real(series, re, im); // re and im of 65 bins
 */
export function fourier(length: number): Fourier {
  if (!Number.isInteger(length) || length < 1 || length > 1 << 24)
    throw illegalOption("fourier", "length", "an integer from 1 to 2^24", String(length));
  const complex = complexPlan(length);
  const real = length % 2 === 0 ? halvedReal(length) : wholeReal(length, complex);
  return Object.freeze({ length, complex, real });
}

type Complex = (re: Float64Array, im: Float64Array) => void;

function complexPlan(length: number): Complex {
  return (length & (length - 1)) === 0 ? stockham(length) : bluestein(length);
}

/** exp(-2 pi i k / n) for k below `count`, each from its own sine: no error adds up. */
function twiddles(count: number, n: number): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const cos = new Float64Array(count);
  const sin = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    cos[k] = Math.cos((2 * Math.PI * k) / n);
    sin[k] = -Math.sin((2 * Math.PI * k) / n);
  }
  return { cos, sin };
}

function stockham(length: number): Complex {
  const { cos, sin } = twiddles(length, length);
  const otherRe = new Float64Array(length);
  const otherIm = new Float64Array(length);
  return (re, im) => {
    let xr: Float64Array = re;
    let xi: Float64Array = im;
    let yr: Float64Array = otherRe;
    let yi: Float64Array = otherIm;
    let n = length;
    let stride = 1;
    for (; n >= 4; n >>= 2, stride <<= 2) {
      radix4(n, stride, length, cos, sin, xr, xi, yr, yi);
      [xr, xi, yr, yi] = [yr, yi, xr, xi];
    }
    if (n === 2) {
      for (let q = 0; q < stride; q++) {
        const [ar, ai, br, bi] = [xr[q]!, xi[q]!, xr[q + stride]!, xi[q + stride]!];
        yr[q] = ar + br;
        yi[q] = ai + bi;
        yr[q + stride] = ar - br;
        yi[q + stride] = ai - bi;
      }
      [xr, xi] = [yr, yi];
    }
    if (xr !== re) {
      re.set(xr);
      im.set(xi);
    }
  };
}

/** One pass of decimation in frequency, self-sorting. */
function radix4(
  n: number,
  s: number,
  length: number,
  cos: Float64Array,
  sin: Float64Array,
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
): void {
  const quarter = (n >> 2) * s;
  const step = length / n;
  for (let p = 0; p < n >> 2; p++) {
    const c1 = cos[p * step]!;
    const s1 = sin[p * step]!;
    const c2 = cos[2 * p * step]!;
    const s2 = sin[2 * p * step]!;
    const c3 = cos[3 * p * step]!;
    const s3 = sin[3 * p * step]!;
    let from = p * s;
    let to = 4 * p * s;
    for (let q = 0; q < s; q++, from++, to++) {
      const ar = xr[from]!;
      const ai = xi[from]!;
      const br = xr[from + quarter]!;
      const bi = xi[from + quarter]!;
      const cr = xr[from + 2 * quarter]!;
      const ci = xi[from + 2 * quarter]!;
      const dr = xr[from + 3 * quarter]!;
      const di = xi[from + 3 * quarter]!;
      const sumR = ar + cr;
      const sumI = ai + ci;
      const lessR = ar - cr;
      const lessI = ai - ci;
      const pairR = br + dr;
      const pairI = bi + di;
      const turnR = di - bi;
      const turnI = br - dr;
      yr[to] = sumR + pairR;
      yi[to] = sumI + pairI;
      const oneR = lessR - turnR;
      const oneI = lessI - turnI;
      yr[to + s] = oneR * c1 - oneI * s1;
      yi[to + s] = oneR * s1 + oneI * c1;
      const twoR = sumR - pairR;
      const twoI = sumI - pairI;
      yr[to + 2 * s] = twoR * c2 - twoI * s2;
      yi[to + 2 * s] = twoR * s2 + twoI * c2;
      const threeR = lessR + turnR;
      const threeI = lessI + turnI;
      yr[to + 3 * s] = threeR * c3 - threeI * s3;
      yi[to + 3 * s] = threeR * s3 + threeI * c3;
    }
  }
}

function bluestein(length: number): Complex {
  let padded = 1;
  while (padded < 2 * length - 1) padded *= 2;
  const inner = stockham(padded);
  const cos = new Float64Array(length);
  const sin = new Float64Array(length);
  const chirpRe = new Float64Array(padded);
  const chirpIm = new Float64Array(padded);
  for (let k = 0; k < length; k++) {
    // k^2 modulo 2 n keeps the angle, and its rounding, small.
    const angle = (Math.PI * ((k * k) % (2 * length))) / length;
    cos[k] = Math.cos(angle);
    sin[k] = Math.sin(angle);
    for (const at of k === 0 ? [0] : [k, padded - k]) {
      chirpRe[at] = cos[k]!;
      chirpIm[at] = sin[k]!;
    }
  }
  inner(chirpRe, chirpIm);
  const workRe = new Float64Array(padded);
  const workIm = new Float64Array(padded);
  return (re, im) => {
    workRe.fill(0);
    workIm.fill(0);
    for (let k = 0; k < length; k++) {
      workRe[k] = re[k]! * cos[k]! + im[k]! * sin[k]!;
      workIm[k] = im[k]! * cos[k]! - re[k]! * sin[k]!;
    }
    inner(workRe, workIm);
    for (let k = 0; k < padded; k++) {
      const [ar, ai] = [workRe[k]!, workIm[k]!];
      workRe[k] = ar * chirpRe[k]! - ai * chirpIm[k]!;
      // The inverse is the transform of the conjugate, conjugated.
      workIm[k] = -(ar * chirpIm[k]! + ai * chirpRe[k]!);
    }
    inner(workRe, workIm);
    for (let k = 0; k < length; k++) {
      const [ar, ai] = [workRe[k]! / padded, -workIm[k]! / padded];
      re[k] = ar * cos[k]! + ai * sin[k]!;
      im[k] = ai * cos[k]! - ar * sin[k]!;
    }
  };
}

/** A real series as a complex one of half the length. */
function halvedReal(length: number): Fourier["real"] {
  const half = length / 2;
  const complex = complexPlan(half);
  const { cos, sin } = twiddles(half + 1, length);
  const zr = new Float64Array(half);
  const zi = new Float64Array(half);
  return (series, re, im) => {
    for (let k = 0; k < half; k++) {
      zr[k] = series[2 * k]!;
      zi[k] = series[2 * k + 1]!;
    }
    complex(zr, zi);
    for (let k = 0; k <= half; k++) {
      const at = k === half ? 0 : k;
      const mirror = k === 0 ? 0 : half - k;
      const evenR = 0.5 * (zr[at]! + zr[mirror]!);
      const evenI = 0.5 * (zi[at]! - zi[mirror]!);
      const oddR = 0.5 * (zi[at]! + zi[mirror]!);
      const oddI = 0.5 * (zr[mirror]! - zr[at]!);
      re[k] = evenR + oddR * cos[k]! - oddI * sin[k]!;
      im[k] = evenI + oddR * sin[k]! + oddI * cos[k]!;
    }
  };
}

function wholeReal(length: number, complex: Complex): Fourier["real"] {
  const zr = new Float64Array(length);
  const zi = new Float64Array(length);
  return (series, re, im) => {
    for (let k = 0; k < length; k++) zr[k] = series[k]!;
    zi.fill(0);
    complex(zr, zi);
    re.set(zr.subarray(0, (length >> 1) + 1));
    im.set(zi.subarray(0, (length >> 1) + 1));
  };
}
