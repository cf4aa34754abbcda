import { tidelineError } from "@tideline/spec/error";
import type { Frame, FrameSchema, FrameSource } from "../frame/column.ts";
import { placesOf } from "../frame/filter-rows.ts";
import { frameSchema } from "../frame/frame.ts";
import type { ChainStep } from "./chain.ts";
import { takeLabels } from "./cross-fit.ts";
import { emptyFrame } from "../frame/frame-source.ts";
import { checkPieces, fittedChain, passThrough, type FittedChain } from "./fitted-chain.ts";
import { rejectedBy } from "./row-rule.ts";
import { isFittedRule, stepLog, type FittedStep } from "./step-log.ts";
import { tellsLabels } from "./transform.ts";
import type { Labels } from "./transform-def.ts";

/** How a source is fitted. */
export interface SourceFitOptions {
  /** The labels of a piece, of the columns as the source has them. Asked before any rule removes rows. */
  readonly labels?: (rows: Frame) => Labels;
}

/** A step being fitted. */
interface Starting {
  readonly at: number;
  readonly step: ChainStep;
  readonly fit: { add(rows: Frame, labels?: Labels): void; finish(): FittedStep };
}

/**
 * Fits the steps of a chain to a source, each on what the former make of its pieces. Steps that follow one another and
 * read columns by name that none of the others writes share a pass.
 */
export async function fitSource(
  steps: readonly ChainStep[],
  source: FrameSource,
  { labels }: SourceFitOptions,
): Promise<FittedChain> {
  const fitted: FittedStep[] = [];
  const passed = new Map<number, { rowsIn: number; rowsOut: number; why: Record<string, number> }>();
  const read = async (each: (rows: Frame, labels: Labels | undefined) => void): Promise<void> => {
    passed.clear();
    let own: Labels | undefined;
    const told: Parameters<typeof passThrough>[1] = (step, rowsIn, rowsOut, verdict) => {
      const sum = passed.get(step) ?? { rowsIn: 0, rowsOut: 0, why: {} };
      sum.rowsIn += rowsIn;
      sum.rowsOut += rowsOut;
      for (const [reason, rows] of Object.entries(verdict === undefined ? {} : rejectedBy(verdict)))
        sum.why[reason] = (sum.why[reason] ?? 0) + rows;
      passed.set(step, sum);
      if (own !== undefined && rowsOut < rowsIn) own = takeLabels(own, placesOf(verdict!.keep, rowsIn));
    };
    const pass = passThrough(fitted, told);
    for await (const piece of source.read()) {
      own = labels?.(piece);
      if (own !== undefined && own.y.length !== piece.rows) throw wrongLabels(own.y.length, piece.rows);
      each(pass(piece), own);
    }
  };
  while (fitted.length < steps.length) {
    const schema = frameSchema(passThrough(fitted)(emptyFrame(source.schema)));
    const batch = independent(steps, fitted.length, schema);
    await read((rows, own) => {
      for (const { fit } of batch) fit.add(rows, own);
    });
    fitted.push(...accepted(batch));
    checkPieces("chain.fitSource", fitted);
    if (labels !== undefined) checkLeak(steps, fitted);
  }
  await read(() => undefined);
  const log = fitted.map((step, at) => {
    const { rowsIn, rowsOut, why } = passed.get(at) ?? { rowsIn: 0, rowsOut: 0, why: {} };
    return stepLog(at, step, rowsIn, rowsOut, Object.freeze(why));
  });
  const labelled = labels === undefined ? [] : steps.flatMap((step, at) => (tellsLabels(step) ? [at] : []));
  return fittedChain(fitted, log, labelled);
}

/** The next step and those after it that can be fitted in the same pass, as far as names tell. */
function independent(steps: readonly ChainStep[], from: number, schema: FrameSchema): readonly Starting[] {
  const batch: Starting[] = [];
  const taken = new Set<string>();
  for (let at = from; at < steps.length; at++) {
    const step = steps[at]!;
    const names = step.options["columns"];
    if (at > from) {
      if (!Array.isArray(names)) break;
      const known = (names as readonly string[]).every(
        (name) => !taken.has(name) && schema.some((column) => column.name === name),
      );
      if (!known) break;
    }
    const fit = step.start(schema);
    batch.push({ at, step, fit });
    // A rule decides which rows the next one sees.
    if ("rule" in step || !Array.isArray(names)) break;
    for (const name of names as readonly string[]) taken.add(name);
  }
  return batch;
}

/** The fits of a pass, up to the first that read a column which one before it turned out to write. */
function accepted(batch: readonly Starting[]): readonly FittedStep[] {
  const written = new Set<string>();
  const done: FittedStep[] = [];
  for (const { fit } of batch) {
    const step = fit.finish();
    if (step.inputs.some(({ name }) => written.has(name))) break;
    done.push(step);
    if (!isFittedRule(step)) for (const { name } of step.outputs) written.add(name);
  }
  return done;
}

/**
 * That no step learnt from what one before it learnt from labels: a source's rows are not transformed out of fold, so the labels
 * of the rows would be read from their own features.
 */
function checkLeak(steps: readonly ChainStep[], fitted: readonly FittedStep[]): void {
  const told = new Map<string, string>();
  for (const [at, step] of fitted.entries()) {
    const from = step.inputs.map(({ name }) => told.get(name)).find((kind) => kind !== undefined);
    if (from !== undefined && step.state !== null)
      throw tidelineError("ARGUMENT_INVALID", {
        who: "chain.fitSource",
        field: step.kind,
        expected: "columns that no labels were told of: rows of a source are not transformed out of fold",
        received: `what ${from} wrote`,
        remedy: `Fit to rows in memory (fit, fitTransform), or put ${step.kind} before ${from}.`,
      });
    if (isFittedRule(step)) continue;
    const kind = tellsLabels(steps[at]!) ? step.kind : from;
    for (const { name } of step.outputs) if (kind !== undefined) told.set(name, kind);
  }
}

function wrongLabels(labels: number, rows: number) {
  return tidelineError("ARGUMENT_INVALID", {
    who: "chain.fitSource",
    field: "labels",
    expected: `labels of the ${rows} rows of a piece`,
    received: String(labels),
  });
}
