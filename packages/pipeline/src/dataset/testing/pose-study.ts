import { POSES } from "./pose-app.ts";
import {
  annotate,
  enrol,
  motions,
  type Fact,
  type MotionOptions,
  type Pose,
  type PoseLog,
} from "./pose-log.ts";

/** Who takes part, and how their sessions come about. */
export interface StudyOptions extends Omit<MotionOptions, "seed"> {
  readonly people: readonly string[];
  /** Null for people who are enrolled already. */
  readonly cohort: string | null;
  readonly seed?: number;
  /** Tells the sessions of several rounds apart. */
  readonly round?: number;
  /** What a person says of a session; the truth when left out, nothing for null. */
  readonly says?: (pose: Pose, person: number) => string | null;
  /** Further events of a session: predictions, taps. */
  readonly more?: (session: string, pose: Pose, person: number) => readonly Fact[];
}

/** Name of a person's session of a round. */
export const sessionOf = (person: string, pose: Pose, round = 0): string => `${person}-${pose}-${round}`;

/** Puts people into a log: each has one session of each pose, a minute apart, and says what it was. */
export function study(log: PoseLog, options: StudyOptions): void {
  const { people, cohort, at, seed = 1, round = 0, says = (pose) => pose, more = () => [] } = options;
  for (const [index, person] of people.entries()) {
    if (cohort !== null) log.send(person, at, [enrol(cohort)]);
    for (const [turn, pose] of POSES.entries()) {
      const session = sessionOf(person, pose, round);
      const began = at + turn * 60_000;
      const said = says(pose, index);
      log.send(person, began + 10_000, [
        ...motions(session, pose, { ...options, at: began, seed: 1000 * seed + 2 * index + turn }),
        ...(said === null ? [] : [annotate(session, said)]),
        ...more(session, pose, index),
      ]);
    }
  }
}

/** Names of people: `a0`, `a1`, ... */
export const named = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index}`);
