import { readFileSync } from "node:fs";
import { assert, double, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { largestDifference } from "../../testing/largest-difference.ts";
import { AUDIO_FEATURES, audioFeatures, type AudioFeature, type AudioOptions } from "./audio-feature.ts";
import { fourier } from "./fft.ts";
import { melFilterBank } from "./mel.ts";
import { resamplePoly } from "./resample-poly.ts";
import { taperOf, type Taper } from "./taper.ts";

interface Vectors {
  readonly tapers: readonly { taper: Taper; length: number; periodic: boolean; values: number[] }[];
  readonly series: number[];
  readonly resampled: readonly { rates: [number, number]; kaiser: number; values: number[] }[];
  readonly sounds: readonly {
    rate: number;
    options: Record<string, never> & { size: number; hop: number; mels: number };
    samples: number[];
    frames: number;
    powerFrames: number[];
    bank: number[];
    features: Record<AudioFeature, number[]>;
  }[];
}

const file = new URL("../../../../../vectors/prepare/media/audio.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

test("tapers are SciPy's", () => {
  for (const { taper, length, periodic, values } of vectors.tapers)
    expect(largestDifference(taperOf(taper, length, { periodic }), values)).toBeLessThan(1e-11);
});

test("a transform of any length is the sum that defines it", () => {
  for (const n of [1, 2, 3, 4, 5, 8, 12, 16, 31, 32, 60, 64, 100, 128, 400]) {
    const series = Float64Array.from({ length: n }, (_, t) => Math.sin(t * t * 0.37) + 0.3 * Math.cos(3 * t));
    const bins = (n >> 1) + 1;
    const [re, im] = [new Float64Array(bins), new Float64Array(bins)];
    fourier(n).real(series, re, im);
    for (let k = 0; k < bins; k++) {
      let [a, b] = [0, 0];
      for (let t = 0; t < n; t++) {
        a += series[t]! * Math.cos((2 * Math.PI * ((k * t) % n)) / n);
        b -= series[t]! * Math.sin((2 * Math.PI * ((k * t) % n)) / n);
      }
      expect(Math.hypot(re[k]! - a, im[k]! - b)).toBeLessThan(1e-11 * n);
    }
  }
});

test("resampled series are SciPy's", () => {
  for (const { rates, kaiser, values } of vectors.resampled) {
    const made = resamplePoly(Float64Array.from(vectors.series), ...rates, { kaiser });
    expect(made.length).toBe(values.length);
    expect(largestDifference(made, values)).toBeLessThan(1e-11);
  }
});

describe("features of sounds are librosa's", () => {
  test.each(vectors.sounds.map((sound, at) => [at, sound] as const))("sound %i", (_, sound) => {
    const given = sound.options as unknown as Record<string, unknown>;
    const { rate } = sound;
    const mel = { mels: sound.options.mels, norm: given["norm"], scale: given["scale"] ?? "slaney" };
    const bank = melFilterBank(rate, sound.options.size, mel as AudioOptions["mel"]);
    const bins = (sound.options.size >> 1) + 1;
    const sums = Float64Array.from({ length: bins }, (_, k) => {
      let sum = 0;
      for (let m = 0; m < sound.options.mels; m++) sum += bank[m * bins + k]!;
      return sum;
    });
    expect(largestDifference(sums, sound.bank)).toBeLessThan(1e-11);
    for (const feature of Object.keys(AUDIO_FEATURES) as AudioFeature[]) {
      const { frames, width, values } = audioFeatures(sound.samples, {
        rate,
        size: sound.options.size,
        hop: sound.options.hop,
        ...(given["taper"] === undefined
          ? {}
          : { taper: "hamming", taperSize: given["taper_size"] as number }),
        centred: given["centred"] !== false,
        padding: given["reflect"] === true ? "reflect" : "zero",
        mel: mel as NonNullable<AudioOptions["mel"]>,
        coefficients: 13,
        features: [feature],
      });
      expect(frames).toBe(sound.frames);
      const made =
        feature === "power"
          ? Float64Array.from(
              sound.powerFrames.flatMap((f) => [...values.subarray(f * width, (f + 1) * width)]),
            )
          : values;
      const wanted = sound.features[feature];
      const scale = Math.max(...wanted.map(Math.abs));
      expect([feature, largestDifference(made, wanted) < 1e-7 * scale]).toEqual([feature, true]);
    }
  });
});

test("several features stand side by side, and a sound too short has no frames", () => {
  const samples = vectors.series;
  const options = { rate: 8000, size: 64, hop: 32, mel: { mels: 8 }, coefficients: 5 } as const;
  const both = audioFeatures(samples, { ...options, features: ["rms", "mfcc"] });
  const [rms, mfcc] = (["rms", "mfcc"] as const).map((one) =>
    audioFeatures(samples, { ...options, features: [one] }),
  );
  expect(both.width).toBe(6);
  expect(both.values[6]).toBe(rms!.values[1]);
  expect(both.values.slice(7, 12)).toEqual(mfcc!.values.slice(5, 10));
  const none = audioFeatures([], { ...options, centred: false, features: ["rms", "mfcc"] });
  expect(none.frames).toBe(0);
});

test("what is resampled up and down again is what it was, for what lies below the cut", () => {
  assert(
    property(integer({ min: 2, max: 9 }), double({ min: 0, max: 0.2, noNaN: true }), (up, cycles) => {
      const wave = Float64Array.from({ length: 200 }, (_, t) => Math.sin(2 * Math.PI * cycles * t));
      const back = resamplePoly(resamplePoly(wave, 1, up), up, 1);
      expect(largestDifference(back.subarray(60, 140), wave.subarray(60, 140))).toBeLessThan(1e-2);
    }),
    { numRuns: 20 },
  );
});

test("a sound with too few frames for a delta, or too few samples to reflect, is not enough", () => {
  const plan = { rate: 8000, size: 64, hop: 32, mel: { mels: 20 }, coefficients: 4 } as const;
  const deltas = { ...plan, features: ["mfccDelta" as const] };
  expect(() => audioFeatures(new Float64Array(100), deltas)).toThrow("NOT_ENOUGH_DATA");
  expect(audioFeatures(new Float64Array(300), deltas).frames).toBe(10);
  const reflected = { ...plan, padding: "reflect" as const, features: ["power" as const] };
  expect(() => audioFeatures(new Float64Array(32), reflected)).toThrow("NOT_ENOUGH_DATA");
  expect(audioFeatures(new Float64Array(33), reflected).frames).toBe(2);
});
