import type { Column } from "../../frame/column.ts";
import { frame } from "../../frame/frame.ts";
import { groupCodes } from "../../frame/group-codes.ts";
import { isMissing } from "../../frame/validity.ts";
import { resolveOptions } from "../resolve-options.ts";
import { allKept, reject, ruleOf, type RowRule, type RowRuleDef } from "../row-rule.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { Selection } from "../transform.ts";

const KIND = "deduplicate";

/** The definition behind {@link deduplicate}. */
export const DEDUPLICATE: RowRuleDef<object, null> = Object.freeze({
  kind: KIND,
  traits: {
    accepts: ["float", "integer", "boolean", "string", "time"],
    labels: "none",
    memory: "rows",
    ordered: true,
  } as const,
  forms: {},
  resolve: (given: object) => resolveOptions(KIND, {}, {}, given),
  begin: () => learnsNothing(null),
  judge: (_: null, _options: object, inputs) => {
    const names = inputs.map(({ name }) => name);
    const seen = new Set<string>();
    const reasons = [`equal to an earlier row in ${names.join(", ")}`];
    return (columns, rows) => {
      const verdict = allKept(rows, reasons);
      const { codes, first } = groupCodes(frame(columns), names, KIND);
      // What earlier pieces had is asked once for each different row.
      const known = Uint8Array.from(first, (row) => {
        const key = keyOf(columns, row);
        if (seen.has(key)) return 1;
        seen.add(key);
        return 0;
      });
      for (let row = 0; row < rows; row++)
        if (known[codes[row]!] === 1 || first[codes[row]!] !== row) reject(verdict, row, 0);
      return verdict;
    };
  },
} satisfies RowRuleDef<object, null>);

/** One text for equal rows; missing equals missing. */
function keyOf(columns: readonly Column[], row: number): string {
  return JSON.stringify(
    columns.map((column) => {
      if (isMissing(column, row)) return null;
      if (column.kind === "string") return column.dictionary[column.codes[row]!]!;
      return "offsets" in column ? null : String(column.values[row]!);
    }),
  );
}

/**
 * Removes training rows that equal an earlier one in the columns: retries, double taps, a file read twice. Missing equals missing.
 * Its memory grows with the different rows.
 *
 * @example
 * chain([deduplicate({ columns: ["user", "event_time"] }), standardScaler({ columns: ["speed"] })]);
 */
export function deduplicate(options: Pick<Selection, "columns"> = {}): RowRule {
  return ruleOf(DEDUPLICATE, options);
}
