import type { ColumnKind } from "../../frame/column.ts";
import { isMissing } from "../../frame/validity.ts";
import { namedForm } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { allKept, reject, ruleOf, type RowRule, type RowRuleDef } from "../row-rule.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { Selection } from "../transform.ts";

/** What {@link dropMissing} takes. */
export interface DropMissingOptions {
  /** Rows go that lack any of the columns, or only those that lack all. Default "any". */
  readonly how?: "any" | "all";
}

/** Every kind of column. */
export const ALL_KINDS: readonly ColumnKind[] = [
  "float",
  "integer",
  "boolean",
  "string",
  "time",
  "vector",
  "series",
  "bytes",
];

const FORMS_OF = { how: namedForm("any", "all") };

/** The definition behind {@link dropMissing}. */
export const DROP_MISSING: RowRuleDef<DropMissingOptions, null> = Object.freeze({
  kind: "dropMissing",
  traits: { accepts: ALL_KINDS, labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: DropMissingOptions) => resolveOptions("dropMissing", FORMS_OF, { how: "any" }, given),
  begin: () => learnsNothing(null),
  judge: (_: null, { how }: DropMissingOptions, inputs) => {
    const reasons = how === "all" ? ["every column missing"] : inputs.map(({ name }) => `${name}: missing`);
    return (columns, rows) => {
      const verdict = allKept(rows, reasons);
      for (let row = 0; row < rows; row++) {
        let absent = 0;
        for (let at = 0; at < columns.length; at++) {
          if (!isMissing(columns[at]!, row)) {
            if (how === "all") break;
            continue;
          }
          absent++;
          if (how === "any") {
            reject(verdict, row, at);
            break;
          }
        }
        if (how === "all" && absent === columns.length) reject(verdict, row, 0);
      }
      return verdict;
    };
  },
} satisfies RowRuleDef<DropMissingOptions, null>);

/**
 * Removes rows that lack a value in one of the columns (or in all), naming the column.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * chain([dropMissing({ columns: ["age"] }), standardScaler()]);
 */
export function dropMissing(options: DropMissingOptions & Pick<Selection, "columns"> = {}): RowRule {
  return ruleOf(DROP_MISSING, options);
}
