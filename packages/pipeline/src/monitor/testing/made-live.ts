import { driftReference, matrix, seededRandom, type DriftReference } from "@tideline/learn";
import { literal } from "../../lake/index.ts";
import type { LivePredictions } from "../live-quality.ts";

const NAMES = ["one", "two", "three", "four"];

/** A prediction with the features of its window; it was made `row` seconds after 1970. */
export interface MadeRow {
  readonly person: string;
  readonly row: number;
  readonly label: number;
  readonly features: readonly number[];
}

/** Rows of people: each class sits elsewhere, and everything is moved by a shift. */
export function madeRows(
  people: readonly string[],
  rows: number,
  shift: number,
  options: { readonly seed: number; readonly from?: number },
): readonly MadeRow[] {
  const { seed, from = 0 } = options;
  const random = seededRandom(seed);
  return people.flatMap((person) =>
    Array.from({ length: rows }, (_, index) => ({
      person,
      row: from + index,
      label: index % 2,
      features: NAMES.map(() => (index % 2) * 2 + shift + random.normal()),
    })),
  );
}

/** What "no drift" looks like for rows. */
export function madeReference(rows: readonly MadeRow[]): DriftReference {
  return driftReference({
    features: matrix(rows.length, NAMES.length, Float32Array.from(rows.flatMap(({ features }) => features))),
    classes: Int32Array.from(rows, ({ label }) => label),
    people: rows.map(({ person }) => person),
    names: NAMES,
    classCount: 2,
  });
}

/** The predictions of rows, by release `r`. */
export const madeLive = (rows: readonly MadeRow[], rest: Partial<LivePredictions> = {}): LivePredictions => ({
  subject: rows.map(({ person }) => person),
  person: rows.map(({ person }) => person),
  role: rows.map(() => "control"),
  session: rows.map(() => "s"),
  start: Float64Array.from(rows, ({ row }) => row),
  release: rows.map(() => "r"),
  source: rows.map(() => "device"),
  time: Float64Array.from(rows, ({ row }) => 1000 * row),
  predicted: Int32Array.from(rows, ({ label }) => label),
  actual: new Int32Array(rows.length).fill(-1),
  delay: new Float64Array(rows.length),
  latency: new Float64Array(rows.length),
  ...rest,
});

/** The relation of the windows of rows, usable after FROM. */
export const madeWindows = (rows: readonly MadeRow[]): string =>
  `(SELECT subject, session, start, features::FLOAT[] AS features FROM (VALUES ${rows
    .map(({ person, row, features }) => `(${literal(person)}, 's', ${row}::BIGINT, [${features.join(", ")}])`)
    .join(", ")}) w(subject, session, start, features))`;
