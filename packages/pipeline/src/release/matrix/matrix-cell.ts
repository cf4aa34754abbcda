import { messageOf, tidelineError } from "@tideline/spec";
import { PARITY_TOLERANCE } from "../parity-tolerance.ts";
import { ADVERSARIAL_KINDS, type AdversarialRows } from "./adversarial-row.ts";
import {
  answersTo,
  type Answers,
  type ArtifactRuntime,
  type OpenArtifact,
  type OpenContext,
} from "./artifact-runtime.ts";
import {
  compareRows,
  metricOf,
  repeatedRow,
  type Answer,
  type KindReport,
  type RowFinding,
} from "./compare-answer.ts";
import { sensitivity } from "./last-bit.ts";
import { cellFaults } from "./matrix-gate.ts";
import type { ParityCell } from "./matrix-report.ts";
import type { ModelArtifact } from "./model-artifact.ts";
import { sliceRows, type ModelRows } from "./model-row.ts";
import { isAnswered, strangeAnswers } from "./strange-answer.ts";
import {
  featureReach,
  featuresFor,
  openFeatures,
  type FeatureGraph,
  type OpenFeatures,
} from "./moved-feature.ts";
import type { CodedGraph } from "./coded-graph.ts";
import { groupBounds, type CrossedBound, type RowTracer } from "./trace-row.ts";

/** Features that a graph computes before its trees. */
export interface GroundFeatures {
  readonly coded: CodedGraph;
  readonly graph: FeatureGraph;
  /** The reference's own. */
  readonly reference: OpenFeatures;
  /** Their standard deviations over held-out rows. */
  readonly scales: Answers;
}

/** What every cell of a matrix is held against. */
export interface CellGround {
  readonly context: OpenContext;
  /** The graph on the first runtime. */
  readonly reference: OpenArtifact;
  readonly heldOut: ModelRows;
  readonly labels: ArrayLike<number> | undefined;
  readonly strange: AdversarialRows;
  /** The reference's answers to both. */
  readonly known: Answers;
  readonly odd: Answers;
  /**
   * Whether the graph has an answer to each strange row: a number by the interpreter and by the reference, of features that are
   * numbers in the same places by both.
   */
  readonly has: readonly boolean[];
  /** Numbers of a row by output. */
  readonly widths: Readonly<Record<string, number>>;
  readonly answer: Answer;
  readonly scales: Readonly<Record<string, Float64Array>>;
  readonly metric: number | null;
  /** Whether the graph has trees, whose larger differences are traced. */
  readonly trees: boolean;
  readonly tracer: RowTracer | undefined;
  /** How far the graph's own rounding moves a strange row; undefined where the graph has no interpreter. */
  readonly rounding: ((row: number) => Promise<RowFinding>) | undefined;
  /** How far the graph moves a held-out row where it rounds at random; undefined where the graph has no interpreter. */
  readonly spread: ((row: number) => Promise<RowFinding>) | undefined;
  /** What is known of the features that trees read, where the graph computes them. */
  readonly features: GroundFeatures | undefined;
  readonly timedRows: number;
  readonly clock: () => number;
}

/** Milliseconds of single rows, sorted, after one that is not counted. */
async function timesOf(
  open: OpenArtifact,
  { inputs }: OpenContext,
  rows: ModelRows,
  outputs: readonly string[],
  { count, clock }: { readonly count: number; readonly clock: () => number },
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = -1; index < count; index += 1) {
    const row = Math.max(0, index) % rows.count;
    const given = sliceRows(inputs, rows, row, row + 1);
    const started = clock();
    await open.answer(given, outputs);
    if (index >= 0) times.push(clock() - started);
  }
  return times.toSorted((left, right) => left - right);
}

const mostOf = (rows: readonly RowFinding[], of: "answer" | "feature"): number =>
  rows.reduce((most, row) => Math.max(most, row[of]), 0);
const shareOf = (rows: readonly RowFinding[]): number =>
  rows.length === 0 ? 1 : rows.filter(({ agreed }) => agreed).length / rows.length;

/** Root mean square of an output's differences. */
function errorOf(left: Float64Array, right: Float64Array | undefined): number {
  if (right?.length !== left.length) return Infinity;
  let sum = 0;
  for (let at = 0; at < left.length; at += 1)
    if (!Object.is(left[at], right[at]) && left[at] !== right[at]) sum += (left[at]! - right[at]!) ** 2;
  return Number.isNaN(sum) ? Infinity : Math.sqrt(sum / left.length);
}

/** Root mean square of numbers. */
const sizeOf = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, one) => sum + one * one, 0) / values.length);

/** Root mean square of an output's differences, over its standard deviation, or its size where it is a constant: the largest of the outputs. */
function deviationOf(scales: CellGround["scales"], reference: Answers, found: Answers): number {
  return Object.entries(reference).reduce((most, [name, left]) => {
    const [right, scale] = [found[name], scales[name]!];
    if (right?.length !== left.length) return Infinity;
    const spread = sizeOf(scale) || sizeOf(left);
    let sum = 0;
    for (let at = 0; at < left.length; at += 1) {
      if (Object.is(left[at], right[at]) || left[at] === right[at]) continue;
      sum += (left[at]! - right[at]!) ** 2;
    }
    const own = sum === 0 ? 0 : Math.sqrt(sum / left.length) / spread;
    return Number.isNaN(own) ? Infinity : Math.max(most, own);
  }, 0);
}

