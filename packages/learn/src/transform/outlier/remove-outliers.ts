import { laneNames, lanesOf } from "../lane.ts";
import { allKept, reject, ruleOf, type RowRule, type RowRuleDef } from "../row-rule.ts";
import type { Selection } from "../transform.ts";
import type { StateValue } from "../transform-def.ts";
import type { OutlierOptions } from "./bound.ts";
import { OUTLIER_FLAG } from "./outlier-flag.ts";

type BoundState = { readonly low: Float64Array; readonly high: Float64Array };

/** The definition behind {@link removeOutliers}: the bounds of `outlierFlag`. */
export const REMOVE_OUTLIERS: RowRuleDef<OutlierOptions, BoundState & StateValue> = Object.freeze({
  kind: "removeOutliers",
  traits: OUTLIER_FLAG.traits,
  forms: OUTLIER_FLAG.forms!,
  resolve: OUTLIER_FLAG.resolve,
  begin: OUTLIER_FLAG.begin as RowRuleDef<OutlierOptions, BoundState & StateValue>["begin"],
  checkState: OUTLIER_FLAG.checkState as never,
  judge({ low, high }, { method }, inputs) {
    const reasons = laneNames(inputs).map(
      (name, at) => `${name}: outside ${low[at]!} to ${high[at]!} (${method})`,
    );
    return (columns, rows) => {
      const verdict = allKept(rows, reasons);
      for (const [at, { values }] of lanesOf(columns, "removeOutliers").entries())
        for (let row = 0; row < rows; row++)
          if (values[row]! < low[at]! || values[row]! > high[at]!) reject(verdict, row, at);
      return verdict;
    };
  },
} satisfies RowRuleDef<OutlierOptions, BoundState & StateValue>);

/**
 * Removes training rows with a number that lies too far out, naming the column and its bounds. Missing numbers remove nothing.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * chain([removeOutliers({ method: "iqr", threshold: 3, columns: ["price"] }), standardScaler()]);
 */
export function removeOutliers(options: OutlierOptions & Pick<Selection, "columns"> = {}): RowRule {
  return ruleOf(REMOVE_OUTLIERS, options);
}
