import type { Random } from "../random.ts";

/** How one activity moves a person who is average; lengths in g, turns in rad/s, frequencies in hertz. */
export interface MotionPattern {
  /** Steps a second; 0 for somebody at rest. */
  readonly steps: number;
  /** Amplitude of the step's first three harmonics, up and down. */
  readonly up: readonly [number, number, number];
  /** Sideways once a stride (two steps), forward once a step. */
  readonly side: number;
  readonly forward: number;
  /** Turning about the vertical and the forward axis once a stride, about the sideways axis once a step. */
  readonly turn: readonly [number, number, number];
  /** Deviation of the slow sway of somebody at rest. */
  readonly sway: number;
  /** Where gravity points on the phone, and how far that differs from person to person and time to time. */
  readonly gravity: readonly [number, number, number];
  readonly personTilt: number;
  readonly sessionTilt: number;
}

const upright = { personTilt: 0.06, sessionTilt: 0.045, sway: 0.012 } as const;

/**
 * The six activities. Means follow what is published of waist-worn phones (x is vertical when upright, about 1 g):
 * stairs slow the step and shorten its harmonics upwards, sharpen them downwards; sitting leans the phone back.
 */
export const MOTION_PATTERNS = {
  WALKING: {
    ...upright,
    steps: 1.85,
    up: [0.22, 0.1, 0.05],
    side: 0.12,
    forward: 0.13,
    turn: [0.5, 0.5, 0.3],
    gravity: [0.98, -0.17, -0.04],
  },
  WALKING_UPSTAIRS: {
    ...upright,
    steps: 1.68,
    up: [0.24, 0.08, 0.03],
    side: 0.14,
    forward: 0.16,
    turn: [0.58, 0.55, 0.4],
    gravity: [0.95, -0.25, -0.14],
  },
  WALKING_DOWNSTAIRS: {
    ...upright,
    steps: 1.98,
    up: [0.3, 0.17, 0.11],
    side: 0.15,
    forward: 0.16,
    turn: [0.66, 0.54, 0.37],
    gravity: [0.98, -0.14, -0.04],
  },
  SITTING: {
    ...upright,
    steps: 0,
    up: [0, 0, 0],
    side: 0,
    forward: 0,
    turn: [0, 0, 0],
    sway: 0.009,
    gravity: [0.95, 0.13, 0.16],
    personTilt: 0.06,
  },
  STANDING: {
    ...upright,
    steps: 0,
    up: [0, 0, 0],
    side: 0,
    forward: 0,
    turn: [0, 0, 0],
    gravity: [0.99, -0.15, -0.02],
    personTilt: 0.06,
  },
  LAYING: {
    ...upright,
    steps: 0,
    up: [0, 0, 0],
    side: 0,
    forward: 0,
    turn: [0, 0, 0],
    sway: 0.01,
    gravity: [0.06, 0.7, 0.6],
    personTilt: 0.2,
    sessionTilt: 0.1,
  },
} as const satisfies Record<string, MotionPattern>;

/** An activity that the generator knows. */
export type SyntheticActivity = keyof typeof MOTION_PATTERNS;

/** What makes one person walk unlike another; every draw is made once. */
export interface Walker {
  /** Factor of the step frequency, and of each activity's own on top. */
  readonly pace: number;
  readonly paceOf: Readonly<Record<SyntheticActivity, number>>;
  /** Factors of vertical, sideways, forward and turning movement by activity. */
  readonly vigour: Readonly<Record<SyntheticActivity, readonly [number, number, number, number]>>;
  /** Share that the higher harmonics have, by activity. */
  readonly sharpness: Readonly<Record<SyntheticActivity, number>>;
  /** How the phone sits: rotation in radians about its y and z axes, and a tilt of each posture. */
  readonly pitch: number;
  readonly roll: number;
  readonly posture: Readonly<Record<SyntheticActivity, readonly [number, number, number]>>;
  /** Standard deviation of the sensors' white noise: g and rad/s. */
  readonly accNoise: number;
  readonly gyroNoise: number;
  readonly unrest: number;
}

/** Draws a person. */
export function drawWalker(random: Random): Walker {
  const factor = (deviation: number) => Math.exp(random.normal(0, deviation));
  const each = <Value>(draw: (pattern: MotionPattern) => Value) =>
    Object.fromEntries(
      Object.entries(MOTION_PATTERNS).map(([activity, pattern]) => [activity, draw(pattern)]),
    ) as Record<SyntheticActivity, Value>;
  const body = factor(0.09);
  return {
    pace: factor(0.05),
    paceOf: each(() => factor(0.025)),
    vigour: each(() => [body * factor(0.06), factor(0.1), factor(0.1), body * factor(0.08)] as const),
    sharpness: each(() => factor(0.12)),
    pitch: random.normal(0, 0.06),
    roll: random.normal(0, 0.06),
    posture: each(
      ({ personTilt }) =>
        [
          random.normal(0, personTilt / 2),
          random.normal(0, personTilt),
          random.normal(0, personTilt),
        ] as const,
    ),
    accNoise: 0.004 * factor(0.2),
    gyroNoise: 0.02 * factor(0.2),
    unrest: factor(0.3),
  };
}
