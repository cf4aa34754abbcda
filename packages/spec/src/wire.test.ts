import { expect, test } from "vitest";
import { decodeSamples, encodeSamples } from "./wire.ts";

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
