import { createHash } from "node:crypto";
import { seededRandom } from "@tideline/learn";
import type { SampleEvent, SampleRecord } from "../../lake/testing/sample-log.ts";
import type { POSES } from "./pose-app.ts";

/** A pose by name. */
export type Pose = (typeof POSES)[number];

/** Where the log's clock begins, milliseconds since 1970. */
export const BEGIN = 1_700_000_000_000;

/** Pseudonym of a person. */
export const subjectOf = (person: string): string =>
  createHash("sha256").update(person).digest("hex").slice(0, 32);

/** An event before its phone has numbered it. */
export type Fact = Omit<SampleEvent, "seq" | "subject">;

/** A log in the making, record by record. */
export interface PoseLog {
  readonly records: readonly SampleRecord[];
  /**
   * One batch of a person's phone, received at a moment; the phone's clock is right. Events without a time
   * happened then. The phone has the person's name.
   */
  send(person: string, at: number, facts: readonly Fact[], rest?: Partial<SampleRecord>): void;
}

/** An empty log. */
export function poseLog(): PoseLog {
  const records: SampleRecord[] = [];
  const next = new Map<string, number>();
  return {
    records,
    send: (person, at, facts, rest = {}) => {
      const first = next.get(person) ?? 1;
      next.set(person, first + facts.length);
      const events = facts.map((fact, index) => ({
        time: at,
        ...fact,
        seq: first + index,
        subject: subjectOf(person),
      }));
      records.push({ install: person, received_at: at, sent_at: at, events, ...rest });
    },
  };
}

/** A person joins a cohort. */
export const enrol = (cohort: string): Fact => ({ name: "enrolment", properties: { cohort } });

/** A person says what a whole session was. */
export const annotate = (session: string, pose: string): Fact => ({
  name: "annotation",
  properties: { session, pose },
});

/** A person says what a prediction should have been. */
export const correct = (prediction_id: string, pose: string): Fact => ({
  name: "correction",
  properties: { prediction_id, pose },
});

/** A phone's prediction; its id is `<session>/<start>`, so give sessions names of their own. */
export const predict = (
  session: string,
  start: number,
  label: string,
  rest: Readonly<Record<string, string | number | readonly number[]>> = {},
): Fact => ({
  name: "prediction",
  properties: {
    prediction_id: `${session}/${start}`,
    session,
    start,
    model: "pose",
    release: "first",
    definition: "d",
    label,
    probabilities: label === "UP" ? [0.75, 0.25] : [0.25, 0.75],
    source: "device",
    latency_ms: 1,
    ...rest,
  },
});

/** How a session's samples come about. */
export interface MotionOptions {
  /** Milliseconds since 1970 of the first sample. */
  readonly at: number;
  readonly seed: number;
  readonly samples?: number;
  /** Samples in an event. */
  readonly frame?: number;
  /** Standard deviation of the noise. */
  readonly noise?: number;
  /** The phone is carried the other way round: UP feels as DOWN. */
  readonly turned?: boolean;
  /** Gravity along y besides. */
  readonly tilt?: number;
}

/** Samples `[samples, 2]` of a pose: gravity along x, noise everywhere. */
export function poseSamples(pose: Pose, options: Omit<MotionOptions, "at" | "frame">): Float32Array {
  const { seed, samples = 80, noise = 0.3, turned = false, tilt = 0 } = options;
  const random = seededRandom(seed);
  const level = (pose === "UP") === turned ? -1 : 1;
  return Float32Array.from(
    { length: 2 * samples },
    (_, index) => (index % 2 === 0 ? level : tilt) + noise * random.normal(),
  );
}

/** The motion events of some samples `[samples, 2]` at 50 a second, cut into frames. */
export function motionOf(
  session: string,
  values: Float32Array,
  at: number,
  cuts: readonly number[],
): readonly Fact[] {
  return [0, ...cuts].map((from, index) => ({
    name: "motion",
    time: at + 20 * from,
    properties: {
      session,
      start: from,
      samples: values.slice(2 * from, 2 * (cuts[index] ?? values.length / 2)),
    },
  }));
}

/** A whole session of a pose: its motion, in frames of equal length. Eighty samples make nine windows. */
export function motions(session: string, pose: Pose, options: MotionOptions): readonly Fact[] {
  const { at, samples = 80, frame = 32 } = options;
  const cuts = Array.from({ length: Math.ceil(samples / frame) - 1 }, (_, index) => (index + 1) * frame);
  return motionOf(session, poseSamples(pose, options), at, cuts);
}
