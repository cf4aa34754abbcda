import { oneOf, positiveInteger } from "../net/check-option.ts";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels } from "./check-label.ts";
import { fClassification } from "./score/f-classification.ts";
import { fRegression, pearson } from "./score/f-regression.ts";
import { finiteNumbers, numbersOnly, selectTable, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectMrmr` takes. */
export interface MrmrOptions {
  /** How many columns are kept. Default 10. */
  readonly k?: number;
  /** How redundancy counts: taken from relevance, or dividing it. Default "quotient". */
  readonly scheme?: "quotient" | "difference";
}

const SCHEMES = { quotient: true, difference: true };

/**
 * Maximum relevance, minimum redundancy (C. Ding and H. Peng, "Minimum redundancy feature selection from microarray gene
 * expression data", J. Bioinformatics and Computational Biology 3, 2005; their FCQ and FCD): one after the other the column
 * whose F with the labels is largest, by (or less) its mean absolute correlation with those that are taken already.
 *
 * The score is the criterion when it was taken, the rank its turn; of columns never taken, their F. Texts are not judged.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` as `scoreColumns`.
 * @example
 * selectMrmr({ k: 5 }).fit(rows, labels).report.scores.toSorted((a, b) => a.rank! - b.rank!);
 */
export function selectMrmr(options: MrmrOptions = {}): Selector<Selected> {
  const who = "selectMrmr";
  const { k = 10, scheme = "quotient" } = options;
  positiveInteger(who, "k", k);
  oneOf(who, "scheme", SCHEMES, scheme);
  const all = Object.freeze({ k, scheme });
  return Object.freeze({
    kind: who,
    options: all,
    fit(rows: SelectRows, given?: Labels): Selected {
      const table = numbersOnly(selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const columns = table.columns.map((column) => finiteNumbers(who, column));
      const relevance = columns.map((x) => {
        const { score } =
          labels.kind === "classes"
            ? fClassification(x, labels.y, labels.classes.length)
            : fRegression(x, labels.y);
        return Number.isNaN(score) ? 0 : Math.min(score, Number.MAX_VALUE);
      });
      const score = [...relevance];
      const rank = new Int32Array(columns.length);
      const redundancy = new Float64Array(columns.length);
      const count = Math.min(k, columns.length);
      for (let taken = 0; taken < count; taken++) {
        let [best, most] = [-1, -Infinity];
        for (let at = 0; at < columns.length; at++) {
          if (rank[at] !== 0) continue;
          const shared = redundancy[at]! / Math.max(1, taken);
          // Below a thousandth columns are as good as independent, and a quotient by it would say nothing of relevance.
          const by = taken === 0 ? 1 : Math.max(shared, 1e-3);
          const value = scheme === "difference" ? relevance[at]! - shared : relevance[at]! / by;
          if (value > most) [best, most] = [at, value];
        }
        rank[best] = taken + 1;
        score[best] = most;
        for (let at = 0; at < columns.length; at++)
          if (rank[at] === 0) redundancy[at]! += Math.abs(pearson(columns[at]!, columns[best]!)) || 0;
      }
      const verdicts = columns.map((_, at) => ({
        keep: rank[at] !== 0,
        score: score[at]!,
        ...(rank[at] === 0 ? {} : { rank: rank[at]! }),
        reason: `F ${relevance[at]!.toPrecision(3)}, and others tell more that is new`,
      }));
      const measure =
        scheme === "difference"
          ? "F less mean correlation with those before"
          : "F by mean correlation with those before";
      return selectedOf(who, measure, all, table, verdicts);
    },
  });
}