/** Rows that no move explains, after which none is tried any more: they differ by something else than thresholds. */
const MOST_UNTRACED = 32;

/** Numbers of one row among those of all. */
const rowOf = (answers: Answers, row: number, rows: number): Answers => repeatedRow(answers, row, rows, 1);

/**
 * The bounds that explain the larger differences at some rows, null where none do. They do where the graph itself gives the artifact's answer once
 * features are moved over them, by a few last bits or to where the artifact's own features are, and likewise the reference's, which rounds
 * its own way too.
 */
async function tracesOf(
  { tracer, answer, scales, features, context: { inputs } }: CellGround,
  rows: ModelRows,
  places: readonly number[],
  {
    found,
    known,
    feature,
    opened,
  }: {
    readonly found: Answers;
    readonly known: Answers;
    readonly feature: number;
    readonly opened: OpenFeatures | undefined;
  },
): Promise<readonly (readonly CrossedBound[] | null)[]> {
  if (tracer === undefined || places.length === 0) return places.map(() => null);
  const count = rows.count;
  // Of all rows as they were answered: a runtime may round otherwise in a batch of another size.
  const read = async (of: OpenFeatures | undefined): Promise<Answers | undefined> =>
    features && of && featuresFor(of, features.graph, features.coded.rowsOf(rows)).catch(() => undefined);
  const own = [await read(opened), await read(features?.reference)];
  const traces: (readonly CrossedBound[] | null)[] = [];
  let untraced = 0;
  for (const row of places) {
    const given = sliceRows(inputs, rows, row, row + 1);
    let reached: Answers | undefined;
    const reach = (from: Answers): Answers =>
      (reached ??= featureReach(features!.graph, features!.coded.rowsOf(given), from, row + 1));
    const traceTo = (target: Answers, values: Answers | undefined): readonly CrossedBound[] | null =>
      tracer.trace(
        given,
        (moved, copies) =>
          compareRows(answer, scales, repeatedRow(target, row, count, copies), moved, copies).map((one) => {
            const far = Math.max(one.answer / PARITY_TOLERANCE.probability, one.feature / feature);
            return Number.isNaN(far) ? Infinity : far;
          }),
        values && { values: rowOf(values, row, count), scales: features!.scales, reach, most: feature },
      );
    const first = untraced < MOST_UNTRACED ? traceTo(found, own[0]) : null;
    const second = first && traceTo(known, own[1]);
    const moves = second && [...first!, ...second];
    const isTraced = moves !== null && moves.length > 0;
    if (!isTraced) untraced += 1;
    traces.push(isTraced ? moves : null);
  }
  return traces;
}

/** Held-out rows that are rounded at random for what they explain: more would take minutes of a large graph. */
const MOST_SPREAD = 64;

/**
 * Held-out rows of larger differences that the graph's own rounding makes: in outputs beside the answer, and up to twice as far as the
 * farthest of some runs that round at random, since the reference rounds its own way too.
 */
async function cancelledRows(
  { spread }: CellGround,
  held: readonly RowFinding[],
  large: readonly number[],
): Promise<readonly number[]> {
  if (spread === undefined || large.length > MOST_SPREAD) return [];
  const cancelled: number[] = [];
  for (const row of large) {
    const { answer, feature } = held[row]!;
    const isNear = answer <= PARITY_TOLERANCE.probability && feature <= PARITY_TOLERANCE.adversarialFeature;
    if (isNear && feature <= 2 * (await spread(row)).feature) cancelled.push(row);
  }
  return cancelled;
}

/** The cell of an artifact that a runtime does not load or run. */
export function failedCell(
  { kind, sha256 }: ModelArtifact,
  { name }: ArtifactRuntime,
  error: unknown,
): ParityCell {
  const none = { rows: 0, difference: Infinity, feature: Infinity, agreement: 0 };
  return Object.freeze({
    artifact: kind,
    runtime: name,
    sha256,
    heldOut: {
      ...none,
      unanswered: 0,
      cancelled: 0,
      error: Infinity,
      deviation: Infinity,
      metric: null,
      metricDifference: null,
    },
    adversarial: { ...none, unstable: 0, byKind: [] },
    traced: [],
    untraced: 0,
    loadMs: 0,
    p50Ms: 0,
    p95Ms: 0,
    faults: Object.freeze([messageOf(error)]),
  });
}

