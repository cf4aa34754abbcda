import { tidelineError } from "@tideline/spec";
import { illegalOption, positiveInteger } from "../../net/check-option.ts";
import { savitzkyGolay } from "../sensor/savitzky-golay.ts";
import { cosineTransform } from "./cosine-transform.ts";
import { decibels, decibelsOf, type DecibelOptions, type Decibels } from "./decibel.ts";
import { melBandsOf, melFilterBank, throughBank, type MelBands, type MelOptions } from "./mel.ts";
import {
  frameCount,
  framingOf,
  paddedSamples,
  powerOf,
  shortTimeFourier,
  type Framing,
  type SpectrogramOptions,
} from "./spectrogram.ts";

/** A number, or several, of each frame of a sound; {@link AUDIO_FEATURES} says what each is. */
export type AudioFeature =
  | "power"
  | "mel"
  | "logMel"
  | "mfcc"
  | "mfccDelta"
  | "mfccDelta2"
  | "rms"
  | "zeroCrossing"
  | "centroid"
  | "rolloff";

/** What {@link audioFeatures} computes; the defaults are librosa's. */
export interface AudioOptions extends SpectrogramOptions {
  /** In the order in which they stand in a frame. */
  readonly features: readonly AudioFeature[];
  readonly mel?: MelOptions;
  /** Of `logMel` and `mfcc`. */
  readonly decibel?: DecibelOptions;
  /** Coefficients of `mfcc`. Default 20. */
  readonly coefficients?: number;
  /** Frames under a delta, odd. Default 9. */
  readonly deltaSize?: number;
  /** The share of the magnitude below the rolloff. Default 0.85. */
  readonly rolloff?: number;
}

/** {@link AudioOptions} with every default. */
export interface AudioPlan extends Framing {
  readonly features: readonly AudioFeature[];
  readonly mel: MelBands;
  readonly decibel: Decibels;
  readonly coefficients: number;
  readonly deltaSize: number;
  readonly rolloff: number;
}

/** The options with their defaults. @throws DEFINITION_ILLEGAL */
export function audioPlan(who: string, options: AudioOptions): AudioPlan {
  const framing = framingOf(who, options);
  const mel = melBandsOf(who, framing.rate, options.mel ?? {});
  const coefficients = positiveInteger(who, "coefficients", options.coefficients ?? 20);
  const deltaSize = positiveInteger(who, "deltaSize", options.deltaSize ?? 9);
  const rolloff = options.rolloff ?? 0.85;
  if (coefficients > mel.mels)
    throw illegalOption(who, "coefficients", `at most the ${mel.mels} mels`, String(coefficients));
  if (deltaSize < 3 || deltaSize % 2 === 0)
    throw illegalOption(who, "deltaSize", "an odd number of at least 3", String(deltaSize));
  if (!(rolloff > 0 && rolloff < 1))
    throw illegalOption(who, "rolloff", "a share between 0 and 1", String(rolloff));
  const { features } = options;
  if (!Array.isArray(features) || features.length === 0)
    throw illegalOption(who, "features", "at least one", "none");
  for (const feature of features)
    if (!Object.hasOwn(AUDIO_FEATURES, feature))
      throw illegalOption(
        who,
        "features",
        `some of ${Object.keys(AUDIO_FEATURES).join(", ")}`,
        String(feature),
      );
  const decibel = decibelsOf(who, options.decibel ?? {});
  return { ...framing, features: [...features], mel, decibel, coefficients, deltaSize, rolloff };
}

/** What the features of one sound share, each made once and when first asked for. */
interface SoundParts {
  readonly plan: AudioPlan;
  readonly samples: ArrayLike<number>;
  readonly frames: number;
  readonly bins: number;
  power(): Float64Array;
  magnitude(): Float64Array;
  mel(): Float64Array;
  logMel(): Float64Array;
  mfcc(): Float64Array;
}

/** A feature: how many numbers a frame has, and their values `[frames, width]`. */
interface FeatureDef {
  readonly width: (plan: AudioPlan) => number;
  readonly compute: (parts: SoundParts) => Float64Array;
}

/** Every feature of a frame, in float64. */
export const AUDIO_FEATURES = {
  /** `|X|^2` of each bin. */
  power: { width: ({ size }) => (size >> 1) + 1, compute: (parts) => parts.power() },
  /** Power in mel bands, `librosa.feature.melspectrogram`. */
  mel: { width: ({ mel }) => mel.mels, compute: (parts) => parts.mel() },
  /** The same in decibels, `librosa.power_to_db`. */
  logMel: { width: ({ mel }) => mel.mels, compute: (parts) => parts.logMel() },
  /** Cepstral coefficients, `librosa.feature.mfcc`. */
  mfcc: { width: (plan) => plan.coefficients, compute: (parts) => parts.mfcc() },
  /** Their slope over `deltaSize` frames, `librosa.feature.delta`. */
  mfccDelta: { width: (plan) => plan.coefficients, compute: (parts) => delta(parts, 1) },
  /** Their curvature, `librosa.feature.delta` with order 2. */
  mfccDelta2: { width: (plan) => plan.coefficients, compute: (parts) => delta(parts, 2) },
  /** The root of the mean square of the samples, `librosa.feature.rms`; zeros beyond the ends. */
  rms: { width: () => 1, compute: rms },
  /** Changes of sign a sample, `librosa.feature.zero_crossing_rate`; the ends repeat. */
  zeroCrossing: { width: () => 1, compute: zeroCrossing },
  /** The mean frequency by magnitude in hertz, 0 in silence, `librosa.feature.spectral_centroid`. */
  centroid: { width: () => 1, compute: centroid },
  /** The hertz below which the share `rolloff` of the magnitude lies, `librosa.feature.spectral_rolloff`. */
  rolloff: { width: () => 1, compute: rolloff },
} as const satisfies Record<AudioFeature, FeatureDef>;

