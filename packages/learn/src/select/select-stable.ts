import { illegalOption, positive, positiveInteger } from "../net/check-option.ts";
import { indexGroups, type Groups } from "../group.ts";
import { selectRows, type Matrix } from "../matrix.ts";
import { seededRandom, shuffled, type Random } from "../random.ts";
import { standardise } from "../standardise.ts";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels, labelsAt } from "./check-label.ts";
import { l1Path, l1Penalties } from "./l1-path.ts";
import { matrixOfTable, numbersOnly, selectTable, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectStable` takes. */
export interface StableOptions {
  /** Pairs of halves. Default 50, which are 100 halves. */
  readonly pairs?: number;
  /** A column is kept when it is chosen in at least this share of the halves; above 0.5. Default 0.75. */
  readonly threshold?: number;
  /** How many columns are chosen in a half. Default what the bound on errors allows. */
  readonly choose?: number;
  /** Columns that tell nothing and are kept all the same, in expectation at most. Default 1. */
  readonly errors?: number;
  /** The group (person) of each row; a half takes whole groups. Default: each row its own. */
  readonly groups?: Groups;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Stability selection (N. Meinshausen and P. Bühlmann, JRSS B 72, 2010): the columns that enter an L1 path first are taken
 * again and again on halves of the rows, and those that are chosen nearly always are kept. Halves come in complementary pairs
 * (R. Shah and R. Samworth, JRSS B 75, 2013).
 *
 * With q columns chosen of p and the threshold t at most `q^2 / ((2 t - 1) p)` columns that tell nothing are kept in
 * expectation (where these are exchangeable and the path is no worse than guessing): q is taken so that this is `errors`, or the
 * bound of a given `choose` is told in `report.details.bound`. Columns are standardised in each half. Texts are not judged.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` as `selectL1`.
 * @example
 * selectStable({ errors: 0.5, groups: people, seed: 1 }).fit(rows, labels).report.scores; // shares of the halves
 */
export function selectStable(options: StableOptions = {}): Selector<Selected> {
  const who = "selectStable";
  const { pairs = 50, threshold = 0.75, errors = 1, seed = 0, choose } = options;
  positiveInteger(who, "pairs", pairs);
  positive(who, "errors", errors);
  if (choose !== undefined) positiveInteger(who, "choose", choose);
  if (!(threshold > 0.5 && threshold <= 1))
    throw illegalOption(who, "threshold", "a number above 0.5 and at most 1", String(threshold));
  const all = Object.freeze({ pairs, threshold, errors, choose: choose ?? null, seed });
  return Object.freeze({
    kind: who,
    options: all,
    fit(rows: SelectRows, given?: Labels): Selected {
      const table = numbersOnly(selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const X = matrixOfTable(who, table);
      const p = X.columns;
      const allowed = Math.max(1, Math.floor(Math.sqrt(errors * (2 * threshold - 1) * p)));
      const q = Math.min(p, choose ?? allowed);
      const random = seededRandom(seed);
      const hits = new Float64Array(p);
      for (let pair = 0; pair < pairs; pair++)
        for (const half of halves(labels, options.groups, random))
          for (const at of firstOfPath(who, selectRows(X, half), labelsAt(labels, half), q))
            hits[at]! += 1 / (2 * pairs);
      const verdicts = Array.from(hits, (score) => ({
        // Shares are sums of halves, whose rounding must not decide.
        keep: score >= threshold - 1e-9,
        score,
        reason: `chosen in ${(100 * score).toFixed(0)} % of the halves, below ${(100 * threshold).toFixed(0)} %`,
      }));
      const bound = (q * q) / ((2 * threshold - 1) * p);
      return selectedOf(who, `share of ${2 * pairs} halves that chose it`, all, table, verdicts, {
        choose: q,
        bound,
      });
    },
  });
}

/** Two halves of the rows; of classes each has half of the groups that begin with them. */
function halves(
  labels: Labels,
  groups: Groups | undefined,
  random: Random,
): readonly [Int32Array, Int32Array] {
  const rows = labels.y.length;
  const { index, keys } =
    groups === undefined
      ? { index: Int32Array.from({ length: rows }, (_, row) => row), keys: undefined }
      : indexGroups(groups);
  const count = keys?.length ?? rows;
  const kind = new Int32Array(count);
  if (labels.kind === "classes") for (let row = rows - 1; row >= 0; row--) kind[index[row]!] = labels.y[row]!;
  const side = new Uint8Array(count);
  let turn = 0;
  for (const own of Map.groupBy(kind.keys(), (group) => kind[group]!).values())
    for (const group of shuffled(random, own)) side[group] = turn++ % 2;
  const all = index.map((_, row) => row);
  const of = (which: number) => all.filter((row) => side[index[row]!] === which);
  return [of(0), of(1)];
}

/** The q columns that enter a path first; those that enter in one step by the size of their coefficients. */
function firstOfPath(who: string, raw: Matrix, labels: Labels, q: number): readonly number[] {
  if (labels.kind === "classes" && labels.y.every((label) => label === labels.y[0])) return [];
  const X = standardise({}).fit(raw).transform(raw);
  const entered = new Map<number, true>();
  for (const { size } of l1Path(X, labels, { penalties: l1Penalties(who, X, labels, 60, 1e-3), most: q })) {
    const fresh = [...size.keys()].filter((at) => size[at]! > 0 && !entered.has(at));
    for (const at of fresh.sort((a, b) => size[b]! - size[a]! || a - b)) entered.set(at, true);
    if (entered.size >= q) break;
  }
  return [...entered.keys()].slice(0, q);
}
