import { describe, expect, test } from "vitest";
import { float16Bits, float16Number, fromFloat16, toFloat16 } from "./float16.ts";

/** What 16 bits stand for, by the definition of binary16 in exact fractions. */
function exact(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction / 2 ** 24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >= 0x8000 ? -size : size;
}

const isNaN16 = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 1023) !== 0;

describe("half precision", () => {
  test("all 65,536 patterns are the numbers that they stand for, and come back", () => {
    const engine = new Float16Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer);
    for (let bits = 0; bits < 65_536; bits += 1) {
      const number = float16Number(bits);
      if (isNaN16(bits)) {
        if (!Number.isNaN(number)) expect.fail(`${bits}`);
        continue;
      }
      const wanted = (bits & 0x7fff) === 0x7c00 ? (bits >= 0x8000 ? -1 : 1) * Infinity : exact(bits);
      if (!Object.is(number, wanted) || !Object.is(number, engine[bits])) expect.fail(`${bits}: ${number}`);
      if (float16Bits(number) !== bits) expect.fail(`${bits} comes back as ${float16Bits(number)}`);
    }
  });

  test("between each two neighbours: halves go to the even one, the rest to the nearest", () => {
    for (let bits = 0; bits < 0x7bff; bits += 1) {
      const [low, high] = [exact(bits), exact(bits + 1)];
      const half = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const above = half + (high - low) * 2 ** -30;
      const below = half - (high - low) * 2 ** -30;
      const got = [below, half, above].map(float16Bits);
      if (got[0] !== bits || got[1] !== even || got[2] !== bits + 1) expect.fail(`${bits}: ${got.join(" ")}`);
      if (float16Bits(-half) !== (even | 0x8000)) expect.fail(`-${bits}`);
    }
    expect([65_519.99, 65_520, 1e300].map(float16Bits)).toEqual([0x7bff, 0x7c00, 0x7c00]);
    expect([2 ** -25, 2 ** -25 * 1.0001, -0].map(float16Bits)).toEqual([0, 1, 0x8000]);
    expect(float16Bits(Number.NaN) & 0x7fff).toBe(0x7e00);
  });

  test("whole tensors agree with the engine's own rounding", () => {
    const numbers = Float32Array.from({ length: 20_000 }, (_, at) => Math.sin(at) * 10 ** ((at % 16) - 9));
    expect(toFloat16(numbers)).toEqual(new Uint16Array(new Float16Array(numbers).buffer));
    expect(fromFloat16(toFloat16(numbers))).toEqual(Float32Array.from(new Float16Array(numbers)));
  });
});
