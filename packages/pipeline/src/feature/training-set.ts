import { createHash } from "node:crypto";
import { matrix, selectRows, type Matrix } from "@tideline/learn";
import { canonicalJson, tidelineError, type ModelDefinition } from "@tideline/spec";
import { separatePeople, spineSql, type PeopleSource } from "../dataset/index.ts";
import { lists, numbers, texts, type Engine } from "../lake/index.ts";

/** Labelled rows of people who may teach, in a fixed order: by subject, session and start. */
export interface TrainingSet {
  /** Content hash of the rows: features, labels, people and times. */
  readonly key: string;
  readonly names: readonly string[];
  /** `[rows, features]`, float32. */
  readonly features: Matrix;
  /** Positions in the model's labels. */
  readonly y: Int32Array;
  /** Pseudonym under which each row came. */
  readonly subjects: readonly string[];
  /**
   * Of whom each row is, by all that is known now: rows of one person, under whichever pseudonyms, have the least of
   * these. What must not stand on both sides of a split.
   */
  readonly people: readonly string[];
  /** Labelled windows that are left out because their phone was shared by so many that they could be anybody's. */
  readonly sharedRows: number;
  readonly sessions: readonly string[];
  /** First sample of each window in its session. */
  readonly start: Float64Array;
  /** End of each window on the corrected clock, milliseconds since 1970. */
  readonly time: Float64Array;
  /** When each row's label was known. */
  readonly known: Float64Array;
}

/** The content hash of a set's columns. */
function contentKey(set: Omit<TrainingSet, "key">): string {
  const isSame = set.people.every((person, row) => person === set.subjects[row]);
  const texts = [set.names, set.subjects, set.sessions, ...(isSame ? [] : [set.people])];
  const hash = createHash("sha256").update(canonicalJson(texts));
  for (const column of [set.features.values, set.y, set.start, set.time]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest("hex");
}

/** Refuses a set that contradicts what it must be: finite, known labels, each window once. */
function checkTrainingSet(set: TrainingSet, duplicates: number, model: ModelDefinition): void {
  const fault = (field: string, expected: string, received: string): never => {
    throw tidelineError("CHECK_FAILED", {
      who: `training set of "${model.name}"`,
      field,
      expected,
      received,
    });
  };
  if (duplicates > 0) fault("windows", "each window once", `${duplicates} twice`);
  const unknown = set.y.findIndex((label) => label < 0);
  if (unknown >= 0) fault("label", `one of ${model.labels.join(", ")}`, `another, in row ${unknown}`);
  if (!set.features.values.every(Number.isFinite)) fault("features", "finite numbers", "others");
}

/** The rows of a set's columns that a test holds for. */
function keepRows(set: Omit<TrainingSet, "key">, keep: (row: number) => boolean): Omit<TrainingSet, "key"> {
  const rows = Int32Array.from(set.y, (_, row) => row).filter(keep);
  const times = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const names = (column: readonly string[]): readonly string[] => [...rows].map((row) => column[row]!);
  return {
    ...set,
    features: selectRows(set.features, rows),
    y: Int32Array.from(rows, (row) => set.y[row]!),
    subjects: names(set.subjects),
    people: names(set.people),
    sessions: names(set.sessions),
    start: times(set.start),
    time: times(set.time),
    known: times(set.known),
    sharedRows: set.y.length - rows.length,
  };
}

/**
 * The training set of a snapshot: every labelled window of a person who may teach, with its features. `windows` is
 * the relation of windows with features.
 */
export async function buildTrainingSet(
  engine: Engine,
  model: ModelDefinition,
  source: {
    readonly windows: string;
    readonly people: PeopleSource;
    /** Names of every event table. */
    readonly events: readonly string[];
    readonly names: readonly string[];
  },
): Promise<TrainingSet> {
  const { windows, people: who, events, names } = source;
  const columns = await engine.columns(`SELECT s.subject, s.session, s.start::DOUBLE AS start, s.label,
  epoch_ms(s.time)::DOUBLE AS time, epoch_ms(s.known_time)::DOUBLE AS known, w.features
FROM (${spineSql(model, windows, who, events)}) s JOIN ${windows} w USING (subject, session, start)
ORDER BY s.subject, s.session, s.start`);
  const label = texts(columns, "label");
  const subjects = texts(columns, "subject") as readonly string[];
  const session = texts(columns, "session") as readonly string[];
  const start = numbers(columns, "start");
  const position = new Map(model.labels.map((name, index) => [name, index]));
  let duplicates = 0;
  for (let row = 1; row < label.length; row += 1) {
    if (
      subjects[row] === subjects[row - 1] &&
      session[row] === session[row - 1] &&
      start[row] === start[row - 1]
    ) {
      duplicates += 1;
    }
  }
  const { groupOf, shared } = separatePeople(subjects, who.identity);
  const content = {
    names,
    features: matrix(label.length, names.length, lists(columns, "features").values),
    y: Int32Array.from(label, (name) => position.get(name ?? "") ?? -1),
    subjects,
    people: subjects.map((subject) => groupOf.get(subject) ?? subject),
    sessions: session,
    start,
    time: numbers(columns, "time"),
    known: numbers(columns, "known"),
    sharedRows: 0,
  };
  const kept = shared.size === 0 ? content : keepRows(content, (row) => !shared.has(subjects[row]!));
  const set: TrainingSet = Object.freeze({ ...kept, key: contentKey(kept) });
  checkTrainingSet(set, duplicates, model);
  return set;
}
