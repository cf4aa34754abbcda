import { tidelineError } from "@tideline/spec/error";
import type { Frame } from "../frame/column.ts";
import { concatFrames } from "../frame/concat-frames.ts";
import { takeRows } from "../frame/take-rows.ts";
import { fitTransform, type FittedTransform, type Transform } from "./transform.ts";
import type { Labels } from "./transform-def.ts";

/** The labels of some rows. */
export function takeLabels(labels: Labels, places: Int32Array): Labels {
  const { y } = labels;
  if (labels.kind === "classes") return { ...labels, y: Int32Array.from(places, (row) => y[row]!) };
  return { kind: "values", y: Float64Array.from(places, (row) => y[row]!) };
}

/**
 * Training rows out of fold: each is transformed by what was learnt of the other folds, so that no row's features know its
 * own label. Rows to come are transformed by `fitted`, which learnt from all.
 *
 * @param foldOf [rows], the fold of each row.
 */
export function crossFitted(
  transform: Transform,
  fitted: FittedTransform,
  rows: Frame,
  labels: Labels,
  foldOf: Int32Array,
): Frame {
  const folds = [...new Set(foldOf)].sort((a, b) => a - b);
  if (folds.length < 2)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: transform.kind,
      field: "folds",
      expected: "rows in at least 2 folds",
      received: String(folds.length),
      remedy: "What learns from labels transforms training rows out of fold.",
    });
  const all = Int32Array.from(foldOf, (_, row) => row);
  const order: Int32Array[] = [];
  const parts = folds.map((fold) => {
    const train = all.filter((row) => foldOf[row] !== fold);
    const test = all.filter((row) => foldOf[row] === fold);
    order.push(test);
    const part = fitTransform(transform, takeRows(rows, train), takeLabels(labels, train));
    sameOutputs(transform.kind, part, fitted);
    return part.transform(takeRows(rows, test));
  });
  const joined = concatFrames(parts);
  const places = new Int32Array(rows.rows);
  let at = 0;
  for (const test of order) for (const row of test) places[row] = at++;
  return takeRows(joined, places);
}

/** Wants the part to write the columns that the whole writes. */
function sameOutputs(who: string, part: FittedTransform, whole: FittedTransform): void {
  const shown = ({ outputs }: FittedTransform) =>
    outputs
      .map(({ name, kind, width }) => `${name}: ${kind}${width === undefined ? "" : `[${width}]`}`)
      .join(", ");
  if (shown(part) === shown(whole)) return;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: "folds",
    expected: `the columns ${shown(whole)} of every fold`,
    received: shown(part),
    remedy: "Use fewer folds, or options whose columns do not depend on the rows.",
  });
}
