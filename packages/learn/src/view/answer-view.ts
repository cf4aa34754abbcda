import { checkView, planView, type AggregateNode, type FeatureView } from "@tideline/spec";
import type { Frame } from "../frame/column.ts";
import { columnNamed, frame } from "../frame/frame.ts";
import { columnOfVector } from "./column-of-vector.ts";
import { evaluateVector, type VectorScope } from "./evaluate-vector.ts";
import { keyCodes } from "./key-codes.ts";
import { outOfPlaces } from "./move-values.ts";
import { placeQuestions, placeRows, placeValues } from "./place-rows.ts";
import { readVector } from "./read-vector.ts";
import { type ScalarVector, vectorOf } from "./scalar-vector.ts";
import { SLIDERS } from "./slide/registry.ts";
import { slide } from "./slide/slide.ts";
import type { PlacedQuestions, PlacedRows, SliderOf } from "./slide/slider.ts";
import { checkSpine, completeTimes, type Spine } from "./spine.ts";

/** What a view is answered over. */
export interface AnswerViewOptions {
  /** The rows of the source event, in any order: the entity's join key, times, and the fields that the view reads. */
  readonly source: Frame;
  readonly spine: Spine;
  /** The source's time column. Default `time`. */
  readonly time?: string;
  /** When a row became known. Default: `known_time` where the source has it, else the time itself. */
  readonly knownTime?: string;
}

/**
 * The features of a view for each row of a spine, beside the spine's own columns: what `interpretView` of spec says, to
 * the last bit, over columns. A row of the source counts for a question when it has the same key, happened at or before
 * the question's time and was known by then. Times are compared in microseconds. A missing number is null; a null or NaN
 * feature is missing.
 *
 * Cost: linear in rows and questions when both come in the order of time, else a radix sort more.
 *
 * @throws FEATURE_ILLEGAL for a view that is not of the language or a column of another type, ARGUMENT_INVALID for a
 *   column that is absent, a time that is missing, a feature that has the name of a column of the spine.
 * @example
 * answerView(engagement, { source: taps, spine: spineOf(labels, { key: "subject", time: "time" }) });
 */
export function answerView(view: FeatureView, options: AnswerViewOptions): Frame {
  const { source, spine, time = "time" } = options;
  checkView(view);
  const who = `answerView: ${view.name}`;
  checkSpine(spine, who);
  const knownTime =
    options.knownTime ?? (source.columns.some(({ name }) => name === "known_time") ? "known_time" : time);
  const times = completeTimes(source, time, who).values;
  const known = knownTime === time ? undefined : completeTimes(source, knownTime, who).values;
  const asked = completeTimes(spine.frame, spine.time, who).values;
  const keys = keyCodes(columnNamed(spine.frame, spine.key, who));
  const keyColumn = columnNamed(source, view.entity.joinKey, who);
  // Rows that ask of themselves are in the same places.
  const same = asked === times && keyColumn === columnNamed(spine.frame, spine.key, who);
  const rows = placeRows(same ? keys.codes : keys.of(keyColumn, who), keys.count, times, known);
  const questions = same && rows.byTime === undefined ? rows : placeQuestions(keys.codes, keys.count, asked);
  const scope = sourceScope(view, source, times, who);
  const { aggregates, indexOf } = planView(view);
  const answers = aggregates.map((node) => answerAggregate(node, rows, questions, scope));
  return withFeatures(view, spine, asked, (node) => answers[indexOf.get(node)!]!);
}

/** The leaves of expressions over the rows of a source, each column read once. */
export function sourceScope(view: FeatureView, source: Frame, times: Float64Array, who: string): VectorScope {
  const read = new Map<string, ScalarVector>();
  return {
    rows: source.rows,
    column(name) {
      const known = read.get(name);
      if (known !== undefined) return known;
      const vector = readVector(columnNamed(source, name, who), view.source.columns[name]!, who);
      read.set(name, vector);
      return vector;
    },
    aggregate: () => {
      throw new Error("aggregates do not nest");
    },
    time: () => millisecondsOf(times),
  };
}

/** The spine with the features of a view, from what its aggregates answered. */
export function withFeatures(
  view: FeatureView,
  spine: Spine,
  asked: Float64Array,
  aggregate: (node: AggregateNode) => ScalarVector,
): Frame {
  const scope: VectorScope = {
    rows: asked.length,
    column: () => {
      throw new Error("columns stand inside aggregates");
    },
    aggregate,
    time: () => millisecondsOf(asked),
  };
  const made = Object.entries(view.features).map(([name, expression]) =>
    columnOfVector(name, evaluateVector(expression, scope)),
  );
  return frame([...spine.frame.columns, ...made]);
}

/** One aggregate for every question, in rows of the spine. Keys that are not asked and questions without key see none. */
export function answerAggregate(
  node: AggregateNode,
  rows: PlacedRows,
  questions: PlacedQuestions,
  scope: VectorScope,
): ScalarVector {
  const of = node.of === null ? null : evaluateVector(node.of, scope);
  const where = node.where === null ? null : evaluateVector(node.where, scope);
  const placed = placeValues(rows, of, where);
  const count = questions.rows.length;
  const zero = node.name === "count" || node.name === "count_distinct";
  const answers = { values: new Float64Array(count), nulls: new Uint8Array(count) };
  const within = node.within === null ? Number.POSITIVE_INFINITY : node.within * 1000;
  const make: SliderOf = SLIDERS[node.name];
  slide(
    rows,
    questions,
    within,
    placed.skip,
    make(rows, placed, within, answers, node.type, node.parameter ?? 0),
  );
  const kept = node.type === of?.type ? of.dictionary : undefined;
  const nulls =
    (count < questions.places.length && !zero) || answers.nulls.includes(1)
      ? outOfPlaces(answers.nulls, questions, zero ? 0 : 1)
      : undefined;
  return vectorOf(node.type, outOfPlaces(answers.values, questions, 0), nulls, kept);
}

function millisecondsOf(times: Float64Array): ScalarVector {
  const values = new Float64Array(times.length);
  for (let row = 0; row < values.length; row++) values[row] = Math.floor(times[row]! / 1000) + 0;
  return { type: "time", values };
}
