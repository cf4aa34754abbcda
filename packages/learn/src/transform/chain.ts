import { tidelineError } from "@tideline/spec";
import type { Frame, FrameSource } from "../frame/column.ts";
import { filterRows, placesOf } from "../frame/filter-rows.ts";
import { frameSchema } from "../frame/frame.ts";
import { crossFitted, takeLabels } from "./cross-fit.ts";
import { fitSource, type SourceFitOptions } from "./fit-source.ts";
import { fittedChain, type FittedChain } from "./fitted-chain.ts";
import { foldOfRows, type FoldOptions } from "./fold-of-rows.ts";
import { fitRule, rejectedBy, type RowRule } from "./row-rule.ts";
import { stepLog, type FittedStep, type StepLog } from "./step-log.ts";
import { emptyFrame } from "../frame/frame-source.ts";
import { piecesInTurn, transformInTurn } from "./transform-in-turn.ts";
import { fitTransform, tellsLabels, type FittedTransform, type Transform } from "./transform.ts";
import type { Labels } from "./transform-def.ts";

/** A step of a chain: a transform, or a rule about rows. */
export type ChainStep = Transform | RowRule;

/** What training needs of a fit. */
export interface ChainFit {
  readonly chain: FittedChain;
  /** The training rows: without those that rules removed, out of fold where a step learns from labels. */
  readonly rows: Frame;
  /** The labels that go with them. */
  readonly labels?: Labels;
  /** [rows], the places that they had among the rows given. */
  readonly places: Int32Array;
}

/** Steps that are fitted one after another, each on what the former made of the training rows. */
export interface Chain {
  readonly kind: "chain";
  readonly steps: readonly ChainStep[];
  /**
   * Errors: NOT_ENOUGH_DATA, DATA_MALFORMED and ARGUMENT_INVALID, as the steps say; ARGUMENT_INVALID for a step that needs
   * labels where there are none.
   */
  fit(rows: Frame, labels?: Labels, options?: FoldOptions): FittedChain;
  /** The same, with the rows to train a model on. */
  fitTransform(rows: Frame, labels?: Labels, options?: FoldOptions): ChainFit;
  /** Fits to rows in pieces, larger than memory: a pass for each step that learns, one for several that do not depend on one another. */
  fitSource(source: FrameSource, options?: SourceFitOptions): Promise<FittedChain>;
}

/**
 * Chains transforms and rules about rows. Rules remove rows from training and are not asked afterwards; what learns from
 * labels gives training rows out of fold.
 *
 * @throws ARGUMENT_INVALID without steps.
 * @example
 * const { chain: fitted, rows } = chain([
 *   dropMissing({ columns: ["label"] }),
 *   simpleImputer({ strategy: "median", columns: ["age", "height"] }),
 *   standardScaler({ columns: ["age", "height"] }),
 * ]).fitTransform(table);
 * fitted.log; // rows in and out of each step, and why
 */
export function chain(steps: readonly ChainStep[]): Chain {
  if (steps.length === 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "chain",
      field: "steps",
      expected: "at least one",
      received: "none",
    });
  const own = Object.freeze([...steps]);
  return Object.freeze({
    kind: "chain" as const,
    steps: own,
    fit: (rows: Frame, labels?: Labels, options?: FoldOptions) =>
      fitSteps(own, rows, labels, options ?? {}, false).chain,
    fitTransform: (rows: Frame, labels?: Labels, options?: FoldOptions) =>
      fitSteps(own, rows, labels, options ?? {}, true),
    fitSource: (source: FrameSource, options?: SourceFitOptions) => fitSource(own, source, options ?? {}),
  });
}

/** Whether a step is a rule. */
export function isRule(step: ChainStep): step is RowRule {
  return "rule" in step;
}

/** @param whole whether the rows after the last step are wanted, too. */
function fitSteps(
  steps: readonly ChainStep[],
  given: Frame,
  givenLabels: Labels | undefined,
  options: FoldOptions,
  whole: boolean,
): ChainFit {
  if (givenLabels !== undefined && givenLabels.y.length !== given.rows)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "chain.fit",
      field: "labels",
      expected: `${given.rows} labels, one for each row`,
      received: String(givenLabels.y.length),
    });
  let [rows, labels] = [given, givenLabels];
  let places = new Int32Array(given.rows);
  for (let row = 0; row < places.length; row++) places[row] = row;
  // Steps that are fitted and whose numbers nobody needed yet.
  let waiting: FittedTransform[] = [];
  const settle = (): void => {
    if (waiting.length > 0) rows = transformInTurn(waiting, rows);
    waiting = [];
  };
  let foldOf: Int32Array | undefined;
  const [fitted, log, labelled]: [FittedStep[], StepLog[], number[]] = [[], [], []];
  for (const [at, step] of steps.entries()) {
    const rowsIn = rows.rows;
    if (isRule(step)) {
      settle();
      const rule = fitRule(step, rows);
      const verdict = rule.judge(rows);
      const stay = placesOf(verdict.keep, rowsIn);
      rows = filterRows(rows, verdict.keep);
      places = places.filter((_, row) => verdict.keep[row] === 1);
      if (labels !== undefined) labels = takeLabels(labels, stay);
      fitted.push(rule);
      log.push(stepLog(at, rule, rowsIn, rows.rows, rejectedBy(verdict)));
      continue;
    }
    const joint = labels === undefined && waiting.length > 0 ? fitInPieces(step, waiting, rows) : undefined;
    if (joint === undefined) settle();
    const transform = joint ?? fitTransform(step, rows, labels);
    if (labels !== undefined && tellsLabels(step)) labelled.push(at);
    if (whole || at < steps.length - 1) {
      if (labelled.at(-1) === at) {
        // Folds are those of the rows given, so that a rule before does not deal them anew.
        foldOf ??= foldOfRows(given.rows, givenLabels!, options);
        const now = Int32Array.from(places, (row) => foldOf![row]!);
        rows = crossFitted(step, transform, rows, labels!, now);
      } else if (transform.pointwise === undefined) {
        settle();
        rows = transform.transform(rows);
      } else waiting.push(transform);
    }
    fitted.push(transform);
    log.push(stepLog(at, transform, rowsIn, rowsIn, {}));
  }
  if (whole) settle();
  const made = fittedChain(fitted, log, labelled);
  return Object.freeze({ chain: made, rows, ...(labels === undefined ? {} : { labels }), places });
}

/** Fits a step to what steps before will make of rows, while no more than a piece of it is there; undefined where that cannot be. */
function fitInPieces(
  step: Transform,
  before: readonly FittedTransform[],
  rows: Frame,
): FittedTransform | undefined {
  const { memory, ordered, labels } = step.traits;
  if (memory !== "bounded" || ordered || labels === "required") return undefined;
  const fit = step.start(frameSchema(transformInTurn(before, emptyFrame(frameSchema(rows)))));
  const pieces = piecesInTurn(before, rows, fit.inputs);
  if (pieces === undefined) return undefined;
  for (const piece of pieces) fit.add(piece);
  return fit.finish();
}
