import { tidelineError } from "@tideline/spec/error";
import type { Frame } from "../frame/column.ts";
import { filterRows, placesOf } from "../frame/filter-rows.ts";
import { frameSchema } from "../frame/frame.ts";
import { emptyFrame } from "../frame/frame-source.ts";
import { crossFitted, takeLabels } from "./cross-fit.ts";
import { fittedChain, type FittedChain } from "./fitted-chain.ts";
import { foldOfRows, type FoldOptions } from "./fold-of-rows.ts";
import { fitRule, rejectedBy, type RowRule } from "./row-rule.ts";
import { stepLog, type FittedStep, type StepLog } from "./step-log.ts";
import { piecesInTurn, transformInTurn } from "./transform-in-turn.ts";
import { fitTransform, tellsLabels, type FittedTransform, type Transform } from "./transform.ts";
import type { Labels } from "./transform-def.ts";

/** A step of a chain: a transform, or a rule about rows. */
export type ChainStep = Transform | RowRule;

/** Whether a step is a rule. */
export function isRule(step: ChainStep): step is RowRule {
  return "rule" in step;
}

/** What a fit of steps gives: as {@link import("./chain.ts").ChainFit}. */
export interface StepsFit {
  readonly chain: FittedChain;
  readonly rows: Frame;
  readonly labels?: Labels;
  /** Absent where all rows stayed. */
  readonly places?: Int32Array;
}

/** Leading steps that are fitted already. */
export interface DoneSteps {
  readonly fitted: readonly FittedTransform[];
  /** What they made of the rows given. */
  readonly rows: Frame;
}

/**
 * Fits steps one after another, each on what the former made.
 *
 * @param whole whether the rows after the last step are wanted, too.
 * @throws as `Chain.fit` says.
 */
export function fitSteps(
  steps: readonly ChainStep[],
  given: Frame,
  givenLabels: Labels | undefined,
  options: FoldOptions,
  whole: boolean,
  done: DoneSteps = { fitted: [], rows: given },
): StepsFit {
  if (givenLabels !== undefined && givenLabels.y.length !== given.rows)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "chain.fit",
      field: "labels",
      expected: `${given.rows} labels, one for each row`,
      received: String(givenLabels.y.length),
    });
  let [rows, labels] = [done.rows, givenLabels];
  let places: Int32Array | undefined;
  // Steps that are fitted and whose numbers nobody needed yet.
  let waiting: FittedTransform[] = [];
  const settle = (): void => {
    if (waiting.length > 0) rows = transformInTurn(waiting, rows);
    waiting = [];
  };
  let foldOf: Int32Array | undefined;
  const fitted: FittedStep[] = [...done.fitted];
  const log: StepLog[] = fitted.map((step, at) => stepLog(at, step, given.rows, given.rows, {}));
  const labelled: number[] = [];
  for (const [at, step] of steps.entries()) {
    if (at < done.fitted.length) continue;
    const rowsIn = rows.rows;
    if (isRule(step)) {
      settle();
      const rule = fitRule(step, rows);
      const verdict = rule.judge(rows);
      const stay = placesOf(verdict.keep, rowsIn);
      rows = filterRows(rows, verdict.keep);
      places =
        places === undefined ? Int32Array.from(stay) : places.filter((_, row) => verdict.keep[row] === 1);
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
        const now = places === undefined ? foldOf : Int32Array.from(places, (row) => foldOf![row]!);
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
  return {
    chain: made,
    rows,
    ...(labels === undefined ? {} : { labels }),
    ...(places === undefined ? {} : { places }),
  };
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
