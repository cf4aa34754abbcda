import {
  checkView,
  compareStrings,
  planView,
  tidelineError,
  type AggregateName,
  type AggregateNode,
  type FeatureView,
} from "@tideline/spec";
import type { Frame, FrameSource } from "../../frame/column.ts";
import { dictionaryBuilder } from "../../frame/dictionary-builder.ts";
import { columnNamed, columnOfKind } from "../../frame/frame.ts";
import { gather } from "../../frame/gather.ts";
import { answerAggregate, sourceScope, withFeatures } from "../answer-view.ts";
import { evaluateVector } from "../evaluate-vector.ts";
import { keyCodes, type KeyCodes } from "../key-codes.ts";
import { order as numberOrder } from "../kernel/comparison.ts";
import { placeQuestions, placeRows } from "../place-rows.ts";
import type { ScalarVector } from "../scalar-vector.ts";
import { vectorOf } from "../scalar-vector.ts";
import type { Answers } from "../slide/slider.ts";
import { stringVector } from "../sorted-texts.ts";
import { checkSpine, completeTimes, type Spine } from "../spine.ts";
import { isRising, riseOf, timeGroups } from "../time-groups.ts";
import { rowsInReach } from "./reach.ts";
import { type Runner, type RunnerOf, sharedValues } from "./runner.ts";
import { RUNNERS } from "./runners.ts";

/** What a view is answered over when its source is larger than memory. */
export interface AnswerViewSourceOptions {
  /** The rows of the source event in the order in which they became known: by the later of time and known time. */
  readonly source: FrameSource;
  readonly spine: Spine;
  /** The source's time column. Default `time`. */
  readonly time?: string;
  /** When a row became known. Default: `known_time` where the source has it, else the time itself. */
  readonly knownTime?: string;
}

/**
 * As {@link answerView}, of a source that is read once, in pieces. Aggregates without a window, and the latest rows
 * of one, keep a state for each key that is asked (quantiles: its values); others keep the rows of the longest window.
 *
 * @throws what {@link answerView} throws, and DATA_MALFORMED for rows that do not come in the order of their knowledge.
 * @example
 * await answerViewSource(engagement, { source: await parquetSource("taps.parquet"), spine });
 */
export async function answerViewSource(view: FeatureView, options: AnswerViewSourceOptions): Promise<Frame> {
  checkView(view);
  const who = `answerViewSource: ${view.name}`;
  const { source, spine, time = "time" } = options;
  checkSpine(spine, who);
  const named = (name: string): boolean => source.schema.some((column) => column.name === name);
  const knownTime = options.knownTime ?? (named("known_time") ? "known_time" : time);
  const asked = completeTimes(spine.frame, spine.time, who).values;
  const keys = keyCodes(columnNamed(spine.frame, spine.key, who));
  const { aggregates, indexOf } = planView(view);
  const streams = aggregates.map((node) => streamOf(node, keys));
  const places = timeGroups(new Int32Array(asked.length), 1, asked).rows;
  const times = gather(asked, places);
  const names = new Set([view.entity.joinKey, time, knownTime, ...Object.keys(view.source.columns)]);
  const reach = rowsInReach(streams.flatMap(({ reach: length }) => length ?? []));
  let [done, before, far] = [0, Number.NEGATIVE_INFINITY, 0];
  /** The codes of a piece: most have as many rows as the one before. */
  let room: Int32Array | undefined;
  // Windows keep rows; running states do not.
  for await (const piece of source.read([...names], { passing: reach === undefined })) {
    if (piece.rows === 0) continue;
    const read = readInOrder(piece, time, knownTime, before, who);
    before = read.arrivals.at(-1)!;
    done = run(piece, read, done);
    if (reach !== undefined && reach.add(piece, read)) far = look(reach.take(before), far, before);
  }
  if (reach !== undefined) look(reach.take(Number.POSITIVE_INFINITY), far, Number.POSITIVE_INFINITY);
  for (; done < places.length; done++) answerRunning(done);
  const vectors = streams.map((stream) => stream.finish());
  return withFeatures(view, spine, asked, (node) => vectors[indexOf.get(node)!]!);

  function answerRunning(at: number): void {
    const row = places[at]!;
    const key = keys.codes[row]!;
    for (const { runner, answers, zero } of streams) {
      if (runner === undefined) continue;
      if (key >= 0) runner.answer(row, key, times[at]!, answers);
      else if (!zero) answers.nulls[row] = 1;
    }
  }

  /** Adds the rows of a piece to the running states and answers the questions between them. */
  function run(piece: Frame, { times: happened, known, arrivals, apart }: PieceTimes, from: number): number {
    const scope = sourceScope(view, piece, happened, who);
    const codes = (room = keys.of(columnNamed(piece, view.entity.joinKey, who), who, room));
    const running = streams.flatMap((stream) => {
      if (stream.runner === undefined) return [];
      const of = stream.node.of === null ? null : evaluateVector(stream.node.of, scope);
      const where = stream.node.where === null ? null : evaluateVector(stream.node.where, scope);
      const kept = takenCodes(codes, of, where);
      const values = sharedValues(of, stream.codeOf);
      return [{ runner: stream.runner, rows: { codes: kept, times: happened, known, apart, values } }];
    });
    let [at, row] = [from, 0];
    while (row < arrivals.length) {
      // Up to the next question whose time some row is beyond.
      const next = at < times.length ? times[at]! : Number.POSITIVE_INFINITY;
      const end = firstBeyond(arrivals, next, row);
      for (const { runner, rows } of running) runner.add(rows, row, end);
      row = end;
      if (row < arrivals.length) answerRunning(at++);
    }
    for (const { runner } of running) runner.leave?.();
    return at;
  }

  /** Answers the questions before `until` of the aggregates that need the rows of their window. */
  function look(rows: Frame | undefined, from: number, until: number): number {
    let to = from;
    while (to < times.length && times[to]! < until) to++;
    const some = places.subarray(from, to);
    if (some.length === 0) return to;
    const codes = gatherCodes(keys.codes, some);
    const questions = placeQuestions(codes, keys.count, gather(asked, some));
    if (rows === undefined) {
      for (const { runner, zero, answers } of streams)
        if (runner === undefined && !zero) for (const row of some) answers.nulls[row] = 1;
      return to;
    }
    const read = readPiece(rows, time, knownTime, who);
    const scope = sourceScope(view, rows, read.times, who);
    const rowCodes = keys.of(columnNamed(rows, view.entity.joinKey, who), who);
    const placed = placeRows(rowCodes, keys.count, read.times, knownTime === time ? undefined : read.known);
    for (const stream of streams) {
      if (stream.runner !== undefined) continue;
      const found = answerAggregate(stream.node, placed, questions, scope);
      const values = sharedValues(found, stream.codeOf);
      for (let at = 0; at < some.length; at++) {
        stream.answers.values[some[at]!] = values[at]!;
        if (found.nulls?.[at] === 1) stream.answers.nulls[some[at]!] = 1;
      }
    }
    return to;
  }
}

