import { filterRows, placesOf, type Frame } from "@tideline/learn/frame";
import {
  takeLabels,
  type FittedStep,
  type FittedTransform,
  type Labels,
  type ReadChainOptions,
  type Transform,
} from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";
import { foldsOf, FOLDS } from "./fold-of-row.ts";
import { labelsOf, type KnownLabels } from "./label-step.ts";
import { changed, partId, partSchema, readPart, seenColumns, type Part } from "./part.ts";
import { runStep, stepPath, type Preparing, type StepCause, type StepLeft } from "./preparing.ts";
import { crossed, transformed } from "./row-change.ts";
import type { Parts } from "./split-step.ts";
import type { SplitPlan } from "./split-plan.ts";
import type { StepFile } from "./step-file.ts";
import { restoreStep, storeStep } from "./stored-step.ts";

/** What the steps that are fitted share. */
export interface FitPlan {
  readonly split: SplitPlan | undefined;
  readonly labels: KnownLabels | undefined;
  readonly own: ReadChainOptions;
}

/** Parts behind a step, and what it learnt. */
export interface Fitted {
  readonly parts: Parts;
  readonly step: FittedStep;
  readonly file: StepFile;
}

/**
 * Fits a transform to the training rows, in one pass, and puts it behind every part. One that learns from labels is fitted once more
 * without each fold, and training rows are transformed out of fold.
 */
export async function fitStep(
  preparing: Preparing,
  step: Transform,
  parts: Parts,
  cause: Omit<StepCause, "input">,
  plan: FitPlan,
): Promise<Fitted> {
  const crossing = step.traits.labels !== "none" && plan.labels !== undefined;
  const { train } = parts;
  const schema = (await partSchema(train)).filter(({ name }) => !train.beside.includes(name));
  const input = partId(train);
  const parameters = crossing ? `${cause.parameters}/${plan.split?.by === "group"}` : cause.parameters;
  if (step.traits.labels === "required" && plan.labels === undefined)
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: cause.name,
      expected: "`label`, from which it learns",
      received: "none",
    });
  const left = await runStep<StepLeft>(preparing, { ...cause, parameters, input }, async (key, count) => {
    const all = step.start(schema);
    const folds = crossing ? Array.from({ length: FOLDS }, () => step.start(schema)) : [];
    const foldOf = foldsOf(plan.split);
    let rows = 0;
    for await (const piece of readPart(train)) {
      const seen = seenColumns(piece, train.beside);
      const labels = crossing ? labelsOf(plan.labels!, piece) : undefined;
      all.add(seen, labels);
      const own = crossing ? foldOf(piece) : undefined;
      for (const [fold, fit] of folds.entries()) addOthers(fit, seen, labels!, own!, fold);
      rows += piece.rows;
      count(piece.rows);
    }
    const files: Record<string, StepFile> = {};
    const write = async (what: string, fitted: FittedTransform): Promise<void> => {
      checkFitted(cause.name, fitted, train.beside);
      files[what] = await storeStep(preparing.root, stepPath(key, `${what}.tltf`), fitted);
    };
    await write("fit", all.finish());
    for (const [fold, fit] of folds.entries()) await write(`fold${fold}`, fit.finish());
    return { files, parts: { train: { rowsIn: rows, rowsOut: rows } }, why: {} };
  });
  const read = (file: StepFile) => restoreStep(preparing.root, file, plan.own);
  const file = left.files["fit"]!;
  const fitted = (await read(file)) as FittedTransform;
  const code = `${preparing.code}/${cause.ownCode ?? ""}`;
  const change = transformed(file, code, fitted);
  const behind = Object.entries(parts).map(([name, part]) => [name, changed(part, change)] as const);
  const made = Object.fromEntries(behind) as Record<string, Part> as unknown as Parts;
  if (!crossing) return { parts: Object.freeze(made), step: fitted, file };
  const files = Array.from({ length: FOLDS }, (_, fold) => left.files[`fold${fold}`]!);
  const folds = (await Promise.all(files.map(read))) as readonly FittedTransform[];
  for (const one of folds) checkOutputs(cause.name, one, fitted);
  const outOfFold = crossed(files, code, train.beside, folds, () => foldsOf(plan.split));
  return { parts: Object.freeze({ ...made, train: changed(train, outOfFold) }), step: fitted, file };
}

/** Adds the rows of the other folds to a fit. */
function addOthers(
  fit: { add(rows: Frame, labels?: Labels): void },
  rows: Frame,
  labels: Labels,
  foldOf: Int32Array,
  fold: number,
): void {
  const keep = Uint8Array.from(foldOf, (one) => Number(one !== fold));
  const places = placesOf(keep, rows.rows);
  if (places.length > 0) fit.add(filterRows(rows, keep), takeLabels(labels, places));
}

/** Wants a transform whose rows may come in pieces, and whose columns do not take the place of those beside them. */
function checkFitted(who: string, step: FittedTransform, beside: readonly string[]): void {
  const taken = step.outputs.find(({ name }) => beside.includes(name));
  if (step.acrossRows !== true && taken === undefined) return;
  throw tidelineError("DEFINITION_ILLEGAL", {
    who: "prepare",
    field: who,
    expected:
      taken === undefined
        ? "a step that takes each row for itself, because rows come in pieces"
        : `columns of other names than ${beside.map((name) => JSON.stringify(name)).join(", ")}, which go beside them`,
    received: taken === undefined ? step.kind : JSON.stringify(taken.name),
    remedy: taken === undefined ? "Do it where the table is made." : "Give its output another name.",
  });
}

/** Wants every fold to write the columns that all rows write. */
function checkOutputs(who: string, part: FittedTransform, whole: FittedTransform): void {
  const shown = ({ outputs }: FittedTransform) =>
    outputs
      .map(({ name, kind, width }) => `${name}: ${kind}${width === undefined ? "" : `[${width}]`}`)
      .join(", ");
  if (shown(part) === shown(whole)) return;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who: "prepare",
    field: who,
    expected: `the columns ${shown(whole)} of every fold`,
    received: shown(part),
    remedy: "Group rare categories before it, or use options whose columns do not depend on the rows.",
  });
}
