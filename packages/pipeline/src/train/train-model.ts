import {
  logisticRegression,
  majorityClass,
  nearestCentroid,
  selectLabels,
  selectRows,
  splitByGroup,
  standardise,
  type LogisticModel,
} from "@tideline/learn";
import { tidelineError, type ModelDefinition } from "@tideline/spec";
import type { TrainingSet } from "../feature/training-set.ts";
import type { FittedState } from "./fitted-state.ts";
import { score, type Score } from "./score.ts";

/** Which rows a candidate learns from: everything, or only what came after a moment. */
export type Recency = "all" | "recent";

/** One configuration that validation people judge. */
export interface Candidate {
  readonly C: number;
  readonly recency: Recency;
}

/** A candidate with its quality on validation people. */
export interface Trial extends Candidate {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly logLoss: number;
  readonly rows: number;
  readonly iterations: number;
}

/** Options of {@link trainModel}. */
export interface TrainOptions {
  readonly seed: number;
  /**
   * Milliseconds since 1970 after which rows are recent; null when nothing has drifted. With it validation looks
   * at recent rows only, since those are what the model will meet.
   */
  readonly recentSince: number | null;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly detail: string;
  }) => void;
}

/** A trained model with everything that decided it. */
export interface TrainedModel {
  readonly fitted: FittedState;
  readonly chosen: Candidate;
  readonly trials: readonly Trial[];
  /** Of the chosen candidate on validation people, before it was fitted once more on everybody who teaches. */
  readonly validation: Score;
  /** Positions of the validation rows in the training set. */
  readonly validationRows: Int32Array;
  readonly baselines: { readonly majority: Score; readonly nearestCentroid: Score };
  /** Rows of the final fit. */
  readonly rows: Int32Array;
}

/** Share of the people who teach that choose instead. */
const VALIDATION_SHARE = 0.3;

/** Iterations after which a fit is taken as it is; on the UCI recordings 60 to 260 are needed. */
const MAX_ITERATIONS = 300;

interface Part {
  readonly rows: Int32Array;
  readonly fitted: FittedState;
  readonly iterations: number;
}

/** Fits scaler and classifier on some rows. */
function fitRows(
  set: TrainingSet,
  model: ModelDefinition,
  rows: Int32Array,
  C: number,
  initial?: LogisticModel,
): Part {
  const raw = selectRows(set.features, rows);
  const scaler = standardise({}).fit(raw);
  const classifier = logisticRegression({ C, maxIterations: MAX_ITERATIONS, tolerance: 1e-4 }).fit({
    X: scaler.transform(raw),
    y: selectLabels(set.y, rows),
    classes: model.labels,
    ...(initial === undefined ? {} : { initial }),
  });
  const iterations = classifier.report?.iterations ?? 0;
  return { rows, fitted: { names: set.names, scaler, classifier }, iterations };
}

/** Of whom some rows are. */
const whoOf = (set: TrainingSet, rows: Int32Array) => ({
  subjects: [...rows].map((row) => set.subjects[row]!),
  people: [...rows].map((row) => set.people[row]!),
});

/** Score of a fitted state on rows of a set. */
export function scoreFitted(set: TrainingSet, fitted: FittedState, rows: Int32Array): Score {
  const scaled = fitted.scaler.transform(selectRows(set.features, rows));
  return score(
    selectLabels(set.y, rows),
    fitted.classifier.predictProbabilities(scaled),
    whoOf(set, rows),
    fitted.classifier.classes,
  );
}

/** The rows of `rows` that a candidate may look at. */
function recentRows(set: TrainingSet, rows: Int32Array, recency: Recency, since: number | null): Int32Array {
  return recency === "all" || since === null ? rows : rows.filter((row) => set.time[row]! > since);
}

/** The error of a set that is too small for a model. */
function notEnough(model: ModelDefinition, field: string, expected: string, received: string) {
  const remedy = "Wait until more people have sent labels.";
  return tidelineError("NOT_ENOUGH_DATA", {
    who: `model "${model.name}"`,
    field,
    expected,
    received,
    remedy,
  });
}

