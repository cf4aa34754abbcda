import { tidelineError } from "@tideline/spec";
import { oneOf, positiveInteger } from "../../net/check-option.ts";
import type { Labels } from "../../transform/transform-def.ts";
import { checkLabels, labelsAt } from "../check-label.ts";
import {
  notFinite,
  selectTable,
  type SelectColumn,
  type SelectRows,
  type SelectTable,
} from "../select-table.ts";
import {
  SCORES,
  type ColumnScorer,
  type Scored,
  type ScoreDef,
  type ScoreName,
  type ScoreOptions,
} from "./score.ts";

/** What {@link scoreColumns} and the selections by scores take. */
export interface ScoringOptions extends ScoreOptions {
  readonly score: ScoreName;
  /** Rows that lack a number: an error, or left out for that column. Default "refuse". */
  readonly missing?: "refuse" | "omit";
}

/** A column with its score. */
export interface ScoredColumn extends Scored {
  readonly name: string;
}

const MISSING = { refuse: true, omit: true };

/** Options of scores with their defaults. @throws DEFINITION_ILLEGAL. */
export function scoringOptions(who: string, options: ScoringOptions): Required<ScoringOptions> {
  const { score, neighbours = 3, discrete = [], seed = 0, missing = "refuse" } = options;
  oneOf(who, "score", SCORES, score);
  positiveInteger(who, "neighbours", neighbours);
  oneOf(who, "missing", MISSING, missing);
  return { score, neighbours, discrete, seed, missing };
}

/**
 * How much each column tells of the labels, one column at a time: scikit-learn's `f_classif`, `chi2`, `mutual_info_classif`,
 * `f_regression`, `r_regression` (its size) and `mutual_info_regression`. Texts are scored by chi2 (as a table of counts) and
 * mutual information; for the others they are an error.
 *
 * @throws DEFINITION_ILLEGAL for options; ARGUMENT_INVALID for labels of another kind or length and texts that a score cannot
 *   take; DATA_MALFORMED for numbers that are missing or infinite; NOT_ENOUGH_DATA.
 * @example
 * scoreColumns(rows, labels, { score: "mutualInfoClassif" }).toSorted((a, b) => b.score - a.score)[0]?.name;
 */
export function scoreColumns(
  rows: SelectRows,
  labels: Labels,
  options: ScoringOptions,
): readonly ScoredColumn[] {
  const who = "scoreColumns";
  return Object.freeze(scoreTable(who, selectTable(who, rows), labels, scoringOptions(who, options)));
}

/** The scores of a table's columns. */
export function scoreTable(
  who: string,
  table: SelectTable,
  given: Labels | undefined,
  options: Required<ScoringOptions>,
): readonly ScoredColumn[] {
  const def: ScoreDef = SCORES[options.score];
  const labels = checkLabels(who, table.rows, given);
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: `${who} by ${options.score}`, field, expected, received });
  if (labels.kind !== def.labels)
    throw wrong("labels", def.labels === "classes" ? "classes" : "numbers", labels.kind);
  if (options.discrete !== "all") {
    const unknown = options.discrete.find((name) => !table.names.includes(name));
    if (unknown !== undefined) throw wrong("discrete", "names of columns", `"${unknown}"`);
  }
  const scorer = def.scorer(labels, options);
  return table.columns.map((column) => {
    if (column.kind === "texts" && !def.texts)
      throw wrong(`column "${column.name}"`, "numbers", "texts: encode them first, or leave the column out");
    return Object.freeze({ name: column.name, ...scoreColumn(who, column, labels, def, scorer, options) });
  });
}

function scoreColumn(
  who: string,
  column: SelectColumn,
  labels: Labels,
  def: ScoreDef,
  scorer: ColumnScorer,
  options: Required<ScoringOptions>,
): Scored {
  if (column.kind === "texts") return scorer(column, column.codes);
  const values = column.read();
  let missing = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isFinite(value)) continue;
    if (options.missing === "refuse" || !Number.isNaN(value)) throw notFinite(who, column.name, row, value);
    missing += 1;
  }
  if (missing === 0) return scorer(column, values);
  const there = new Int32Array(values.length - missing);
  for (let row = 0, at = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) there[at++] = row;
  const none = { score: NaN, ...(def.hasPValue ? { pValue: NaN } : {}) };
  if (there.length < 3) return none;
  const kept = labelsAt(labels, there);
  if (kept.kind === "classes" && kept.y.every((label) => label === kept.y[0])) return none;
  return def.scorer(kept, options)(
    column,
    Float64Array.from(there, (row) => values[row]!),
  );
}
