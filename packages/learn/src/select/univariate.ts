import { illegalOption, positiveInteger } from "../net/check-option.ts";
import type { Labels } from "../transform/transform-def.ts";
import { scoreTable, scoringOptions, type ScoredColumn, type ScoringOptions } from "./score/score-column.ts";
import { SCORES } from "./score/score.ts";
import { selectTable, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectKBest` takes. */
export interface KBestOptions extends ScoringOptions {
  /** How many columns are kept; all where there are not more. Default 10, as scikit-learn's. */
  readonly k?: number;
}

/** What `selectPercentile` takes. */
export interface PercentileOptions extends ScoringOptions {
  /** Share of the columns that are kept, in percent. Default 10. */
  readonly percentile?: number;
}

/** What `selectFpr`, `selectFdr` and `selectFwe` take. */
export interface ErrorRateOptions extends ScoringOptions {
  /** The rate that is allowed, between 0 and 1. Default 0.05. */
  readonly alpha?: number;
}

/**
 * Keeps the k columns of the largest scores: scikit-learn's `SelectKBest`. Of equal scores the first columns are kept (there:
 * the last); one without a score (a constant column) comes after all others.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` as `scoreColumns`.
 * @example
 * const { kept } = selectKBest({ score: "mutualInfoClassif", k: 20 }).fit(trainRows, trainLabels);
 */
export function selectKBest(options: KBestOptions): Selector<Selected> {
  const { k = 10 } = options;
  positiveInteger("selectKBest", "k", k);
  return univariate("selectKBest", options, { k }, (scored) => ranked(scored, k));
}

/**
 * Keeps a share of the columns, those of the largest scores, rounded down: scikit-learn's `SelectPercentile`.
 *
 * @throws as {@link selectKBest}.
 * @example
 * selectPercentile({ score: "fClassif", percentile: 25 }).fit(rows, labels).kept;
 */
export function selectPercentile(options: PercentileOptions): Selector<Selected> {
  const { percentile = 10 } = options;
  if (!(percentile >= 0 && percentile <= 100))
    throw illegalOption("selectPercentile", "percentile", "a number of 0 to 100", String(percentile));
  return univariate("selectPercentile", options, { percentile }, (scored) =>
    ranked(scored, Math.floor((scored.length * percentile) / 100)),
  );
}

/**
 * Keeps columns whose p-value is below `alpha`: of columns that tell nothing that share is kept (scikit-learn's `SelectFpr`).
 *
 * @throws as {@link selectKBest}; DEFINITION_ILLEGAL for a score without p-values.
 * @example
 * selectFpr({ score: "chi2", alpha: 0.01 }).fit(counts, labels).dropped[0]?.reason;
 */
export function selectFpr(options: ErrorRateOptions): Selector<Selected> {
  return byPValue("selectFpr", options, (_, alpha) => ({ bound: alpha, inclusive: false }));
}

/**
 * Keeps columns so that at most the share `alpha` of the kept tell nothing, in expectation, where columns are independent or
 * go together (Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", 1995; scikit-learn's `SelectFdr`).
 *
 * @throws as {@link selectFpr}.
 */
export function selectFdr(options: ErrorRateOptions): Selector<Selected> {
  return byPValue("selectFdr", options, (pValues, alpha) => {
    const sorted = pValues.filter((p) => !Number.isNaN(p)).sort((a, b) => a - b);
    let bound = -1;
    for (const [at, p] of sorted.entries()) if (p <= (alpha / pValues.length) * (at + 1)) bound = p;
    return { bound, inclusive: true };
  });
}

/**
 * Keeps columns whose p-value is below `alpha` by their number: the probability that any of them tells nothing is at most
 * `alpha` (C. Bonferroni, 1936; scikit-learn's `SelectFwe`).
 *
 * @throws as {@link selectFpr}.
 */
export function selectFwe(options: ErrorRateOptions): Selector<Selected> {
  return byPValue("selectFwe", options, (pValues, alpha) => ({
    bound: alpha / pValues.length,
    inclusive: false,
  }));
}

/** The places of scores, the largest first, equals in order, NaN last. */
export function byScore(scores: readonly { readonly score: number }[]): readonly number[] {
  const of = (at: number) => (Number.isNaN(scores[at]!.score) ? -Infinity : scores[at]!.score);
  return [...scores.keys()].sort((a, b) => (of(a) === of(b) ? a - b : of(b) - of(a)));
}

interface Judgement {
  readonly keep: boolean;
  readonly reason: string;
}

function ranked(scored: readonly ScoredColumn[], count: number): readonly Judgement[] {
  const out: Judgement[] = Array.from(scored, () => ({ keep: true, reason: "" }));
  for (const [place, at] of byScore(scored).entries()) {
    const none = Number.isNaN(scored[at]!.score) ? ", which has no score" : "";
    out[at] = {
      keep: place < count,
      reason: `place ${place + 1} of ${scored.length}, ${count} are kept${none}`,
    };
  }
  return out;
}

function byPValue(
  who: string,
  options: ErrorRateOptions,
  boundOf: (
    pValues: readonly number[],
    alpha: number,
  ) => { readonly bound: number; readonly inclusive: boolean },
): Selector<Selected> {
  const { alpha = 0.05 } = options;
  if (!(alpha > 0 && alpha < 1)) throw illegalOption(who, "alpha", "a number between 0 and 1", String(alpha));
  const { score } = scoringOptions(who, options);
  if (!SCORES[score].hasPValue)
    throw illegalOption(who, "score", "one with p-values (fClassif, chi2, fRegression, rRegression)", score);
  return univariate(who, options, { alpha }, (scored) => {
    const pValues = scored.map(({ pValue }) => pValue ?? NaN);
    const { bound, inclusive } = boundOf(pValues, alpha);
    return pValues.map((p) => ({
      keep: inclusive ? p <= bound : p < bound,
      reason: Number.isNaN(p)
        ? "no p-value: the column is constant"
        : bound < 0
          ? `p ${p.toPrecision(3)}, and none is small enough for ${alpha}`
          : `p ${p.toPrecision(3)}, not ${inclusive ? "at most" : "below"} ${bound.toPrecision(3)}`,
    }));
  });
}

function univariate(
  who: string,
  options: ScoringOptions,
  own: Readonly<Record<string, unknown>>,
  judge: (scored: readonly ScoredColumn[]) => readonly Judgement[],
): Selector<Selected> {
  const scoring = scoringOptions(who, options);
  const all = Object.freeze({ ...scoring, ...own });
  return Object.freeze({
    kind: who,
    options: all,
    fit(rows: SelectRows, labels?: Labels): Selected {
      const table = selectTable(who, rows);
      const scored = scoreTable(who, table, labels, scoring);
      const judged = judge(scored);
      const verdicts = scored.map((column, at) => ({ ...column, ...judged[at]! }));
      return selectedOf(who, SCORES[scoring.score].measure, all, table, verdicts);
    },
  });
}