/** Refuses a set in which some class has no row. */
function checkClasses(set: TrainingSet, model: ModelDefinition, rows: Int32Array, where: string): void {
  const seen = new Set(selectLabels(set.y, rows));
  const missing = model.labels.filter((_, index) => !seen.has(index));
  if (missing.length > 0) {
    throw notEnough(model, where, "labelled rows of every class", `none of ${missing.join(", ")}`);
  }
}

/** Scores of the two baselines, fitted on the same rows as the chosen candidate. */
function scoreBaselines(set: TrainingSet, model: ModelDefinition, part: Part, validation: Int32Array) {
  const { scaler } = part.fitted;
  const X = scaler.transform(selectRows(set.features, part.rows));
  const y = selectLabels(set.y, part.rows);
  const held = scaler.transform(selectRows(set.features, validation));
  const who = whoOf(set, validation);
  const [majority, centroid] = [majorityClass(), nearestCentroid()].map((estimator) =>
    score(
      selectLabels(set.y, validation),
      estimator.fit({ X, y, classes: model.labels }).predictProbabilities(held),
      who,
      model.labels,
    ),
  );
  return { majority: majority!, nearestCentroid: centroid! };
}

/**
 * Trains a model: people are split, candidates are fitted on most of them and judged by the macro F1 on the others
 * (ties: the stronger penalty), and the winner is fitted once more on everybody who teaches. Nothing outside the
 * training set is looked at. Deterministic for a set and a seed.
 *
 * @throws `NOT_ENOUGH_DATA` for fewer than two people, and where a class has no row on one side of the split.
 */
export function trainModel(set: TrainingSet, model: ModelDefinition, options: TrainOptions): TrainedModel {
  const { seed, recentSince, onProgress } = options;
  const people = new Set(set.people).size;
  if (people < 2) throw notEnough(model, "people", "labelled rows of at least 2 people", `${people}`);
  const split = splitByGroup(set.people, { test: VALIDATION_SHARE, seed });
  const validationRows = recentRows(set, split.test, "recent", recentSince);
  checkClasses(set, model, validationRows, "validation people");
  const recencies: readonly Recency[] = recentSince === null ? ["all"] : ["recent", "all"];
  const strengths = [...model.candidates.C].sort((left, right) => left - right);
  const total = recencies.length * strengths.length + 1;
  const trials: Trial[] = [];
  let best: { part: Part; trial: Trial; score: Score } | undefined;
  for (const recency of recencies) {
    const rows = recentRows(set, split.train, recency, recentSince);
    checkClasses(set, model, rows, "training people");
    let warm: LogisticModel | undefined;
    for (const C of strengths) {
      onProgress?.({ done: trials.length, total, detail: `C ${C} on ${rows.length} rows (${recency})` });
      const part = fitRows(set, model, rows, C, warm);
      warm = part.fitted.classifier;
      const quality = scoreFitted(set, part.fitted, validationRows);
      const { accuracy, macroF1, logLoss } = quality;
      const trial = {
        C,
        recency,
        accuracy,
        macroF1,
        logLoss,
        rows: rows.length,
        iterations: part.iterations,
      };
      trials.push(trial);
      if (best === undefined || macroF1 > best.trial.macroF1) best = { part, trial, score: quality };
    }
  }
  const { C, recency } = best!.trial;
  onProgress?.({ done: total - 1, total, detail: `the winner, C ${C}, on everybody` });
  const everybody = recentRows(
    set,
    Int32Array.from(set.y, (_, row) => row),
    recency,
    recentSince,
  );
  const final = fitRows(set, model, everybody, C, best!.part.fitted.classifier);
  return Object.freeze({
    fitted: final.fitted,
    chosen: { C, recency },
    trials,
    validation: best!.score,
    validationRows,
    baselines: scoreBaselines(set, model, best!.part, validationRows),
    rows: everybody,
  });
}
