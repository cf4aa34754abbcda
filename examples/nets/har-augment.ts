import type { Batch, Random } from "@tideline/learn";

/** Samples and channels of a window: three of acceleration, three of angular velocity. */
const SAMPLES = 128;
const CHANNELS = 6;

/**
 * Turns each window's phone by a small random rotation (a normal angle about a random axis, alike for both sensors) and
 * scales it a little: people wear the phone differently and move with different strength.
 *
 * @param degrees deviation of the angle. @param strength deviation of the logarithm of the scale.
 */
export function turnedAndScaled(degrees: number, strength: number): (batch: Batch, random: Random) => void {
  return ({ inputs }, random) => {
    const values = inputs["x"]!.values as Float32Array;
    for (let start = 0; start < values.length; start += SAMPLES * CHANNELS) {
      const turn = rotation(random, (degrees * Math.PI) / 180);
      const scale = Math.exp(strength * random.normal());
      for (let at = start; at < start + SAMPLES * CHANNELS; at += 3) {
        const [x, y, z] = [values[at]!, values[at + 1]!, values[at + 2]!];
        for (let row = 0; row < 3; row++)
          values[at + row] = scale * (turn[row * 3]! * x + turn[row * 3 + 1]! * y + turn[row * 3 + 2]! * z);
      }
    }
  };
}

/** A rotation by a normal angle about a random axis (the formula of Rodrigues), row-major. */
function rotation(random: Random, deviation: number): readonly number[] {
  const axis = [random.normal(), random.normal(), random.normal()];
  const length = Math.hypot(...axis);
  const [x, y, z] = axis.map((part) => part / length) as [number, number, number];
  const angle = deviation * random.normal();
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const d = 1 - c;
  return [
    c + x * x * d,
    x * y * d - z * s,
    x * z * d + y * s,
    y * x * d + z * s,
    c + y * y * d,
    y * z * d - x * s,
    z * x * d - y * s,
    z * y * d + x * s,
    c + z * z * d,
  ];
}
