import { assessDrift, matrix, type DriftReference, type DriftReport } from "@tideline/learn";
import type { ModelDefinition } from "@tideline/spec";
import { windowKey } from "../feature/index.ts";
import { lists, numbers, texts, type Engine } from "../lake/index.ts";
import { isCurrent, newestOfEach } from "./current-window.ts";
import type { LivePredictions } from "./live-quality.ts";

/** An assessment of drift with the span of predictions that it looked at. */
export interface Assessment extends DriftReport {
  /** Time of the newest prediction in the current window; 0 for none. */
  readonly newest: number;
}

/** Features of windows by person, session and start. */
async function readFeatures(engine: Engine, windows: string, width: number) {
  const columns = await engine.columns(
    `SELECT subject, session, start::DOUBLE AS start, features FROM ${windows}`,
  );
  const [subject, session, start] = [
    texts(columns, "subject"),
    texts(columns, "session"),
    numbers(columns, "start"),
  ];
  const { values } = lists(columns, "features");
  const rowOf = new Map(subject.map((person, row) => [windowKey(person!, session[row]!, start[row]!), row]));
  return (key: string): Float32Array | undefined => {
    const row = rowOf.get(key);
    return row === undefined ? undefined : values.subarray(row * width, (row + 1) * width);
  };
}

/**
 * Whether the windows that a release met lately are still those that it was trained on. The current window holds
 * the newest predictions of each person, as many for each, so that a person who reports much does not drown the
 * others. Predictions whose samples have not reached the lake yet are left out.
 */
export async function assess(
  engine: Engine,
  model: ModelDefinition,
  live: LivePredictions,
  source: {
    readonly release: string;
    readonly reference: DriftReference;
    readonly windows: string;
    readonly seed?: number;
  },
): Promise<Assessment> {
  const { release, reference, windows } = source;
  const { minPeople, minRows } = model.drift;
  const width = reference.names.length;
  const featuresOf = await readFeatures(engine, windows, width);
  const current = newestOfEach(live, minRows, isCurrent(live, release));
  const rows: number[] = [];
  const values: Float32Array[] = [];
  for (const row of current) {
    const found = featuresOf(windowKey(live.subject[row]!, live.session[row]!, live.start[row]!));
    if (found === undefined) continue;
    rows.push(row);
    values.push(found);
  }
  const features = new Float32Array(rows.length * width);
  for (const [row, of] of values.entries()) features.set(of, row * width);
  const report = assessDrift(
    reference,
    {
      features: matrix(rows.length, width, features),
      classes: Int32Array.from(rows, (row) => live.predicted[row]!),
      people: rows.map((row) => live.person[row]!),
    },
    // A few windows may still be on their way: a person counts with nine tenths of the asked ones.
    { minPeople, minRows: Math.floor(0.9 * minRows), seed: source.seed ?? 0 },
  );
  return { ...report, newest: rows.reduce((newest, row) => Math.max(newest, live.time[row]!), 0) };
}
