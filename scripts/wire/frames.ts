import {
  concatBytes,
  decodeFrame,
  encodeFrame,
  encodeSamples,
  missingSamples,
  toHex,
  type FrameReference,
} from "@tideline/spec";
import { batchOf, eventOf, headerOf, type ExpectedFrame, type WireVector } from "./vector.ts";

interface Part {
  readonly seq: number;
  readonly name: string;
  readonly field: string;
  readonly channels: number;
  readonly bytes: Uint8Array;
  readonly reference: Omit<FrameReference, "offset">;
  readonly others?: object;
}

/** A vector of frames that stand one after the other in the attachment. */
function vector(name: string, about: string, parts: readonly Part[]): WireVector {
  const frames: ExpectedFrame[] = [];
  const events: object[] = [];
  let offset = 0;
  for (const { seq, name: event, field, channels, bytes, reference, others } of parts) {
    const placed: FrameReference = { offset, ...reference };
    events.push(eventOf(seq, event, { ...others, [field]: { ...placed, phase: "ignored" } }));
    const values = decodeFrame(bytes, { ...placed, offset: 0 }, channels);
    const missing = missingSamples(reference);
    const { samples } = reference;
    frames.push({
      seq,
      field,
      samples,
      float32: toHex(encodeSamples(values)),
      ...(missing > 0 && { missing }),
    });
    offset += bytes.length;
  }
  const header = headerOf(`phone-${name}`, events);
  const acknowledged = [[1, parts.length]] as const;
  return {
    name,
    about,
    header,
    body: batchOf(header, concatBytes(parts.map(({ bytes }) => bytes))),
    expect: { status: 200, acknowledged, quarantined: [], duplicates: 0, frames },
  };
}

const others = { session: "s", start: 500 };
const walk = Float32Array.from({ length: 12 }, (_, index) => Math.fround((index - 6) / 7));
const special = Float32Array.of(Number.NaN, -0, 2 ** -149, -(2 ** 127) * 1.5, Number.POSITIVE_INFINITY, 0.1);
const levels = Float32Array.of(30, 31.5, 94, 61.25, 60);

/** A frame of `motion`. */
function motion(seq: number, values: Float32Array, reference: object = {}): Part {
  const packed = encodeFrame(values, 3);
  return {
    seq,
    name: "motion",
    field: "samples",
    channels: 3,
    bytes: packed.bytes,
    reference: { ...packed.reference, ...reference },
    others,
  };
}

/** The same as int16. */
function packedMotion(seq: number, values: Float32Array, scale: readonly number[], reference: object): Part {
  const packed = encodeFrame(values, 3, { encoding: "int16", scale });
  return { ...motion(seq, values), bytes: packed.bytes, reference: { ...packed.reference, ...reference } };
}

const sound = encodeFrame(levels, 1, { encoding: "int16", scale: [0.01] });

/** Batches with sensor samples, and what their values are. */
export const FRAMES: readonly WireVector[] = [
  vector(
    "frame-float32",
    "Four samples of three channels as float32; then NaN, -0, infinity and the smallest number.",
    [motion(1, walk), motion(2, special, { encoding: "float32", rate: 45, units: ["g", "g", "g"] })],
  ),
  vector(
    "frame-int16",
    "int16 with a scale for each channel, an odd number of integers (hence padding), and gaps: 100 samples before the first, two seconds at 50 Hz, and one more.",
    [
      packedMotion(1, walk, [2 ** -14, 1 / 3000, 0.0001], {
        rate: 55,
        gaps: [
          [0, 100],
          [3, 1],
        ],
      }),
      { seq: 2, name: "sound", field: "level", channels: 1, bytes: sound.bytes, reference: sound.reference },
      motion(3, walk.subarray(0, 3), { gaps: [[0, 2 ** 31 - 1]] }),
    ],
  ),
];

const frameFaults: readonly object[] = [
  { offset: 24, samples: 4 },
  { offset: -4, samples: 1 },
  { offset: 2, samples: 1 },
  { offset: 0, samples: 0 },
  { offset: 0, samples: 1, encoding: "float64" },
  { offset: 0, samples: 1, encoding: "int16" },
  { offset: 0, samples: 1, encoding: "int16", scale: [1, 1] },
  { offset: 0, samples: 1, encoding: "int16", scale: [1, 0, 1] },
  { offset: 0, samples: 1, scale: [1, 1, 1] },
  { offset: 0, samples: 1, rate: 100 },
  { offset: 0, samples: 1, units: ["g", "g", "m/s2"] },
  { offset: 0, samples: 2, gaps: [[2, 1]] },
  { offset: 0, samples: 2, gaps: [[1, 0]] },
  {
    offset: 0,
    samples: 2,
    gaps: [
      [1, 1],
      [1, 1],
    ],
  },
];

const faultHeader = headerOf(
  "phone-frame-faults",
  frameFaults.map((samples, index) => eventOf(index + 1, "motion", { ...others, samples })),
);

/** Frames that do not fit. */
export const FRAME_FAULTS: WireVector = {
  name: "frame-faults",
  about:
    "Frames outside the attachment, at odd places, in unknown encodings, with a wrong scale, rate, unit or gaps.",
  header: faultHeader,
  body: batchOf(faultHeader, encodeSamples(walk)),
  expect: {
    status: 200,
    acknowledged: [[1, frameFaults.length]],
    quarantined: frameFaults.map((_, index) => ({ seq: index + 1, code: "FIELD_INVALID", field: "samples" })),
    duplicates: 0,
  },
};
