import type { Labels } from "../transform/transform-def.ts";
import type { SelectRows, SelectTable } from "./select-table.ts";

/** Why a column is dropped. */
export interface DroppedColumn {
  readonly name: string;
  /** A clause: "correlation 0.98 with height", "rank 14 of 20". */
  readonly reason: string;
  /** What it was judged by; NaN where it could not be. */
  readonly score: number;
}

/** What a column was judged by. */
export interface ColumnScore {
  readonly name: string;
  /** NaN where it could not be judged (a constant column has no F). */
  readonly score: number;
  /** How likely so large a score is by chance; absent where the method has none. */
  readonly pValue?: number;
  /** 1 for columns that are kept, 2 for what was dropped last, and so on; absent where there is no such order. */
  readonly rank?: number;
  readonly kept: boolean;
}

/** What a selection found. Plain data. */
export interface SelectionReport {
  /** The kind of the selection. */
  readonly method: string;
  /** What the scores are, with their unit: "F", "mutual information (nats)". */
  readonly measure: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rows: number;
  /** A score a judged column, in the order of the columns. */
  readonly scores: readonly ColumnScore[];
  /** Columns of kinds that were not judged, and hence kept. */
  readonly unjudged: readonly string[];
  /** What else the method tells: clusters, figures of folds, bounds. Plain data. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a selection answers: a frozen value. Make a transform of it with `columnSelector`. */
export interface Selected {
  readonly kind: string;
  /** Names, in the order of the columns. */
  readonly kept: readonly string[];
  /** In the order of the columns. */
  readonly dropped: readonly DroppedColumn[];
  readonly report: SelectionReport;
}

/**
 * A configured selection: plain options and `fit`, which changes nothing that it is given. Fit it on the training rows of
 * a fold alone: a choice that has seen the held-out rows makes noise look like signal (see `foldedPredictions`).
 */
export interface Selector<Answer extends Selected | Promise<Selected> = Selected | Promise<Selected>> {
  readonly kind: string;
  /** Every option with its default. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * @param labels are needed by all but the methods without supervision.
   * Errors: ARGUMENT_INVALID for labels that are missing or of another length; NOT_ENOUGH_DATA; DATA_MALFORMED for numbers
   *   that are missing or infinite where the method needs them.
   */
  fit(rows: SelectRows, labels?: Labels): Answer;
}

/** A verdict about a column. */
export interface Verdict {
  readonly keep: boolean;
  readonly score: number;
  readonly pValue?: number;
  readonly rank?: number;
  /** Why it is dropped; unused for kept columns. */
  readonly reason: string;
}

/** The answer, of a verdict about each judged column of a table in its order. */
export function selectedOf(
  method: string,
  measure: string,
  options: Readonly<Record<string, unknown>>,
  table: SelectTable,
  verdicts: readonly Verdict[],
  details: Readonly<Record<string, unknown>> = {},
): Selected {
  const dropped: DroppedColumn[] = [];
  const scores = table.columns.map(({ name }, at): ColumnScore => {
    const { keep, score, pValue, rank, reason } = verdicts[at]!;
    if (!keep) dropped.push(Object.freeze({ name, reason, score }));
    const extra = { ...(pValue === undefined ? {} : { pValue }), ...(rank === undefined ? {} : { rank }) };
    return Object.freeze({ name, score, ...extra, kept: keep });
  });
  const gone = new Set(dropped.map(({ name }) => name));
  return Object.freeze({
    kind: "selected",
    kept: Object.freeze(table.names.filter((name) => !gone.has(name))),
    dropped: Object.freeze(dropped),
    report: Object.freeze({
      method,
      measure,
      options,
      rows: table.rows,
      scores: Object.freeze(scores),
      unjudged: Object.freeze([...table.others]),
      details: Object.freeze(details),
    }),
  });
}
