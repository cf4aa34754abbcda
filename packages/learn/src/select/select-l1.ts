import { illegalOption, positive, positiveInteger } from "../net/check-option.ts";
import { selectRows } from "../matrix.ts";
import { standardise } from "../standardise.ts";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels, labelsAt } from "./check-label.ts";
import { l1Path, l1Penalties } from "./l1-path.ts";
import { foldCount, foldsOf, type FoldOptions } from "./model/held-out.ts";
import { meanError, type MeanError } from "./model/mean-error.ts";
import { matrixOfTable, numbersOnly, selectTable, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";
import type { Matrix } from "../matrix.ts";

/** What `selectL1` takes. */
export interface L1Options extends FoldOptions {
  /** The penalty of the mean loss: lasso's `alpha`; of a logistic regression `1 / (C N)`. */
  readonly penalty?: number;
  /** Instead of a penalty: the last model of the path with at most so many columns. */
  readonly keep?: number;
  /** Penalties of the path. Default 50. */
  readonly count?: number;
  /** The last penalty of the path as a share of the first. Default 1e-2. */
  readonly least?: number;
  /** Of the penalties that do as well as the best to one standard error, the largest. Default true. */
  readonly oneError?: boolean;
}

/**
 * Keeps the columns of an L1 model: a lasso for numbers, an L1 logistic regression for classes (`lasso`, `l1Logistic`), over
 * standardised columns. Without a penalty or a number of columns, folds choose the penalty: the largest within one standard
 * error of the best mean loss (T. Hastie, R. Tibshirani and J. Friedman, "The Elements of Statistical Learning", 7.10).
 *
 * Of columns that say the same the lasso takes one, and which may be chance: see `selectStable`. Texts are not judged.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` ARGUMENT_INVALID for labels, DATA_MALFORMED for numbers that are not
 *   finite, NOT_ENOUGH_DATA.
 * @example
 * selectL1({ groups: people }).fit(rows, labels).kept;
 * selectL1({ keep: 10 }).fit(rows, labels).report.details["path"];
 */
export function selectL1(options: L1Options = {}): Selector<Selected> {
  const who = "selectL1";
  const { penalty, keep, count = 50, least = 1e-2, oneError = true, seed = 0 } = options;
  if (penalty !== undefined) positive(who, "penalty", penalty);
  if (keep !== undefined) positiveInteger(who, "keep", keep);
  if (penalty !== undefined && keep !== undefined)
    throw illegalOption(who, "keep", "none beside a penalty", String(keep));
  positiveInteger(who, "count", count);
  const all = Object.freeze({
    penalty: penalty ?? null,
    keep: keep ?? null,
    count,
    least,
    oneError,
    folds: foldCount(options),
    seed,
  });
  return Object.freeze({
    kind: who,
    options: all,
    fit(rows: SelectRows, given?: Labels): Selected {
      const table = numbersOnly(selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const raw = matrixOfTable(who, table);
      const X = standardise({}).fit(raw).transform(raw);
      let penalties = penalty === undefined ? l1Penalties(who, X, labels, count, least) : [penalty];
      let chosen: Readonly<Record<string, unknown>> = {};
      if (penalty === undefined && keep === undefined) {
        const found = chooseByFolds(raw, labels, penalties, options, oneError);
        chosen = { folds: found.losses };
        penalties = penalties.slice(0, found.place + 1);
      }
      let size: Float64Array = new Float64Array(table.columns.length);
      const path: { readonly penalty: number; readonly active: number }[] = [];
      for (const step of l1Path(X, labels, { penalties, most: keep ?? Infinity })) {
        path.push({ penalty: step.penalty, active: step.active });
        if (step.active <= (keep ?? Infinity)) size = step.size;
      }
      const used = path.findLast(({ active }) => active <= (keep ?? Infinity))?.penalty;
      const verdicts = Array.from(size, (score) => ({
        keep: score > 0,
        score,
        reason: `coefficient 0 at penalty ${used?.toPrecision(3)}`,
      }));
      const measure = "size of the coefficient of the standardised column, summed over classes";
      return selectedOf(who, measure, all, table, verdicts, { penalty: used, path, ...chosen });
    },
  });
}

/** The place of the penalty that does best on rows held out. */
function chooseByFolds(
  raw: Matrix,
  labels: Labels,
  penalties: readonly number[],
  options: FoldOptions,
  oneError: boolean,
): {
  readonly place: number;
  readonly losses: readonly (MeanError & { readonly penalty: number })[];
} {
  const folds = foldsOf(labels, options);
  const table = folds.map(({ train, test }) => {
    const own = selectRows(raw, train);
    // Standardised by the training rows of the fold, which alone are known there.
    const scaler = standardise({}).fit(own);
    const [X, held] = [scaler.transform(own), scaler.transform(selectRows(raw, test))];
    const truth = labelsAt(labels, test);
    return [...l1Path(X, labelsAt(labels, train), { penalties })].map((step) => step.loss(held, truth));
  });
  const losses = penalties.map((penalty, at) => {
    const own = table.map((fold) => fold[at]!);
    return { penalty, ...meanError(own) };
  });
  const best = losses.reduce((so, one) => (one.mean < so.mean ? one : so));
  const bar = best.mean + (oneError ? best.error : 0);
  return { place: losses.findIndex(({ mean }) => mean <= bar), losses };
}
