import type { nets } from "@tideline/learn/net";

type Augment = NonNullable<nets.NetFitOptions["augment"]>;
type Random = Parameters<Augment>[1];

/** Samples and channels of a window: three of acceleration, three of angular velocity. */
const SAMPLES = 128;
const CHANNELS = 6;

/** Several augmentations, one after another. */
export function all(...parts: readonly Augment[]): Augment {
  return (batch, random) => {
    for (const part of parts) part(batch, random);
  };
}

/**
 * Turns each window's phone by a small random rotation (a normal angle about a random axis, alike for both sensors) and
 * scales it a little: people wear the phone differently and move with different strength.
 *
 * @param degrees deviation of the angle. @param strength deviation of the logarithm of the scale.
 */
export function turnedAndScaled(degrees: number, strength: number): Augment {
  return ({ inputs }, random) => {
    const values = inputs["x"]!.values as Float32Array;
    for (let start = 0; start < values.length; start += SAMPLES * CHANNELS) {
      const turn = rotation(randomAxis(random), (random.normal() * degrees * Math.PI) / 180);
      rotate(values, start, turn, Math.exp(strength * random.normal()));
    }
  };
}

/**
 * Turns windows of one class by any angle about the phone's first axis, which lies along the body: who lies may lie on
 * either side, on the back or on the belly.
 *
 * @param label the class of lying down.
 */
export function rolled(label: number): Augment {
  return ({ inputs, target }, random) => {
    const values = inputs["x"]!.values as Float32Array;
    for (const [row, own] of (target.values as BigInt64Array).entries())
      if (Number(own) === label)
        rotate(
          values,
          row * SAMPLES * CHANNELS,
          rotation([1, 0, 0], 2 * Math.PI * (random.uniform() - 0.5)),
          1,
        );
  };
}

/** Rotates both sensors of the window that begins at `start`, in place. */
function rotate(values: Float32Array, start: number, turn: readonly number[], scale: number): void {
  for (let at = start; at < start + SAMPLES * CHANNELS; at += 3) {
    const [x, y, z] = [values[at]!, values[at + 1]!, values[at + 2]!];
    for (let row = 0; row < 3; row++)
      values[at + row] = scale * (turn[row * 3]! * x + turn[row * 3 + 1]! * y + turn[row * 3 + 2]! * z);
  }
}

function randomAxis(random: Random): readonly number[] {
  const axis = [random.normal(), random.normal(), random.normal()];
  const length = Math.hypot(...axis);
  return axis.map((part) => part / length);
}

/** A rotation about a unit axis (the formula of O. Rodrigues), row-major. */
function rotation([x, y, z]: readonly number[], angle: number): readonly number[] {
  return about(x!, y!, z!, Math.cos(angle), Math.sin(angle));
}

function about(x: number, y: number, z: number, c: number, s: number): readonly number[] {
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
