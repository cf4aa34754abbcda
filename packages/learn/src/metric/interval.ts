import { tidelineError } from "@tideline/spec";
import type { Groups } from "../group.ts";
import { indexGroups } from "../group.ts";
import { quantileOfSorted } from "../quantile.ts";
import { seededRandom } from "../random.ts";

/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 percentile of the standard normal distribution: two-sided 95%. */
const Z95 = 1.959963984540054;

/**
 * The 95% interval of a proportion of independent trials: E. B. Wilson, "Probable inference, the law of
 * succession, and statistical inference", JASA 22, 1927. Windows of one person are not independent: for those use
 * {@link groupBootstrapInterval}.
 *
 * @param z the normal quantile; another level needs another.
 * @throws ARGUMENT_INVALID unless 0 <= successes <= trials and trials > 0.
 */
export function wilsonInterval(successes: number, trials: number, z: number = Z95): Interval {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "wilsonInterval",
      expected: "0 <= successes <= trials and trials > 0",
      received: `${successes} of ${trials}`,
    });
  }
  const share = successes / trials;
  const centre = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half =
    (z / (1 + (z * z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (z / (2 * trials)) ** 2);
  return Object.freeze({ low: Math.max(0, centre - half), high: Math.min(1, centre + half) });
}

/** What {@link groupBootstrapInterval} takes. */
export interface GroupBootstrapOptions {
  /** Default 1000. */
  readonly draws?: number;
  /** Coverage between 0 and 1. Default 0.95. */
  readonly level?: number;
  readonly seed?: number;
}

/**
 * The percentile interval of a statistic when whole groups (persons) are redrawn with replacement: the error that
 * another sample of people would bring (B. Efron and R. Tibshirani, "An introduction to the bootstrap", 1993).
 *
 * @param statistic is called with row numbers; a row appears as often as its group was drawn.
 * @throws NOT_ENOUGH_DATA with fewer than two groups.
 * @example
 * groupBootstrapInterval(people, (rows) => accuracy(selectLabels(y, rows), selectLabels(predicted, rows)));
 */
export function groupBootstrapInterval(
  groups: Groups,
  statistic: (rows: Int32Array) => number,
  options: GroupBootstrapOptions = {},
): Interval {
  const { draws = 1000, level = 0.95, seed = 0 } = options;
  const { keys, index } = indexGroups(groups);
  if (keys.length < 2) {
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: "groupBootstrapInterval",
      field: "groups",
      expected: "at least two different groups",
      received: String(keys.length),
    });
  }
  const members: number[][] = keys.map(() => []);
  for (const [row, group] of index.entries()) members[group]!.push(row);
  const random = seededRandom(seed);
  const values = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const rows: number[] = [];
    for (let g = 0; g < keys.length; g++) {
      for (const row of members[random.integer(keys.length)]!) rows.push(row);
    }
    values[draw] = statistic(Int32Array.from(rows));
  }
  values.sort();
  const tail = (1 - level) / 2;
  return Object.freeze({ low: quantileOfSorted(values, tail), high: quantileOfSorted(values, 1 - tail) });
}
