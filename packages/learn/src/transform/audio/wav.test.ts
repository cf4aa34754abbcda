import { isTidelineError } from "@tideline/spec";
import { array, assert, constantFrom, double, nat, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { largestDifference } from "../../testing/largest-difference.ts";
import { decodeWav, encodeWav, monoOf, type Sound } from "./wav.ts";

interface FileOptions {
  readonly tag?: number;
  readonly sub?: number;
  readonly bits: number;
  readonly channels?: number;
  readonly data: readonly number[];
  /** What the sizes claim, where they lie. */
  readonly riffSize?: number;
  readonly dataSize?: number;
  readonly before?: readonly number[];
}

/** A file, byte by byte. */
function wav({
  tag = 1,
  sub,
  bits,
  channels = 1,
  data,
  riffSize = 1000,
  dataSize = data.length,
  before = [],
}: FileOptions) {
  const word = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  const little = (value: number, bytes: number) =>
    Array.from({ length: bytes }, (_, k) => Math.floor(value / 256 ** k) % 256);
  const block = (channels * bits) / 8;
  const plain = [tag, channels]
    .flatMap((n) => little(n, 2))
    .concat(little(8000, 4), little(8000 * block, 4), little(block, 2), little(bits, 2));
  const format =
    sub === undefined
      ? plain
      : [
          ...plain,
          ...little(22, 2),
          ...little(bits, 2),
          ...little(0, 4),
          ...little(sub, 2),
          ...Array<number>(14).fill(0),
        ];
  return Uint8Array.from([
    ...word("RIFF"),
    ...little(riffSize, 4),
    ...word("WAVE"),
    ...before,
    ...word("fmt "),
    ...little(format.length, 4),
    ...format,
    ...word("data"),
    ...little(dataSize, 4),
    ...data,
  ]);
}

test("every coding is read by its scale", () => {
  const read = (options: FileOptions) => [...decodeWav(wav(options)).values];
  expect(read({ bits: 8, data: [0, 128, 255] })).toEqual([-1, 0, 127 / 128]);
  expect(read({ bits: 16, data: [0, 0x80, 0xff, 0x7f, 1, 0] })).toEqual([-1, 32767 / 32768, 1 / 32768]);
  expect(read({ bits: 24, data: [0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff] })).toEqual([
    -1,
    2 ** -23,
    -(2 ** -23),
  ]);
  expect(read({ bits: 32, data: [1, 0, 0, 0x80, 0, 0, 0, 0x40] })).toEqual([-1 + 2 ** -31, 0.5]);
  const floats = [...new Uint8Array(Float32Array.of(0.25, -3).buffer)];
  expect(read({ tag: 3, bits: 32, data: floats })).toEqual([0.25, -3]);
  const doubles = [...new Uint8Array(Float64Array.of(0.1).buffer)];
  expect(read({ tag: 3, bits: 64, data: doubles })).toEqual([0.1]);
  expect(read({ tag: 0xfffe, sub: 1, bits: 16, data: [0, 0x40] })).toEqual([0.5]);
  expect(decodeWav(wav({ bits: 32, data: [0, 0, 0, 0] })).values).toBeInstanceOf(Float64Array);
});

test("unknown chunks are passed over, odd ones with their filling; a recorder that broke off leaves what there is", () => {
  const before = [..."junk"].map((letter) => letter.charCodeAt(0)).concat([3, 0, 0, 0, 9, 9, 9, 0]);
  expect([...decodeWav(wav({ bits: 16, data: [0, 0x40], before })).values]).toEqual([0.5]);
  expect(decodeWav(wav({ bits: 16, data: [0, 0x40, 0], dataSize: 0xffffffff })).values.length).toBe(1);
  expect(decodeWav(wav({ bits: 16, data: [0, 0x40], dataSize: 0, riffSize: 0 })).values.length).toBe(1);
  expect(decodeWav(wav({ bits: 16, data: [0, 0x40], dataSize: 0 })).values.length).toBe(0);
});

test("what is written is read again", () => {
  assert(
    property(
      array(double({ min: -1, max: 0.999, noNaN: true }), { maxLength: 40 }),
      constantFrom(1, 2),
      (list, channels) => {
        const values = Float64Array.from(list.slice(0, list.length - (list.length % channels)));
        const sound: Sound = { rate: 16_000, channels, values };
        const exact = decodeWav(encodeWav(sound, "float32"));
        expect([exact.rate, exact.channels]).toEqual([16_000, channels]);
        expect(exact.values).toEqual(Float32Array.from(values));
        expect(largestDifference(decodeWav(encodeWav(sound)).values, values)).toBeLessThanOrEqual(2 ** -15);
      },
    ),
  );
  expect([...monoOf({ rate: 1, channels: 2, values: Float64Array.of(1, 0, 0.5, -0.5) })]).toEqual([0.5, 0]);
});

test("files of hostile people are refused with a code", () => {
  const refused = (bytes: Uint8Array, words: string, limits = {}) =>
    expect(() => decodeWav(bytes, limits)).toThrow(new RegExp(`${words}.*DATA_MALFORMED`));
  refused(new Uint8Array(3), "3 bytes");
  refused(wav({ bits: 12, data: [] }), "format 1 of 12 bits");
  refused(wav({ tag: 6, bits: 8, data: [] }), "format 6");
  refused(wav({ bits: 16, channels: 0, data: [] }), "0 channels");
  refused(wav({ tag: 3, bits: 32, data: [0, 0, 0xc0, 0x7f] }), "NaN at 0");
  refused(wav({ bits: 8, data: [1, 2, 3] }), "3", { maxValues: 2 });
  refused(wav({ bits: 8, data: [] }).subarray(0, 36), "neither|none");
  const whole = wav({ bits: 16, channels: 2, data: [1, 2, 3, 4, 5, 6, 7, 8] });
  assert(
    property(
      nat(whole.length - 1),
      uint8Array({ minLength: 1, maxLength: 6 }),
      nat(whole.length),
      (at, noise, end) => {
        const bytes = Uint8Array.from(whole);
        bytes.set(noise.subarray(0, bytes.length - at), at);
        try {
          decodeWav(bytes.subarray(0, end));
        } catch (error) {
          expect(isTidelineError(error, "DATA_MALFORMED")).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
