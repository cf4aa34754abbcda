import { tidelineError } from "@tideline/spec";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels, labelsAt } from "./check-label.ts";
import { foldsOf, readable, type FoldOptions } from "./model/held-out.ts";
import type { SelectionModel } from "./model/selection-model.ts";
import { selectTable, tableRowsAt, type SelectRows } from "./select-table.ts";

/**
 * What models say of rows that they have not seen: a fit for each fold, on the rows of the others. What `labelErrors` of
 * `@tideline/learn/check` looks at.
 *
 * @returns [N, K], probabilities of the classes, row-major.
 * @throws ARGUMENT_INVALID for labels that are no classes, and folds that do not hold each row out once; DEFINITION_ILLEGAL for a
 *   model without probabilities; NOT_ENOUGH_DATA for fewer groups than folds.
 * @example
 * const probabilities = await outOfFold(byBoosted({ seed: 1 }), rows, labels, { groups: people });
 * labelErrors(labels, probabilities).rows;
 */
export async function outOfFold(
  model: SelectionModel,
  rows: SelectRows,
  given: Labels,
  options: FoldOptions = {},
): Promise<Float64Array> {
  const who = "outOfFold";
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  const table = readable(model, selectTable(who, rows));
  const labels = checkLabels(who, table.rows, given);
  if (labels.kind !== "classes") throw wrong("labels", "classes", "numbers");
  const classes = labels.classes.length;
  const out = new Float64Array(table.rows * classes).fill(Number.NaN);
  for (const { train, test } of foldsOf(labels, options)) {
    const fitted = await model.fit(tableRowsAt(table, train), labelsAt(labels, train));
    const predicted = await fitted.predict(tableRowsAt(table, test));
    if (!("values" in predicted && "rows" in predicted) || predicted.columns !== classes)
      throw tidelineError("DEFINITION_ILLEGAL", {
        who,
        field: "model",
        expected: `one that gives the probabilities of ${classes} classes`,
        received: model.kind,
      });
    for (const [at, row] of test.entries()) {
      if (!Number.isNaN(out[row * classes]))
        throw wrong("folds", "each row held out once", `row ${row} twice`);
      out.set(predicted.values.subarray(at * classes, (at + 1) * classes), row * classes);
    }
  }
  const never = out.findIndex(Number.isNaN);
  if (never >= 0) throw wrong("folds", "each row held out once", `row ${Math.floor(never / classes)} never`);
  return out;
}
