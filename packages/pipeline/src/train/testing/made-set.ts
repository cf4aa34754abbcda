import { matrix, seededRandom } from "@tideline/learn";
import type { TrainingSet } from "../../feature/index.ts";

/** A row of a made-up training set. */
export interface MadeRow {
  readonly person: string;
  /** The pseudonym under which it came; the person's where it is left out. */
  readonly subject?: string;
  readonly label: number;
  /** Milliseconds. */
  readonly time: number;
  /** Where the label puts the features: the mean of the first one is this times +1 (label 0) or -1 (label 1). */
  readonly sign?: number;
}

/** A training set of four features, the first of which tells the label. Equal arguments make equal sets. */
export function madeSet(
  rows: readonly MadeRow[],
  options: { seed?: number; noise?: number; key?: string } = {},
): TrainingSet {
  const { seed = 1, noise = 0.4, key = "made" } = options;
  const random = seededRandom(seed);
  const features = rows.flatMap(({ label, sign = 1 }) => [
    sign * (label === 0 ? 1 : -1) + noise * random.normal(),
    random.normal(),
    3 * random.normal() + 10,
    random.uniform(),
  ]);
  return {
    key,
    names: ["tells", "noise", "level", "share"],
    features: matrix(rows.length, 4, Float32Array.from(features)),
    y: Int32Array.from(rows, ({ label }) => label),
    subjects: rows.map(({ person, subject }) => subject ?? person),
    people: rows.map(({ person }) => person),
    sharedRows: 0,
    sessions: rows.map(({ person }) => `${person}-s`),
    start: Float64Array.from(rows, (_, row) => row),
    time: Float64Array.from(rows, ({ time }) => time),
    known: Float64Array.from(rows, ({ time }) => time + 1),
  };
}

/** Rows of people: `each` of both labels, alternating, a millisecond apart. */
export function madeRows(
  people: readonly string[],
  options: { each: number; since?: number; sign?: number },
): readonly MadeRow[] {
  const { each, since = 0, sign = 1 } = options;
  return people.flatMap((person) =>
    Array.from({ length: 2 * each }, (_, index) => ({ person, label: index % 2, time: since + index, sign })),
  );
}
