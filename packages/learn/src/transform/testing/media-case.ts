import type { Frame } from "../../frame/column.ts";
import { frame } from "../../frame/frame.ts";
import { seededRandom, type Random } from "../../random.ts";
import type { TransformCase } from "./transform-check.ts";

/** Vectors of a width, the fourth of them missing. Numbers are those that float32 holds. */
function vectors(
  name: string,
  rows: number,
  width: number,
  value: (random: Random, at: number) => number,
): Frame {
  const random = seededRandom(5);
  const values = Float64Array.from({ length: rows * width }, (_, at) =>
    Math.fround(value(random, at % width)),
  );
  values[3 * width] = Number.NaN;
  return frame([{ kind: "vector", name, width, values }]);
}

const words = vectors(
  "word",
  5,
  330,
  (random, t) => 0.5 * Math.sin(t * (0.2 + t / 4000)) + 0.05 * random.normal(),
);
const sound = { rate: 8000, size: 64, hop: 32, mel: { mels: 12 }, coefficients: 6 } as const;
const heard = (features: readonly string[], more: object = {}): TransformCase => ({
  rows: words,
  options: { ...sound, features, ...more },
});

const channels = ["x", "y", "z"];
const signals = {
  channels,
  derived: { length: ["x", "y"] },
  features: [
    {
      kind: "statistics",
      channels: ["x", "z", "length"],
      statistics: ["mean", "log_std", "max", "min", "log_jerk", "mean_absolute_deviation", "std", "range"],
    },
    { kind: "statistics", channels: ["y"], statistics: ["rms", "skewness", "kurtosis"] },
    { kind: "spectrum", channels: ["z", "x"], edges: [1, 2, 5, 9], taper: "hann" },
    { kind: "correlation", pairs: [["x", "length"]] },
  ],
};
const windows = (size: number): TransformCase => ({
  rows: vectors("window", 7, size * 3, (random, at) => Math.sin(at) + random.normal() + (at % 3)),
  options: { size, ...signals },
});

const photos = vectors("photo", 5, 12 * 15 * 3, (random) => random.integer(256));
const seen = (steps: readonly object[], more: object = {}): TransformCase => ({
  rows: photos,
  options: { height: 12, width: 15, channels: 3, steps, ...more },
});
const through = vectors("photo", 5, 6 * 5 * 4, (random) => random.integer(256));

/** The cases of images, sounds and sensors. */
export const MEDIA_CASES: Readonly<Record<string, readonly TransformCase[]>> = {
  imagePixels: [
    seen([
      { step: "resizeShorter", size: 9, kernel: "bicubic" },
      { step: "crop", height: 8, width: 7 },
      { step: "scale", by: 1 / 255 },
      { step: "normalise", mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
    ]),
    seen([{ step: "letterbox", height: 20, width: 10, fill: 114, bytes: true }, { step: "swapRedBlue" }]),
    seen(
      [
        { step: "grey" },
        { step: "resize", height: 5, width: 20, kernel: "lanczos3" },
        { step: "repeatGrey" },
      ],
      {
        layout: "hwc",
      },
    ),
    {
      rows: through,
      options: {
        height: 6,
        width: 5,
        channels: 4,
        steps: [
          { step: "opaque", background: [10, 20, 30] },
          { step: "resize", height: 9, width: 9, antialias: false, kernel: "bicubic" },
          { step: "crop", height: 3, width: 2, top: 6, left: 0 },
        ],
      },
    },
  ],
  signalFeatures: [windows(16), windows(20)],
  soundFeatures: [
    heard(["power"]),
    heard(["mel", "rms"], { padding: "reflect", taper: "hamming", taperSize: 50 }),
    heard(["logMel", "mfcc"], { decibel: { reference: "max", range: 60 } }),
    heard(["mfccDelta"], { mel: { mels: 12, scale: "htk", norm: "none" } }),
    // A curvature is small beside the decibels that it is a difference of, and float32 has those to seven digits.
    { ...heard(["mfccDelta2"], { deltaSize: 5, centred: false }), tolerance: 1e-5 },
    heard(["zeroCrossing"]),
    heard(["centroid", "rolloff"], { taper: { kaiser: 6 } }),
  ],
};
