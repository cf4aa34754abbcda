import { illegalOption, oneOf, positiveInteger } from "../../net/check-option.ts";

/** The name of a kernel: a function of the distance to a pixel's middle that says how much the pixel counts. */
export type KernelName = "nearest" | "box" | "bilinear" | "hamming" | "bicubic" | "lanczos3";

/** How {@link resizeImage} reads between pixels. */
export interface KernelOptions {
  /** Default `bilinear`. */
  readonly kernel?: KernelName;
  /**
   * Whether a kernel is widened where an image shrinks, so that every pixel counts: as Pillow does always and PyTorch with
   * `antialias=True`. Without, as PyTorch's `interpolate` and OpenCV: fine patterns turn into false ones. Default true.
   */
  readonly antialias?: boolean;
  /** Keys' parameter of `bicubic`. Default -0.5 with antialiasing (Pillow, PyTorch), -0.75 without (PyTorch, OpenCV). */
  readonly a?: number;
}

/** {@link KernelOptions} with every default. */
export type Kernel = Required<KernelOptions>;

/** The options with their defaults. @throws DEFINITION_ILLEGAL */
export function kernelOf(who: string, options: KernelOptions): Kernel {
  const kernel = oneOf(who, "kernel", KERNELS, options.kernel ?? "bilinear");
  const antialias = options.antialias ?? true;
  const a = options.a ?? (antialias ? -0.5 : -0.75);
  if (!(a <= 0 && a >= -1)) throw illegalOption(who, "a", "a number from -1 to 0", String(a));
  return { kernel, antialias, a };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Each kernel's reach and its weight at a distance `x` within it, as Pillow defines them. */
export const KERNELS = {
  nearest: { reach: 0.5, weight: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  box: { reach: 0.5, weight: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    reach: 1,
    weight: (x: number) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  /** R. Keys, IEEE Trans. ASSP 29(6), 1981. */
  bicubic: {
    reach: 2,
    weight: (signed: number, a: number) => {
      const x = Math.abs(signed);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos3: { reach: 3, weight: (x: number) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<
  KernelName,
  { readonly reach: number; readonly weight: (x: number, a: number) => number }
>;

/** The weights of one axis: new pixel `x` is the sum of `taps` old ones from `first[x]` on. */
export interface AxisKernel {
  readonly from: number;
  readonly to: number;
  readonly taps: number;
  /** [to] */
  readonly first: Int32Array;
  /** [to, taps], filled up with zeros; each row sums to 1. */
  readonly weights: Float64Array;
}

/**
 * The weights of an axis of `from` pixels that becomes one of `to`. Pixels are squares: new pixel `x` has its middle at
 * `(x + 0.5) * from / to`.
 *
 * With antialiasing what lies beyond the ends does not count and the rest sums to 1; without, the end pixels repeat.
 *
 * @throws DEFINITION_ILLEGAL
 */
export function axisKernel(from: number, to: number, options: KernelOptions = {}): AxisKernel {
  const who = "axisKernel";
  const { kernel, antialias, a } = kernelOf(who, options);
  positiveInteger(who, "from", from);
  positiveInteger(who, "to", to);
  const scale = from / to;
  if (kernel === "nearest") {
    const first = Int32Array.from({ length: to }, (_, x) =>
      Math.min(from - 1, Math.floor((x + 0.5) * scale)),
    );
    return Object.freeze({ from, to, taps: 1, first, weights: new Float64Array(to).fill(1) });
  }
  return Object.freeze(
    antialias ? widened(from, to, kernel, Math.max(1, scale), a) : pointwise(from, to, kernel, a),
  );
}

/** As Pillow's `precompute_coeffs`. */
function widened(from: number, to: number, kernel: KernelName, stretch: number, a: number): AxisKernel {
  const { reach, weight } = KERNELS[kernel];
  const support = reach * stretch;
  const first = new Int32Array(to);
  const ends = new Int32Array(to);
  let taps = 1;
  for (let x = 0; x < to; x++) {
    const centre = (x + 0.5) * (from / to);
    first[x] = Math.max(0, Math.trunc(centre - support + 0.5));
    ends[x] = Math.min(from, Math.trunc(centre + support + 0.5));
    taps = Math.max(taps, ends[x]! - first[x]!);
  }
  const weights = new Float64Array(to * taps);
  const shrink = 1 / stretch;
  for (let x = 0; x < to; x++) {
    const centre = (x + 0.5) * (from / to);
    const low = first[x]!;
    const high = ends[x]!;
    first[x] = Math.min(low, from - taps);
    const at = x * taps + low - first[x]!;
    let sum = 0;
    for (let k = 0; k < high - low; k++) {
      const share = weight((k + low - centre + 0.5) * shrink, a);
      weights[at + k] = share;
      sum += share;
    }
    if (sum !== 0) for (let k = 0; k < high - low; k++) weights[at + k]! /= sum;
  }
  return { from, to, taps, first, weights };
}

function pointwise(from: number, to: number, kernel: KernelName, a: number): AxisKernel {
  const { reach, weight } = KERNELS[kernel];
  const wide = Math.ceil(reach) * 2;
  const taps = Math.min(from, wide);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let x = 0; x < to; x++) {
    const place = (x + 0.5) * (from / to) - 0.5;
    const low = Math.floor(place) - wide / 2 + 1;
    first[x] = Math.max(0, Math.min(low, from - taps));
    let sum = 0;
    for (let k = 0; k < wide; k++) sum += weight(low + k - place, a);
    for (let k = 0; k < wide; k++) {
      const at = Math.max(0, Math.min(from - 1, low + k)) - first[x]!;
      weights[x * taps + at]! += weight(low + k - place, a) / sum;
    }
  }
  return { from, to, taps, first, weights };
}
