/** Samples a second of every recording. */
export const RATE = 50;

/** Values of a sample: acceleration x, y, z in g (gravity included), rotation x, y, z in rad/s. */
export const WIDTH = 6;

/** Samples of a window, and samples from one window's start to the next one's. */
export const WINDOW = 128;
export const HOP = 64;

/** Which part of the study a person belongs to. */
export type Cohort = "study" | "beta" | "control";

/** An unbroken recording of one activity. */
export interface RecordedSession {
  readonly id: string;
  readonly activity: string;
  /** `[samples, 6]`, interleaved by sample; see {@link WIDTH}. */
  readonly samples: Float32Array;
}

/** What one person's phone plays, in order. */
export interface Recording {
  readonly subject: string;
  readonly cohort: Cohort;
  readonly sessions: readonly RecordedSession[];
}

/** Seconds that a recording takes to play. */
export function secondsOf({ sessions }: Recording): number {
  return sessions.reduce((sum, { samples }) => sum + samples.length / WIDTH / RATE, 0);
}
