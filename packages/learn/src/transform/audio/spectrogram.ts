import { tidelineError } from "@tideline/spec";
import { finite, illegalOption, oneOf, positive, positiveInteger } from "../../net/check-option.ts";
import { fourier } from "./fft.ts";
import { taperOf, type Taper } from "./taper.ts";

/** How a sound is cut into frames and each frame's spectrum is made; the defaults are librosa's. */
export interface SpectrogramOptions {
  /** Samples a second. */
  readonly rate: number;
  /** Samples of a frame, and points of its transform. Default 2048. */
  readonly size?: number;
  /** Samples from one frame to the next. Default a quarter of `size`. */
  readonly hop?: number;
  /** Samples under the taper, which lies in the middle of the frame with zeros on both sides. Default `size`. */
  readonly taperSize?: number;
  /** Default `hann`, periodic. */
  readonly taper?: Taper;
  /** Whether frame `f` is centred on sample `f * hop`, with half a frame of padding at both ends. Default true. */
  readonly centred?: boolean;
  /** What stands beyond the ends. Default zeros. */
  readonly padding?: "zero" | "reflect";
}

/** {@link SpectrogramOptions} with every default. */
export type Framing = Required<SpectrogramOptions>;

/** The options with their defaults. @throws DEFINITION_ILLEGAL */
export function framingOf(who: string, options: SpectrogramOptions): Framing {
  const rate = positive(who, "rate", options.rate);
  const size = positiveInteger(who, "size", options.size ?? 2048);
  const hop = positiveInteger(who, "hop", options.hop ?? Math.max(1, Math.floor(size / 4)));
  const taperSize = positiveInteger(who, "taperSize", options.taperSize ?? size);
  if (taperSize > size) throw illegalOption(who, "taperSize", `at most the size, ${size}`, String(taperSize));
  const taper = options.taper ?? "hann";
  taperOf(taper, 2);
  if (typeof taper === "object") finite(who, "taper.kaiser", taper.kaiser);
  const padding = oneOf(who, "padding", { zero: 0, reflect: 0 }, options.padding ?? "zero");
  return { rate, size, hop, taperSize, taper, centred: options.centred ?? true, padding };
}

/** How many frames `length` samples give: 0 when they do not fill one. */
export function frameCount({ size, hop, centred }: Framing, length: number): number {
  const room = length + (centred ? 2 * Math.floor(size / 2) : 0) - size;
  return room < 0 ? 0 : 1 + Math.floor(room / hop);
}

/** The taper of a frame, `[size]`. */
export function frameTaper({ size, taper, taperSize }: Framing): Float64Array {
  const out = new Float64Array(size);
  out.set(taperOf(taper, taperSize), Math.floor((size - taperSize) / 2));
  return out;
}

/** The samples with what stands beyond their ends. @throws NOT_ENOUGH_DATA when there are too few to reflect. */
export function paddedSamples(
  { size, centred, padding }: Framing,
  samples: ArrayLike<number>,
  edge: "zero" | "reflect" | "edge" = padding,
): Float64Array {
  const pad = centred ? Math.floor(size / 2) : 0;
  const length = samples.length;
  if (edge === "reflect" && length <= pad)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: "spectrogram",
      field: "samples",
      expected: `more than ${pad}, to be reflected`,
      received: String(length),
    });
  const out = new Float64Array(length + 2 * pad);
  for (let t = 0; t < length; t++) out[pad + t] = samples[t]!;
  if (edge === "zero" || length === 0) return out;
  for (let t = 1; t <= pad; t++) {
    out[pad - t] = samples[edge === "edge" ? 0 : t]!;
    out[pad + length - 1 + t] = samples[edge === "edge" ? length - 1 : length - 1 - t]!;
  }
  return out;
}

/** The spectra of the frames of a sound. */
export interface Spectra {
  readonly frames: number;
  /** `size / 2 + 1`, rounded down; bin `k` stands for `k * rate / size` hertz. */
  readonly bins: number;
  /** Real parts, `[frames, bins]`. */
  readonly re: Float64Array;
  /** Imaginary parts, `[frames, bins]`. */
  readonly im: Float64Array;
}

/**
 * The short-time Fourier transform in float64, not scaled, as `librosa.stft` (which has frames in columns).
 *
 * @throws DEFINITION_ILLEGAL for options that make no sense; NOT_ENOUGH_DATA for too few samples to reflect.
 * @example
 * const { frames, bins, re, im } = shortTimeFourier(samples, { rate: 16_000, size: 512, hop: 160 });
 */
export function shortTimeFourier(samples: ArrayLike<number>, options: SpectrogramOptions): Spectra {
  const framing = framingOf("shortTimeFourier", options);
  const { size, hop } = framing;
  const padded = paddedSamples(framing, samples);
  const frames = frameCount(framing, samples.length);
  const bins = (size >> 1) + 1;
  const re = new Float64Array(frames * bins);
  const im = new Float64Array(frames * bins);
  const plan = fourier(size);
  const taper = frameTaper(framing);
  const frame = new Float64Array(size);
  for (let f = 0; f < frames; f++) {
    for (let t = 0; t < size; t++) frame[t] = padded[f * hop + t]! * taper[t]!;
    plan.real(frame, re.subarray(f * bins, (f + 1) * bins), im.subarray(f * bins, (f + 1) * bins));
  }
  return Object.freeze({ frames, bins, re, im });
}

/** The power `re^2 + im^2` of every bin, `[frames, bins]`. */
export function powerOf({ re, im }: Spectra): Float64Array {
  const out = new Float64Array(re.length);
  for (let at = 0; at < out.length; at++) out[at] = re[at]! * re[at]! + im[at]! * im[at]!;
  return out;
}
