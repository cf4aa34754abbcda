import { seededRandom, type Random } from "../random.ts";
import { drawWalker, MOTION_PATTERNS, type SyntheticActivity, type Walker } from "./gait.ts";
import { HOP, RATE, WIDTH, WINDOW, type Cohort, type RecordedSession, type Recording } from "./recording.ts";

/** How many people of each cohort are made up, and from which seed. */
export interface SyntheticOptions {
  readonly seed: number;
  readonly study: number;
  readonly beta: number;
  readonly control: number;
}

/** Sessions of each activity that a person plays, and windows in a session. */
const SESSIONS = 3;
const WINDOWS = [10, 14] as const;

/** Gravity as a unit vector, from an average posture, a person's and the session's own lean. */
function gravityOf(walker: Walker, activity: SyntheticActivity, random: Random): [number, number, number] {
  const pattern = MOTION_PATTERNS[activity];
  const lean = walker.posture[activity];
  const [x, y, z] = pattern.gravity.map(
    (mean, axis) => mean + lean[axis]! + random.normal(0, pattern.sessionTilt),
  ) as [number, number, number];
  // The phone's seat on the belt turns everything a little, about y (pitch) and z (roll).
  const pitched = [x - walker.pitch * z, y, z + walker.pitch * x] as const;
  const rolled = [pitched[0] - walker.roll * pitched[1], pitched[1] + walker.roll * pitched[0], pitched[2]];
  const length = Math.hypot(...rolled);
  return rolled.map((value) => value / length) as [number, number, number];
}

/** An exponentially forgetting random walk with unit deviation and `seconds` of memory. */
function slowWalk(random: Random, seconds: number): () => number {
  const keep = Math.exp(-1 / (seconds * RATE));
  const step = Math.sqrt(1 - keep * keep);
  let value = random.normal();
  return () => (value = keep * value + step * random.normal());
}

/** Samples of one session. */
function playSession(
  walker: Walker,
  activity: SyntheticActivity,
  windows: number,
  random: Random,
): Float32Array {
  const pattern = MOTION_PATTERNS[activity];
  const count = WINDOW + (windows - 1) * HOP;
  const samples = new Float32Array(count * WIDTH);
  const gravity = gravityOf(walker, activity, random);
  const factor = (deviation: number) => Math.exp(random.normal(0, deviation));
  const steps = pattern.steps * walker.pace * walker.paceOf[activity] * factor(0.03);
  const [up, side, forward, turn] = walker.vigour[activity].map((value) => value * factor(0.07)) as [
    number,
    number,
    number,
    number,
  ];
  const sharpness = walker.sharpness[activity] * factor(0.08);
  const lag = [1, 2, 3, 4, 5, 6].map(() => random.normal(0, 0.5));
  const hurry = slowWalk(random, 2);
  const effort = slowWalk(random, 1.5);
  const sways = [0, 1, 2].map(() => slowWalk(random, 0.8));
  const sway = pattern.sway * walker.unrest * factor(0.3);
  const spins = [0, 1, 2].map(() => slowWalk(random, 0.3));
  const spin = (pattern.steps > 0 ? 0.12 : 0.05) * walker.unrest * factor(0.3);
  let phase = random.between(0, 4 * Math.PI);
  for (let index = 0; index < count; index += 1) {
    phase += (2 * Math.PI * steps * (1 + 0.04 * hurry())) / RATE;
    const push = 1 + 0.12 * effort();
    const vertical =
      up *
      push *
      (pattern.up[0] * Math.sin(phase) +
        sharpness * pattern.up[1] * Math.sin(2 * phase + lag[0]!) +
        sharpness * pattern.up[2] * Math.sin(3 * phase + lag[1]!));
    const sideways =
      side * push * pattern.side * (Math.sin(phase / 2) + 0.5 * sharpness * Math.sin(1.5 * phase + lag[2]!));
    const ahead =
      forward * push * pattern.forward * (Math.sin(phase + lag[3]!) + 0.4 * sharpness * Math.sin(2 * phase));
    const moves = [vertical, sideways, ahead];
    const turns = [
      turn * push * pattern.turn[0] * Math.sin(phase / 2 + lag[4]!),
      turn * push * pattern.turn[1] * (Math.sin(phase + lag[5]!) + 0.3 * sharpness * Math.sin(2 * phase)),
      turn * push * pattern.turn[2] * Math.sin(phase / 2 + 1),
    ];
    for (let axis = 0; axis < 3; axis += 1) {
      const at = index * WIDTH + axis;
      samples[at] = gravity[axis]! + moves[axis]! + sway * sways[axis]!() + random.normal(0, walker.accNoise);
      samples[at + 3] = turns[axis]! + spin * spins[axis]!() + random.normal(0, walker.gyroNoise);
    }
  }
  return samples;
}

/** One person's sessions: the activities in a shuffled order, three times over. */
function recordPerson(seed: number, subject: string, cohort: Cohort): Recording {
  const walker = drawWalker(seededRandom(seed, `walker/${subject}`));
  const activities = Object.keys(MOTION_PATTERNS) as SyntheticActivity[];
  const sessions: RecordedSession[] = [];
  for (let round = 0; round < SESSIONS; round += 1) {
    const order = seededRandom(seed, `order/${subject}/${round}`);
    const keys = new Map(activities.map((activity) => [activity, order.uniform()]));
    for (const activity of [...activities].sort((left, right) => keys.get(left)! - keys.get(right)!)) {
      const id = `${subject}-${sessions.length}`;
      const random = seededRandom(seed, `session/${id}`);
      const windows = Math.floor(random.between(WINDOWS[0], WINDOWS[1] + 1));
      sessions.push({ id, activity, samples: playSession(walker, activity, windows, random) });
    }
  }
  return { subject, cohort, sessions };
}

/**
 * People who never lived, at the six activities of the real recordings: gravity by posture, steps with harmonics
 * and changing pace, sway, and people who differ. Equal options give equal samples.
 *
 * @example
 * const recordings = syntheticRecordings({ seed: 1, study: 12, beta: 4, control: 4 });
 */
export function syntheticRecordings(options: SyntheticOptions): Recording[] {
  const cohorts = ["study", "beta", "control"] as const;
  return cohorts.flatMap((cohort) =>
    Array.from({ length: options[cohort] }, (_, index) =>
      recordPerson(options.seed, `${cohort[0]}${String(index + 1).padStart(2, "0")}`, cohort),
    ),
  );
}