interface PieceTimes {
  readonly times: Float64Array;
  readonly known: Float64Array;
  readonly arrivals: Float64Array;
  readonly apart: boolean;
}

/** The times of a piece whose rows become known in order, none before `before`. @throws DATA_MALFORMED */
function readInOrder(piece: Frame, time: string, knownTime: string, before: number, who: string): PieceTimes {
  if (knownTime === time) {
    const { values } = columnOfKind(piece, time, "time", who);
    const rise = riseOf(values, before);
    // Times that rise are complete.
    if (rise !== "none") return { times: values, known: values, arrivals: values, apart: rise === "each" };
  }
  const read = readPiece(piece, time, knownTime, who);
  if (isRising(read.arrivals, before)) return read;
  throw outOfOrder(who, knownTime);
}

function readPiece(piece: Frame, time: string, knownTime: string, who: string): PieceTimes {
  const times = completeTimes(piece, time, who).values;
  if (knownTime === time) return { times, known: times, arrivals: times, apart: false };
  const known = completeTimes(piece, knownTime, who).values;
  return {
    times,
    known,
    arrivals: times.map((happened, row) => Math.max(happened, known[row]!)),
    apart: false,
  };
}

/** One aggregate on its way: running, or over the rows of its window. */
interface Stream {
  readonly node: AggregateNode;
  readonly runner?: Runner;
  /** The length of its window in microseconds, where it needs the rows. */
  readonly reach?: number;
  readonly answers: Answers;
  /** It is 0 of no rows, not null. */
  readonly zero: boolean;
  readonly codeOf: (text: string) => number;
  finish(): ScalarVector;
}

/** Aggregates that need the latest rows of a window only, not all of them. */
const LATEST: ReadonlySet<AggregateName> = new Set(["last", "lag", "recency"]);

function streamOf(node: AggregateNode, keys: KeyCodes): Stream {
  const within = node.within === null ? Number.POSITIVE_INFINITY : node.within * 1000;
  const texts = dictionaryBuilder();
  const text = node.of?.type === "string";
  const order = text
    ? (left: number, right: number) => compareStrings(texts.dictionary()[left]!, texts.dictionary()[right]!)
    : numberOrder;
  const rows = keys.codes.length;
  const answers = { values: new Float64Array(rows), nulls: new Uint8Array(rows) };
  const running = within === Number.POSITIVE_INFINITY || LATEST.has(node.name);
  const make: RunnerOf = RUNNERS[node.name];
  return {
    node,
    ...(running
      ? { runner: make(keys.count, { within, type: node.type, parameter: node.parameter ?? 0, order }) }
      : { reach: within }),
    answers,
    zero: node.name === "count" || node.name === "count_distinct",
    codeOf: (word) => texts.codeOf(word),
    finish() {
      if (node.type !== "string") return vectorOf(node.type, answers.values, answers.nulls);
      const codes = Int32Array.from(answers.values, (code, row) => (answers.nulls[row] === 1 ? -1 : code));
      return stringVector(codes, texts.dictionary());
    },
  };
}

/** The codes of rows that an aggregate takes, others -1. */
function takenCodes(codes: Int32Array, of: ScalarVector | null, where: ScalarVector | null): Int32Array {
  if (where === null && of?.nulls === undefined) return codes;
  return codes.map((code, row) =>
    of?.nulls?.[row] === 1 || (where !== null && (where.values[row] !== 1 || where.nulls?.[row] === 1))
      ? -1
      : code,
  );
}

function gatherCodes(codes: Int32Array, places: Int32Array): Int32Array {
  return places.map((place) => codes[place]!);
}

/** The first place from `from` on whose value is more than `most`, of values that rise: in steps that double, then halve. */
function firstBeyond(values: Float64Array, most: number, from: number): number {
  let [low, step] = [from, 1];
  while (low + step <= values.length && values[low + step - 1]! <= most) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step - 1, values.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

function outOfOrder(who: string, knownTime: string): Error {
  return tidelineError("DATA_MALFORMED", {
    who,
    field: "source",
    expected: `rows in the order of "${knownTime}"`,
    received: "a row that is earlier than the one before it",
    remedy: "Sort it where it lies, or collect it and use answerView.",
  });
}
