import { fourier } from "../../audio/fft.ts";
import { taperOf } from "../../audio/taper.ts";

/** Sums of a channel by name: their places behind one another, each two wide (a pair of channels). */
export const SUM = {
  mean: 0,
  squares: 1,
  most: 2,
  least: 3,
  steps: 4,
  absolute: 5,
  cubes: 6,
  fourths: 7,
} as const;

/** Numbers of a pair's sums. */
export const PAIR_SUMS = 16;

/**
 * What features of a window are made of. Channels go in pairs, side by side: channel `c` is lane `c & 1` of pair `c >> 1`; an odd
 * last one stands twice.
 */
export interface SignalKernel {
  readonly name: "webassembly" | "typescript";
  /** [pairs, size, 2]: samples, less their mean once {@link SignalKernel.summarise} has run. */
  readonly series: Float64Array;
  /** [pairs, 8, 2], in the order of {@link SUM}; all are means but `most` and `least`. */
  readonly sums: Float64Array;
  /** [pairs, size / 2 + 1, 2]: `|X|^2 / size` under a periodic Hann taper. */
  readonly power: Float64Array;
  /** Takes the window `[size, channels]` at `values[from]`, as it is now. */
  load(values: Float32Array | Float64Array, from: number): void;
  /**
   * The same of an array of many windows that nobody changes as long as it is named here: more than the one may be read at
   * once. Windows are best taken in order.
   */
  loadOfMany(values: Float32Array | Float64Array, from: number): void;
  /** The sums of a pair, which it centres. */
  summarise(pair: number): void;
  /** The power of two pairs, centred before. */
  transform(first: number, second: number): void;
}

/** The window as pairs of channels. */
export function loadPairs(
  values: Float32Array | Float64Array,
  from: number,
  size: number,
  channels: number,
  series: Float64Array,
): void {
  for (let c = 0; c < channels; c += 2) {
    const other = c + 1 < channels ? 1 : 0;
    for (let t = 0, at = from + c, to = c * size; t < size; t++, at += channels, to += 2) {
      series[to] = values[at]!;
      series[to + 1] = values[at + other]!;
    }
  }
}

/** The kernel in plain TypeScript: what WebAssembly is held to, and what runs where there is none. */
export function typescriptSignalKernel(size: number, channels: number, pairs: number): SignalKernel {
  const bins = (size >> 1) + 1;
  const series = new Float64Array(pairs * size * 2);
  const sums = new Float64Array(pairs * PAIR_SUMS);
  const power = new Float64Array(pairs * bins * 2);
  const taper = taperOf("hann", size);
  const plan = fourier(size);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  return {
    name: "typescript",
    series,
    sums,
    power,
    load: (values, from) => loadPairs(values, from, size, channels, series),
    loadOfMany: (values, from) => loadPairs(values, from, size, channels, series),
    summarise(pair) {
      for (let lane = 0; lane < 2; lane++)
        summariseLane(series, pair * size * 2 + lane, size, sums, pair * PAIR_SUMS + lane);
    },
    transform(first, second) {
      // Both lanes of a pair are the real and imaginary part of one series.
      for (const pair of first === second ? [first] : [first, second]) {
        for (let t = 0, at = pair * size * 2; t < size; t++, at += 2) {
          re[t] = series[at]! * taper[t]!;
          im[t] = series[at + 1]! * taper[t]!;
        }
        plan.complex(re, im);
        splitPower(re, im, size, power, pair * bins * 2);
      }
    },
  };
}

function summariseLane(
  series: Float64Array,
  from: number,
  size: number,
  sums: Float64Array,
  to: number,
): void {
  const end = from + 2 * size;
  let total = 0;
  let most = series[from]!;
  let least = most;
  let steps = 0;
  let last = most;
  for (let at = from; at < end; at += 2) {
    const x = series[at]!;
    total += x;
    most = Math.max(most, x);
    least = Math.min(least, x);
    steps += (x - last) * (x - last);
    last = x;
  }
  const mean = total / size;
  let squares = 0;
  let absolute = 0;
  let cubes = 0;
  let fourths = 0;
  for (let at = from; at < end; at += 2) {
    const x = series[at]! - mean;
    series[at] = x;
    const square = x * x;
    squares += square;
    absolute += Math.abs(x);
    cubes += square * x;
    fourths += square * square;
  }
  const share = 1 / size;
  sums[to] = mean;
  sums[to + 2 * SUM.squares] = squares * share;
  sums[to + 2 * SUM.most] = most;
  sums[to + 2 * SUM.least] = least;
  sums[to + 2 * SUM.steps] = steps / (size - 1);
  sums[to + 2 * SUM.absolute] = absolute * share;
  sums[to + 2 * SUM.cubes] = cubes * share;
  sums[to + 2 * SUM.fourths] = fourths * share;
}

/** The even part of the spectrum is the real series', the odd part the imaginary one's. */
function splitPower(re: Float64Array, im: Float64Array, size: number, power: Float64Array, to: number): void {
  const share = 1 / (4 * size);
  for (let k = 0; k <= size >> 1; k++, to += 2) {
    const mirror = k === 0 ? 0 : size - k;
    const evenR = re[k]! + re[mirror]!;
    const evenI = im[k]! - im[mirror]!;
    const oddR = im[k]! + im[mirror]!;
    const oddI = re[k]! - re[mirror]!;
    power[to] = share * (evenR * evenR + evenI * evenI);
    power[to + 1] = share * (oddR * oddR + oddI * oddI);
  }
}