/** An artifact's cell on a runtime. */
export async function cellOf(
  ground: CellGround,
  artifact: ModelArtifact,
  runtime: ArtifactRuntime,
): Promise<ParityCell> {
  const { context, reference, heldOut, labels, strange, has, widths: all, answer, scales } = ground;
  const { metric, trees, timedRows, clock } = ground;
  const started = clock();
  const open = await runtime.open(artifact, { ...context, widths: all });
  const loadMs = clock() - started;
  const isPart = artifact.format === "mlmodel";
  const some = <Value>(of: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    isPart ? Object.fromEntries(Object.entries(of).filter(([name]) => open.outputs.includes(name))) : of;
  const [widths, known, odd] = [some(all), some(ground.known), some(ground.odd)];
  const outputs = Object.keys(widths);
  try {
    if (!Object.hasOwn(known, answer.output))
      throw tidelineError("MODEL_UNSUPPORTED", {
        who: `artifact ${artifact.kind}`,
        field: "outputs",
        expected: answer.output,
        received: outputs.join(", ") || "none",
      });
    const found = {
      known: await answersTo(open, context, heldOut, outputs),
      odd: await strangeAnswers(open, context, strange, widths),
    };
    const held = compareRows(answer, scales, known, found.known, heldOut.count);
    const odds = compareRows(answer, scales, odd, found.odd, strange.count);
    const exact = artifact.numbers === "exact";
    const isLarge = ({ answer: apart, feature }: RowFinding, isOdd: boolean): boolean =>
      !(apart <= PARITY_TOLERANCE.probability) ||
      !(feature <= (isOdd ? PARITY_TOLERANCE.adversarialFeature : PARITY_TOLERANCE.feature));
    const unstable = new Set<number>();
    const large = (rows: readonly RowFinding[], isOdd: boolean) =>
      exact ? rows.flatMap((row, at) => ((!isOdd || has[at]) && isLarge(row, isOdd) ? [at] : [])) : [];
    const [largeHeld, largeOdd] = [large(held, false), large(odds, true)];
    if (!trees)
      for (const row of largeOdd) {
        const moved = await sensitivity(reference, context, strange, row, {
          answer,
          scales,
          reference: odd,
        });
        // The graph's own rounding adds up over its operators; inputs' last bits are one of them.
        const explains = (move: RowFinding): boolean =>
          odds[row]!.answer <= 16 * move.answer &&
          odds[row]!.feature <= Math.max(PARITY_TOLERANCE.adversarialFeature, 16 * move.feature);
        if (explains(moved) || (ground.rounding && explains(await ground.rounding(row)))) unstable.add(row);
      }
    const cancelled = trees ? [] : await cancelledRows(ground, held, largeHeld);
    const asked = odds.filter((_, row) => has[row] && !unstable.has(row));
    const { feature, adversarialFeature } = PARITY_TOLERANCE;
    const isTracing = trees && largeHeld.length + largeOdd.length > 0;
    const opened =
      isTracing && ground.features
        ? await openFeatures(ground.features.graph, artifact.kind, runtime)
        : undefined;
    const ofHeld = { found: found.known, known, feature, opened };
    const ofOdd = { found: found.odd, known: odd, feature: adversarialFeature, opened };
    const traced = isTracing
      ? [
          ...(await tracesOf(ground, heldOut, largeHeld, ofHeld)),
          ...(await tracesOf(ground, strange, largeOdd, ofOdd)),
        ]
      : [];
    await opened?.open.close();
    const byKind = ADVERSARIAL_KINDS.flatMap((kind): readonly KindReport[] => {
      const of = odds.flatMap((row, at) => (strange.kinds[at] === kind ? [{ row, has: has[at]! }] : []));
      const rows = of.flatMap(({ row, has: own }) => (own ? [row] : []));
      return of.length === 0
        ? []
        : [
            {
              kind,
              rows: of.length,
              unanswered: of.length - rows.length,
              difference: mostOf(rows, "answer"),
              agreed: rows.filter(({ agreed }) => agreed).length,
            },
          ];
    });
    const times = await timesOf(open, context, heldOut, [answer.output], { count: timedRows, clock });
    const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? 0;
    const own = labels === undefined ? null : metricOf(answer, found.known[answer.output]!, labels);
    const cell: Omit<ParityCell, "faults"> = {
      artifact: artifact.kind,
      runtime: runtime.name,
      sha256: artifact.sha256,
      heldOut: {
        rows: heldOut.count,
        unanswered: held.filter((_, row) => !isAnswered(known, row, heldOut.count)).length,
        difference: mostOf(held, "answer"),
        feature: mostOf(held, "feature"),
        agreement: shareOf(held),
        cancelled: cancelled.length,
        error: errorOf(known[answer.output]!, found.known[answer.output]),
        deviation: deviationOf(scales, known, found.known),
        metric: own,
        metricDifference: own === null ? null : own - metric!,
      },
      adversarial: {
        rows: strange.count,
        difference: mostOf(asked, "answer"),
        feature: mostOf(asked, "feature"),
        agreement: shareOf(asked),
        unstable: unstable.size,
        byKind,
      },
      traced: groupBounds(traced.filter((bounds) => bounds !== null)),
      untraced: traced.filter((bounds) => bounds === null).length,
      loadMs,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
    };
    const faults = cellFaults(cell, {
      numbers: artifact.numbers,
      kind: answer.kind,
      trees,
      unexplained: largeOdd.length - unstable.size,
      unexplainedHeld: largeHeld.length - cancelled.length,
    });
    return Object.freeze({ ...cell, faults: Object.freeze(faults) });
  } finally {
    await open.close();
  }
}