/** Below this a sample has no sign, as librosa has it. */
export const SILENCE = 1e-10;

/** Features of a sound by frame. */
export interface AudioFrames {
  readonly frames: number;
  readonly width: number;
  /** `[frames, width]`, the features side by side. */
  readonly values: Float64Array;
}

/** Numbers of a frame. */
export function audioWidth(plan: AudioPlan): number {
  return plan.features.reduce((sum, feature) => sum + AUDIO_FEATURES[feature].width(plan), 0);
}

/**
 * Features of each frame of a sound (one channel) in float64: spectra, mel bands, cepstral coefficients with their slopes,
 * loudness, zero crossings, centroid and rolloff; see {@link AUDIO_FEATURES} for what each is and which function of
 * librosa 0.11 it equals. Frames are rows, where librosa has them in columns.
 *
 * A sound too short for one frame has none.
 *
 * @throws DEFINITION_ILLEGAL for options that make no sense; NOT_ENOUGH_DATA for a sound that has frames, but fewer than
 * `deltaSize` where deltas are asked for, or too few samples to reflect at its ends.
 * @example
 * const { frames, values } = audioFeatures(samples, { rate: 16_000, size: 400, hop: 160, features: ["logMel"] });
 */
export function audioFeatures(samples: ArrayLike<number>, options: AudioOptions): AudioFrames {
  const plan = audioPlan("audioFeatures", options);
  const parts = soundParts(plan, samples);
  const width = audioWidth(plan);
  const values = new Float64Array(parts.frames * width);
  let column = 0;
  for (const feature of plan.features) {
    const own = AUDIO_FEATURES[feature].width(plan);
    const made = parts.frames === 0 ? values : AUDIO_FEATURES[feature].compute(parts);
    for (let f = 0; f < parts.frames; f++)
      values.set(made.subarray(f * own, (f + 1) * own), f * width + column);
    column += own;
  }
  return Object.freeze({ frames: parts.frames, width, values });
}

function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: compute() }).value;
}

function soundParts(plan: AudioPlan, samples: ArrayLike<number>): SoundParts {
  const bins = (plan.size >> 1) + 1;
  const power = once(() => powerOf(shortTimeFourier(samples, plan)));
  const mel = once(() => throughBank(power(), melFilterBank(plan.rate, plan.size, plan.mel), bins));
  const logMel = once(() => decibels(mel(), plan.decibel));
  const mfcc = once(() =>
    throughBank(logMel(), cosineTransform(plan.coefficients, plan.mel.mels), plan.mel.mels),
  );
  const magnitude = once(() => power().map(Math.sqrt));
  const frames = frameCount(plan, samples.length);
  return { plan, samples, frames, bins, power, magnitude, mel, logMel, mfcc };
}

/** Wants a delta to have its frames. @throws NOT_ENOUGH_DATA */
export function wantFramesOfDelta(frames: number, size: number): void {
  if (frames >= size) return;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who: "audioFeatures",
    field: "deltaSize",
    expected: `a sound of at least ${size} frames`,
    received: `${frames}`,
  });
}

function delta({ plan, frames, mfcc }: SoundParts, order: number): Float64Array {
  const size = plan.deltaSize;
  wantFramesOfDelta(frames, size);
  return savitzkyGolay(mfcc(), { size, degree: order, derivative: order }, plan.coefficients);
}

function rms({ plan, samples, frames }: SoundParts): Float64Array {
  const padded = paddedSamples(plan, samples, "zero");
  const out = new Float64Array(frames);
  for (let f = 0; f < frames; f++) {
    let sum = 0;
    for (let t = 0; t < plan.size; t++) sum += padded[f * plan.hop + t]! ** 2;
    out[f] = Math.sqrt(sum / plan.size);
  }
  return out;
}

function zeroCrossing({ plan, samples, frames }: SoundParts): Float64Array {
  const padded = paddedSamples(plan, samples, "edge");
  const out = new Float64Array(frames);
  for (let f = 0; f < frames; f++) {
    let crossings = 0;
    for (let t = 1, at = f * plan.hop + 1; t < plan.size; t++, at++)
      if (padded[at]! < -SILENCE !== padded[at - 1]! < -SILENCE) crossings++;
    out[f] = crossings / plan.size;
  }
  return out;
}

function centroid({ plan, frames, bins, magnitude }: SoundParts): Float64Array {
  const values = magnitude();
  const out = new Float64Array(frames);
  for (let f = 0; f < frames; f++) {
    let sum = 0;
    let moment = 0;
    for (let k = 0; k < bins; k++) {
      sum += values[f * bins + k]!;
      moment += k * values[f * bins + k]!;
    }
    out[f] = sum === 0 ? 0 : (moment / sum) * (plan.rate / plan.size);
  }
  return out;
}

function rolloff({ plan, frames, bins, magnitude }: SoundParts): Float64Array {
  const values = magnitude();
  const out = new Float64Array(frames);
  for (let f = 0; f < frames; f++) {
    const row = values.subarray(f * bins, (f + 1) * bins);
    let total = 0;
    for (let k = 0; k < bins; k++) total += row[k]!;
    let sum = 0;
    let k = 0;
    while (k < bins - 1 && (sum += row[k]!) < plan.rolloff * total) k++;
    out[f] = (k * plan.rate) / plan.size;
  }
  return out;
}
