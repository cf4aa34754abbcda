import { tidelineError } from "@tideline/spec";

/** A decoded sound. */
export interface Sound {
  /** Samples a second and channel. */
  readonly rate: number;
  readonly channels: number;
  /** `[length, channels]` in [-1, 1); float32 where it holds every value exactly (up to 24 bits), else float64. */
  readonly values: Float32Array | Float64Array;
}

/** What a hostile file may cost. */
export interface WavLimits {
  /** Values of all channels together. Default 2^28. */
  readonly maxValues?: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

const malformed = (expected: string, received: string) =>
  tidelineError("DATA_MALFORMED", { who: "decodeWav", field: "file", expected, received });

interface Format {
  readonly coding: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** Reads the chunk `fmt `. */
function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16) throw malformed("a format chunk of 16 bytes or more", `${size}`);
  const tag = view.getUint16(at, true);
  if (tag === EXTENSIBLE && size < 40) throw malformed("an extensible format chunk of 40 bytes", `${size}`);
  const coding = tag === EXTENSIBLE ? view.getUint16(at + 24, true) : tag;
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const fits = coding === PCM ? [8, 16, 24, 32].includes(bits) : coding === FLOAT && [32, 64].includes(bits);
  if (!fits)
    throw malformed("PCM of 8, 16, 24 or 32 bits or floats of 32 or 64", `format ${coding} of ${bits} bits`);
  if (channels < 1 || rate < 1)
    throw malformed("at least one channel and a rate", `${channels} channels at ${rate} Hz`);
  if (view.getUint16(at + 12, true) !== (channels * bits) / 8)
    throw malformed(`blocks of ${(channels * bits) / 8} bytes`, `${view.getUint16(at + 12, true)}`);
  return { coding, channels, rate, bits };
}

/** Reads a value at a byte. */
const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  "1/8": (view, at) => (view.getUint8(at) - 128) / 128,
  "1/16": (view, at) => view.getInt16(at, true) / 0x8000,
  "1/24": (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 0x800000,
  "1/32": (view, at) => view.getInt32(at, true) / 0x80000000,
  "3/32": (view, at) => view.getFloat32(at, true),
  "3/64": (view, at) => view.getFloat64(at, true),
};

/**
 * Decodes a RIFF WAVE file: PCM of 8 (unsigned), 16, 24 or 32 bits, floats of 32 or 64 bits, any number of channels, plain
 * or extensible. Whole numbers are divided by 2^(bits - 1), as libsndfile does. Unknown chunks are passed over; a data
 * chunk that claims more than the file holds, as recorders write that could not come back to it, ends with the file.
 *
 * @throws DATA_MALFORMED for what is no such file, a coding that is not listed, values that are not finite, or more
 * values than the limit.
 * @example
 * const { rate, values } = decodeWav(bytes);
 */
export function decodeWav(bytes: Uint8Array, { maxValues = 2 ** 28 }: WavLimits = {}): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || name(0) !== "RIFF" || name(8) !== "WAVE")
    throw malformed("a RIFF WAVE file", `${bytes.length} bytes that begin otherwise`);
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const kind = name(at);
    const claimed = view.getUint32(at + 4, true);
    const start = at + 8;
    const size = Math.min(claimed, bytes.length - start);
    if (kind === "fmt ") format = readFormat(view, start, size);
    if (kind === "data") {
      if (format === undefined) throw malformed("a format chunk before the data", "none");
      // A recorder that streams leaves 0 in both sizes behind.
      const streamed = claimed === 0 && view.getUint32(4, true) === 0;
      return readSamples(view, start, streamed ? bytes.length - start : size, format, maxValues);
    }
    // Chunks begin at even bytes.
    at = start + claimed + (claimed % 2);
  }
  throw malformed("a data chunk", format === undefined ? "neither format nor data" : "none");
}

function readSamples(view: DataView, start: number, size: number, format: Format, maxValues: number): Sound {
  const { coding, channels, rate, bits } = format;
  const bytes = bits / 8;
  const count = Math.floor(size / (bytes * channels)) * channels;
  if (count > maxValues) throw malformed(`at most ${maxValues} values`, `${count}`);
  const read = READERS[`${coding}/${bits}`]!;
  const exact = bits <= 24 || coding === FLOAT ? bits < 64 : false;
  const values = exact ? new Float32Array(count) : new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const value = read(view, start + k * bytes);
    if (!Number.isFinite(value)) throw malformed("finite samples", `${value} at ${k}`);
    values[k] = value;
  }
  return Object.freeze({ rate, channels, values });
}

/** The mean of the channels of a sound, `[length]`. */
export function monoOf({ channels, values }: Sound): Float32Array | Float64Array {
  if (channels === 1) return values;
  const length = values.length / channels;
  const out = values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  for (let t = 0, at = 0; t < length; t++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[at++]!;
    out[t] = sum / channels;
  }
  return out;
}

/**
 * The sound as a WAVE file: PCM of 16 bits, rounded to the nearest step and clipped, or floats of 32 bits.
 *
 * @example
 * await writeFile("tone.wav", encodeWav({ rate: 16_000, channels: 1, values }));
 */
export function encodeWav(
  { rate, channels, values }: Sound,
  coding: "pcm16" | "float32" = "pcm16",
): Uint8Array {
  const bytes = coding === "pcm16" ? 2 : 4;
  const out = new Uint8Array(44 + values.length * bytes);
  const view = new DataView(out.buffer);
  const text = (at: number, word: string) => {
    for (let k = 0; k < word.length; k++) out[at + k] = word.charCodeAt(k);
  };
  text(0, "RIFF");
  view.setUint32(4, out.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, coding === "pcm16" ? PCM : FLOAT, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * bytes, true);
  view.setUint16(32, channels * bytes, true);
  view.setUint16(34, bytes * 8, true);
  text(36, "data");
  view.setUint32(40, values.length * bytes, true);
  for (let k = 0; k < values.length; k++) {
    const at = 44 + k * bytes;
    if (coding === "float32") view.setFloat32(at, values[k]!, true);
    else view.setInt16(at, Math.max(-32768, Math.min(32767, Math.round(values[k]! * 32768))), true);
  }
  return out;
}
