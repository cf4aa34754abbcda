import type { Random } from "@tideline/learn/net";

/** What a person may be doing, in the order of the classes. */
export const ACTIVITIES = ["sitting", "standing", "walking", "climbing stairs", "running"] as const;

/**
 * Samples in a window, a second, and numbers in a sample: acceleration in g along three axes and its length, turning in
 * rad/s about them and its length. Eight, since onnxruntime-web 1.30 computes a first convolution wrong on WebGPU whose
 * channels are no multiple of four (microsoft/onnxruntime#29651).
 */
export const WINDOW = { samples: 64, hertz: 32, channels: 8 } as const;

type Vector = readonly [number, number, number];

/** How an activity moves somebody average, in the axes of the body: up, left, forward. */
interface Pattern {
  /** Steps a second; 0 at rest. */
  readonly steps: number;
  /** Amplitudes in g: up at the step and its first harmonic, sideways at the stride, forward at the step. */
  readonly up: number;
  readonly bounce: number;
  readonly side: number;
  readonly forward: number;
  /** Turning about each axis, rad/s. */
  readonly turn: Vector;
  /** How far the body leans back, radians. */
  readonly lean: number;
}

const PATTERNS: Readonly<Record<(typeof ACTIVITIES)[number], Pattern>> = {
  sitting: { steps: 0, up: 0, bounce: 0, side: 0, forward: 0, turn: [0, 0, 0], lean: 0.38 },
  standing: { steps: 0, up: 0, bounce: 0, side: 0, forward: 0, turn: [0, 0, 0], lean: 0 },
  walking: { steps: 1.9, up: 0.25, bounce: 0.1, side: 0.1, forward: 0.15, turn: [0.5, 0.3, 0.4], lean: 0 },
  "climbing stairs": {
    steps: 1.7,
    up: 0.3,
    bounce: 0.05,
    side: 0.15,
    forward: 0.2,
    turn: [0.4, 0.6, 0.5],
    lean: -0.2,
  },
  running: { steps: 2.7, up: 0.9, bounce: 0.25, side: 0.2, forward: 0.35, turn: [1.1, 0.7, 0.8], lean: -0.1 },
};

/** What makes one person's motion unlike another's. */
export interface Person {
  /** Factors of the steps a second and of how far everything moves. */
  readonly tempo: number;
  readonly vigour: number;
  /** How the phone sits: turns in radians about its x, y and z axis, one after the other. */
  readonly worn: Vector;
}

/** Somebody of the population: the phone at the waist, upright, roughly the same tempo. */
export function drawPerson(random: Random): Person {
  return {
    tempo: Math.exp(0.06 * random.normal()),
    vigour: Math.exp(0.12 * random.normal()),
    worn: [0.1 * random.normal(), 0.1 * random.normal(), 0.1 * random.normal()],
  };
}

function turned([x, y, z]: Vector, [a, b, c]: Vector): Vector {
  const [x1, y1, z1] = [x, y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)];
  const [x2, y2, z2] = [x1 * Math.cos(b) + z1 * Math.sin(b), y1, z1 * Math.cos(b) - x1 * Math.sin(b)];
  return [x2 * Math.cos(c) - y2 * Math.sin(c), x2 * Math.sin(c) + y2 * Math.cos(c), z2];
}

/**
 * Writes one window of a person, sample after sample.
 *
 * @param into numbers of one window: samples times channels.
 */
export function writeWindow(
  into: Float32Array,
  { tempo, vigour, worn }: Person,
  activity: number,
  random: Random,
): void {
  const { steps, up, bounce, side, forward, turn, lean } = PATTERNS[ACTIVITIES[activity]!];
  const strength = vigour * Math.exp(0.2 * random.normal());
  const leaning = lean + 0.1 * random.normal();
  const pace = 2 * Math.PI * steps * tempo * Math.exp(0.07 * random.normal());
  const phase = 2 * Math.PI * random.uniform();
  const noise = (size: number) => size * random.normal();
  for (let at = 0; at < WINDOW.samples; at += 1) {
    const step = phase + (pace * at) / WINDOW.hertz;
    const accelerated: Vector = [
      Math.cos(leaning) + strength * (up * Math.sin(step) + bounce * Math.sin(2 * step + 0.6)),
      strength * side * Math.sin(step / 2),
      Math.sin(leaning) + strength * forward * Math.cos(step),
    ];
    const turning: Vector = [
      strength * turn[0] * Math.cos(step / 2),
      strength * turn[1] * Math.sin(step),
      strength * turn[2] * Math.sin(step / 2 + 0.8),
    ];
    const acceleration = turned(accelerated, worn).map((value) => value + noise(0.05));
    const rotation = turned(turning, worn).map((value) => value + noise(0.1));
    const sample = [acceleration, rotation].flatMap((axes) => [...axes, Math.hypot(...axes)]);
    into.set(sample, at * WINDOW.channels);
  }
}
