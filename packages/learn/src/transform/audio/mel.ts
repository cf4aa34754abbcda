import { illegalOption, notNegative, oneOf, positive, positiveInteger } from "../../net/check-option.ts";

/** The bands of a mel filter bank; the defaults are librosa's. */
export interface MelOptions {
  /** Bands. Default 128. */
  readonly mels?: number;
  /** Hertz where the lowest band begins. Default 0. */
  readonly low?: number;
  /** Hertz where the highest band ends. Default half the rate. */
  readonly high?: number;
  /** `slaney`: linear to 1 kHz, logarithmic above (Auditory Toolbox, 1998); `htk`: `2595 log10(1 + f / 700)`. */
  readonly scale?: "slaney" | "htk";
  /** `slaney` divides a band by its width in hertz; `none` lets each peak at 1. Default `slaney`. */
  readonly norm?: "slaney" | "none";
}

/** {@link MelOptions} with every default. */
export type MelBands = Required<MelOptions>;

/** The options with their defaults. @throws DEFINITION_ILLEGAL */
export function melBandsOf(who: string, rate: number, options: MelOptions): MelBands {
  const mels = positiveInteger(who, "mels", options.mels ?? 128);
  const low = notNegative(who, "low", options.low ?? 0);
  const high = positive(who, "high", options.high ?? rate / 2);
  if (low >= high || high > rate / 2)
    throw illegalOption(who, "low and high", `rising and at most ${rate / 2} Hz`, `${low} and ${high}`);
  const scale = oneOf(who, "scale", MEL_SCALES, options.scale ?? "slaney");
  const norm = oneOf(who, "norm", { slaney: 0, none: 0 }, options.norm ?? "slaney");
  return { mels, low, high, scale, norm };
}

const LINEAR_HERTZ = 200 / 3;
const LOG_FROM = 1000 / LINEAR_HERTZ;
const LOG_STEP = Math.log(6.4) / 27;

/** Hertz to mels and back, by the name of the scale. */
export const MEL_SCALES = {
  slaney: {
    mel: (hertz: number) =>
      hertz < 1000 ? hertz / LINEAR_HERTZ : LOG_FROM + Math.log(hertz / 1000) / LOG_STEP,
    hertz: (mel: number) =>
      mel < LOG_FROM ? mel * LINEAR_HERTZ : 1000 * Math.exp(LOG_STEP * (mel - LOG_FROM)),
  },
  htk: {
    mel: (hertz: number) => 2595 * Math.log10(1 + hertz / 700),
    hertz: (mel: number) => 700 * (10 ** (mel / 2595) - 1),
  },
} as const;

/**
 * The triangular bands of a mel filter bank in float64, as `librosa.filters.mel`.
 *
 * @param size points of the transform
 * @returns `[mels, size / 2 + 1]`
 * @throws DEFINITION_ILLEGAL for bands beyond the spectrum.
 * @example
 * const bank = melFilterBank(16_000, 512, { mels: 40, scale: "htk" });
 */
export function melFilterBank(rate: number, size: number, options: MelOptions = {}): Float64Array {
  const { mels, low, high, scale, norm } = melBandsOf("melFilterBank", rate, options);
  const { mel, hertz } = MEL_SCALES[scale];
  const [from, to] = [mel(low), mel(high)];
  const edges = Float64Array.from({ length: mels + 2 }, (_, m) =>
    hertz(from + ((to - from) * m) / (mels + 1)),
  );
  const bins = (size >> 1) + 1;
  const bank = new Float64Array(mels * bins);
  for (let m = 0; m < mels; m++) {
    const [left, peak, right] = [edges[m]!, edges[m + 1]!, edges[m + 2]!];
    const factor = norm === "slaney" ? 2 / (right - left) : 1;
    for (let k = 0; k < bins; k++) {
      const f = (k * rate) / size;
      bank[m * bins + k] =
        factor * Math.max(0, Math.min((f - left) / (peak - left), (right - f) / (right - peak)));
    }
  }
  return bank;
}

/** Spectra `[frames, bins]` through a bank `[mels, bins]`: `[frames, mels]`. Zeros at the ends of a band cost nothing. */
export function throughBank(power: Float64Array, bank: Float64Array, bins: number): Float64Array {
  const mels = bank.length / bins;
  const frames = power.length / bins;
  const out = new Float64Array(frames * mels);
  for (let m = 0; m < mels; m++) {
    const row = bank.subarray(m * bins, (m + 1) * bins);
    const first = row.findIndex((weight) => weight !== 0);
    const last = row.findLastIndex((weight) => weight !== 0);
    if (first < 0) continue;
    for (let f = 0; f < frames; f++) {
      let sum = 0;
      for (let k = first, at = f * bins + first; k <= last; k++, at++) sum += row[k]! * power[at]!;
      out[f * mels + m] = sum;
    }
  }
  return out;
}
