import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFrame, decodeSamples, encodeFrame, encodeSamples } from "./frame-codec.ts";

/** Channels, and samples of them interleaved. */
const frames = fc
  .integer({ min: 1, max: 7 })
  .chain((channels) =>
    fc
      .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 })
      .map((values) => ({ channels, values: Float32Array.from([...values, ...values.slice(0, channels)]) })),
  )
  .map(({ channels, values }) => ({
    channels,
    values: values.slice(0, Math.max(1, Math.floor(values.length / channels)) * channels),
  }))
  .filter(({ channels, values }) => values.length % channels === 0);

test("samples come back from any bytes, also from the middle of a larger buffer, as a copy", () => {
  const samples = Float32Array.of(1.5, -2, 3.25);
  const packed = encodeSamples(samples);
  const larger = Buffer.concat([Buffer.from([9, 9, 9, 9]), packed, Buffer.from([7])]);
  for (const bytes of [packed, larger.subarray(4, 16), new Uint8Array(larger).subarray(4, 16)]) {
    const decoded = decodeSamples(bytes);
    expect(decoded).toEqual(samples);
    bytes.fill(0);
    expect(decoded).toEqual(samples);
  }
});

test("float32 keeps every bit, NaN included", () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1 }), (values) => {
      const { bytes, reference } = encodeFrame(values, 1);
      expect(reference).toEqual({ samples: values.length });
      expect(decodeFrame(bytes, { ...reference, offset: 0 }, 1)).toEqual(values);
    }),
  );
});

test("int16 comes back within half a step of each channel, at any offset of any buffer", () => {
  fc.assert(
    fc.property(frames, fc.nat(3), ({ channels, values }, shift) => {
      const { bytes, reference } = encodeFrame(values, channels, { encoding: "int16" });
      expect(bytes.length % 4).toBe(0);
      expect(bytes.length - values.length * 2).toBeLessThan(4);
      const around = Buffer.alloc(shift + 4 + bytes.length + 2, 9);
      around.set(bytes, shift + 4);
      const decoded = decodeFrame(around.subarray(shift), { ...reference, offset: 4 }, channels);
      expect(decoded).toHaveLength(values.length);
      for (const [index, value] of values.entries()) {
        const step = reference.scale![index % channels]!;
        // Half a step, and what float32 rounds off.
        expect(Math.abs(decoded[index]! - value)).toBeLessThanOrEqual(
          step * 0.51 + Math.abs(value) * 2 ** -23,
        );
      }
    }),
  );
});

test("a value is the float64 product of integer and scale, rounded to float32 once", () => {
  const bytes = Uint8Array.of(0x39, 0x30, 0xc7, 0xcf, 0xff, 0x7f, 0x00, 0x80);
  const scale = [0.1, 1 / 3];
  expect(decodeFrame(bytes, { offset: 0, samples: 2, encoding: "int16", scale }, 2)).toEqual(
    Float32Array.of(
      Math.fround(12345 * 0.1),
      Math.fround(-12345 * (1 / 3)),
      Math.fround(32767 * 0.1),
      Math.fround(-32768 * (1 / 3)),
    ),
  );
});

test("a sensor's own step is exact", () => {
  const scale = [1 / 16384];
  const values = Float32Array.of(-2, 1, 0.5, 16383 / 16384, -32768 / 16384);
  const { bytes, reference } = encodeFrame(values, 1, { encoding: "int16", scale });
  expect(reference).toEqual({ samples: 5, encoding: "int16", scale });
  expect(bytes).toHaveLength(12);
  expect(decodeFrame(bytes, { ...reference, offset: 0 }, 1)).toEqual(values);
});

test.each([
  ["NaN", Float32Array.of(0, Number.NaN), undefined],
  ["infinity", Float32Array.of(0, Number.POSITIVE_INFINITY), undefined],
  ["a value beyond its scale", Float32Array.of(0, 33), [0.001]],
])("int16 refuses %s instead of storing another value", (_name, values, scale) => {
  expect(() => encodeFrame(values, 1, { encoding: "int16", ...(scale && { scale }) })).toThrow(
    /sample [01].*FIELD_INVALID/,
  );
});
