import { tidelineError } from "@tideline/spec";
import { illegalOption, positiveInteger } from "../net/check-option.ts";
import { drawWithoutReplacement, seededRandom, type Random } from "../random.ts";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels } from "./check-label.ts";
import { tailOfBinomial } from "./distribution/tail.ts";
import { importanceOf, readable } from "./model/held-out.ts";
import { byForest } from "./model/by-tree.ts";
import type { SelectionModel } from "./model/selection-model.ts";
import { selectTable, type SelectColumn, type SelectRows, type SelectTable } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectShadow` takes. */
export interface ShadowOptions {
  /** The model of a round, by its seed. Default a forest of 100 trees, at most 7 deep. */
  readonly model?: (seed: number) => SelectionModel;
  /** Rounds at most. Default 50. */
  readonly rounds?: number;
  /** The probability of a wrong verdict about any column. Default 0.05. */
  readonly alpha?: number;
  /** Whether columns stay about which the rounds cannot tell. Default false. */
  readonly keepUndecided?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

/** Copies in a round at least, so that the best of them is a fair bar where few columns are left. */
const LEAST_SHADOWS = 5;

/**
 * Keeps every column that counts more than noise does (M. Kursa and W. Rudnicki, "Feature Selection with the Boruta Package",
 * JSS 36, 2010): in each round the columns get copies whose rows are shuffled, a model is fitted to both, and a column scores
 * where it counts more than the best copy. By a binomial test over the rounds it is kept or dropped; what is dropped takes no
 * part any more. Unlike others this keeps all that tell something, also those that say the same.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` what the model throws.
 * @example
 * await selectShadow({ rounds: 30, seed: 1 }).fit(rows, labels);
 */
export function selectShadow(options: ShadowOptions = {}): Selector<Promise<Selected>> {
  const who = "selectShadow";
  const { rounds = 50, alpha = 0.05, keepUndecided = false, seed = 0 } = options;
  const { model = (of: number) => byForest({ trees: 100, depth: 7, seed: of }) } = options;
  positiveInteger(who, "rounds", rounds);
  if (!(alpha > 0 && alpha < 1)) throw illegalOption(who, "alpha", "a number between 0 and 1", String(alpha));
  const first = model(seed);
  const all = Object.freeze({
    model: { kind: first.kind, ...first.options },
    rounds,
    alpha,
    keepUndecided,
    seed,
  });
  return Object.freeze({
    kind: who,
    options: all,
    async fit(rows: SelectRows, given?: Labels): Promise<Selected> {
      const table = readable(first, selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const width = table.columns.length;
      if (width === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who,
          expected: "a column that it can judge",
          received: "none",
        });
      const random = seededRandom(seed);
      const hits = new Int32Array(width);
      const seen = new Int32Array(width);
      const verdict = new Int8Array(width);
      let round = 0;
      while (round < rounds && verdict.includes(0)) {
        const left = [...verdict.keys()].filter((at) => verdict[at]! >= 0);
        const asked = withShadows(table, left, random);
        const own = model(seed + round);
        const importance = importanceOf(who, own, await own.fit(asked, labels));
        let bar = 0;
        for (let at = left.length; at < importance.length; at++) bar = Math.max(bar, importance[at]!);
        round += 1;
        for (const [at, column] of left.entries()) {
          seen[column]!++;
          if (importance[at]! > bar) hits[column]!++;
          if (verdict[column] !== 0) continue;
          // Two-sided, and for as many columns as there are (C. Bonferroni).
          const bound = alpha / (2 * width);
          if (tailOfBinomial(hits[column]!, round, 0.5) <= bound) verdict[column] = 1;
          else if (tailOfBinomial(round - hits[column]!, round, 0.5) <= bound) verdict[column] = -1;
        }
      }
      const verdicts = Array.from(hits, (count, at) => ({
        keep: verdict[at] === 1 || (verdict[at] === 0 && keepUndecided),
        score: count / Math.max(1, seen[at]!),
        reason:
          verdict[at] === 0
            ? `undecided: above all shadows in ${count} of ${seen[at]} rounds`
            : `above all shadows in ${count} of ${seen[at]} rounds`,
      }));
      const undecided = table.columns.filter((_, at) => verdict[at] === 0).map(({ name }) => name);
      return selectedOf(who, "share of rounds above all shadows", all, table, verdicts, {
        rounds: round,
        undecided,
      });
    },
  });
}

/** Some columns, then copies of them whose rows are shuffled. */
function withShadows(table: SelectTable, left: readonly number[], random: Random): SelectTable {
  const columns = left.map((at) => table.columns[at]!);
  const shadows: SelectColumn[] = [];
  for (let copy = 0; copy < Math.max(columns.length, LEAST_SHADOWS); copy++) {
    const column = columns[copy % columns.length]!;
    const order = drawWithoutReplacement(random, table.rows, table.rows);
    const name = `\u0000shadow ${copy}`;
    if (column.kind === "texts") {
      const { codes } = column;
      shadows.push({ ...column, name, codes: Int32Array.from(order, (row) => codes[row]!) });
      continue;
    }
    const values = column.read();
    const moved = Float64Array.from(order, (row) => values[row]!);
    shadows.push({ ...column, name, read: () => moved });
  }
  const both = [...columns, ...shadows];
  return Object.freeze({ rows: table.rows, columns: both, others: [], names: both.map(({ name }) => name) });
}
