import { tidelineError } from "./error.ts";
import { frameBytes, type FrameEncoding, type FrameReference } from "./frame.ts";

/** Whether this machine stores numbers with the low byte first, as the wire does. */
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Samples as they travel: their bytes, and what the reference to them says besides its offset. */
export interface PackedFrame {
  /** A multiple of 4. */
  readonly bytes: Uint8Array;
  readonly reference: Pick<FrameReference, "samples" | "encoding" | "scale">;
}

/** How {@link encodeFrame} packs. */
export interface EncodeFrameOptions {
  /** `float32` keeps every bit; `int16` takes half the bytes and keeps a 65,535th of each channel's range. */
  readonly encoding?: FrameEncoding;
  /** `int16` only: one factor for each channel, as a sensor's own step; the smallest that fits where left out. */
  readonly scale?: readonly number[];
}

/** The smallest factor of each channel with which its samples fit into 16 bits. */
function fittingScale(values: Float32Array, channels: number): readonly number[] {
  const scale = Array.from({ length: channels }, () => 0);
  for (let index = 0; index < values.length; index += 1) {
    scale[index % channels] = Math.max(scale[index % channels]!, Math.abs(values[index]!));
  }
  return scale.map((largest) => (largest === 0 ? 1 : largest / 32767));
}

/**
 * Packs samples, interleaved `[samples, channels]`, little-endian.
 *
 * @throws `FIELD_INVALID` for `int16` where a sample is not finite or does not fit the given scale: a sample that a
 * sensor did not give is a gap
 * @example
 * const { bytes, reference } = encodeFrame(values, 3, { encoding: "int16" });
 * const property = { offset, ...reference, rate: 49.8 };
 */
export function encodeFrame(
  values: Float32Array,
  channels: number,
  { encoding = "float32", ...options }: EncodeFrameOptions = {},
): PackedFrame {
  const samples = values.length / channels;
  if (encoding === "float32") return { bytes: encodeSamples(values), reference: { samples } };
  const { scale = fittingScale(values, channels) } = options;
  const bytes = new Uint8Array(frameBytes({ samples, encoding }, channels));
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index += 1) {
    const stored = Math.round(values[index]! / scale[index % channels]!);
    if (!(stored >= -32768 && stored <= 32767)) {
      throw tidelineError("FIELD_INVALID", {
        who: "frame",
        field: `sample ${Math.floor(index / channels)}`,
        expected: "a finite number that fits 16 bits with its scale",
        received: String(values[index]),
        remedy: "Send it as float32, or a missing sample as a gap.",
      });
    }
    view.setInt16(index * 2, stored, true);
  }
  return { bytes, reference: { samples, encoding, scale } };
}

/** The 16-bit integers of bytes; a view where they can be one. */
function readIntegers(bytes: Uint8Array): Int16Array {
  if (LITTLE_ENDIAN && bytes.byteOffset % 2 === 0)
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, index) => view.getInt16(index * 2, true));
}

/**
 * The samples of a frame that `frameFault` found nothing wrong with, interleaved `[samples, channels]`; a copy.
 * What is missing is left out. An `int16` value is the float64 product of integer and scale, rounded to float32.
 */
export function decodeFrame(
  attachment: Uint8Array,
  reference: FrameReference,
  channels: number,
): Float32Array {
  const { offset, scale } = reference;
  const bytes = attachment.subarray(offset, offset + frameBytes(reference, channels));
  if (reference.encoding !== "int16") return decodeSamples(bytes);
  const stored = readIntegers(bytes);
  const values = new Float32Array(reference.samples * channels);
  for (let channel = 0; channel < channels; channel += 1) {
    const factor = scale![channel]!;
    for (let index = channel; index < values.length; index += channels)
      values[index] = stored[index]! * factor;
  }
  return values;
}

/** Bytes of samples: little-endian float32; a copy. */
export function encodeSamples(values: Float32Array): Uint8Array {
  if (LITTLE_ENDIAN) return new Uint8Array(values.slice().buffer);
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index += 1) view.setFloat32(index * 4, values[index]!, true);
  return bytes;
}

/** Samples of bytes written by {@link encodeSamples}; a copy. */
export function decodeSamples(bytes: Uint8Array): Float32Array {
  // Not `bytes.slice()`: a Node Buffer's shares its memory, and then the samples would start where the pool does.
  if (LITTLE_ENDIAN) return new Float32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, index) => view.getFloat32(index * 4, true));
}
