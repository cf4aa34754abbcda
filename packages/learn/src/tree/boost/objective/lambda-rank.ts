import { tidelineError } from "@tideline/spec";
import { positive, positiveInteger } from "../../../net/check-option.ts";
import { checkLabels } from "./check-label.ts";
import { expOf } from "./exp-of.ts";
import { bestGain, discountOf, gainOf, gradedNdcg, MOST_GRADE, rankedRows } from "./graded-gain.ts";
import type { BoostTarget, Objective } from "./objective.ts";

/** What {@link lambdaRank} takes. */
export interface LambdaRankOptions {
  /** Only pairs count of which one stands among so many first places. Default 30. */
  readonly truncation?: number;
  /** How fast a pair's cost falls with the difference of its scores. Default 1. */
  readonly steepness?: number;
  /** Whether groups with many or hard pairs are held from outweighing others. Default true. */
  readonly normalise?: boolean;
}

/**
 * Ranks the rows of each group by grade (0, 1, ... 30, gains 2^grade - 1). Each pair of unequal grades pulls its scores
 * apart as a logistic loss of their difference would, times what changing their places would change of the group's NDCG
 * (C. Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", 2010). Normalised, a pair's weight is divided by
 * `0.01 + |difference of scores|` where scores differ at all, and a group's sums are multiplied by `log2(1 + L) / L`, L
 * being the size of all its pulls. Its loss, for curves, is `1 - NDCG`.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 */
export function lambdaRank(options: LambdaRankOptions = {}): Objective {
  const { truncation = 30, steepness = 1, normalise = true } = options;
  positiveInteger("lambdaRank objective", "truncation", truncation);
  positive("lambdaRank objective", "steepness", steepness);
  const form = { truncation, steepness, normalise };
  return Object.freeze<Objective>({
    name: "lambdaRank",
    task: "ranking",
    outputs: () => 1,
    check(who, target) {
      const fits = (grade: number) => Number.isInteger(grade) && grade >= 0 && grade <= MOST_GRADE;
      checkLabels(who, target, `a grade of relevance, an integer in 0..${MOST_GRADE}`, fits);
      if (target.y.some((grade) => grade > 0)) return;
      throw tidelineError("NOT_ENOUGH_DATA", {
        who,
        field: "y",
        expected: "a grade above 0",
        received: "none",
      });
    },
    initial: () => new Float64Array(1),
    open(target) {
      const groups = target.groups!;
      const best = Float64Array.from({ length: groups.length - 1 }, (_, group) =>
        bestGain(target.y, groups[group]!, groups[group + 1]!, truncation),
      );
      const most = groups.reduce((size, end, at) => Math.max(size, end - (groups[at - 1] ?? 0)), 0);
      const sums: PullSums = {
        gradient: new Float64Array(target.rows),
        hessian: new Float64Array(target.rows),
        gain: target.y.map(gainOf),
        discount: Float64Array.from({ length: most }, (_, at) => (at < truncation ? discountOf(at) : 0)),
      };
      return {
        begin() {},
        derivatives(scores, _, gradient, hessian) {
          sums.gradient.fill(0);
          sums.hessian.fill(0);
          for (let group = 0; group < best.length; group++)
            if (best[group]! > 0) pullApart(form, target, scores, group, 1 / best[group]!, sums);
          for (let row = 0; row < target.rows; row++) {
            const own = target.weight === undefined ? 1 : target.weight[row]!;
            gradient[row] = own * sums.gradient[row]!;
            hessian[row] = own * sums.hessian[row]!;
          }
        },
      };
    },
    link: { kind: "identity" },
    loss: ({ y, groups }, scores) => 1 - gradedNdcg(y, scores, groups!, truncation),
  });
}

interface PullSums {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** What a row is worth. [rows] */
  readonly gain: Float64Array;
  /** What a place counts, 0 behind the truncation. */
  readonly discount: Float64Array;
}

function pullApart(
  { truncation, steepness, normalise }: Required<LambdaRankOptions>,
  { y, groups }: BoostTarget,
  scores: Float64Array,
  group: number,
  perGain: number,
  sums: PullSums,
): void {
  const [start, end] = [groups![group]!, groups![group + 1]!];
  const order = rankedRows(scores, start, end);
  const differ = scores[order[0]!] !== scores[order.at(-1)!];
  let pulls = 0;
  for (let first = 0; first < Math.min(truncation, order.length); first++) {
    for (let second = first + 1; second < order.length; second++) {
      const [one, other] = [order[first]!, order[second]!];
      if (y[one] === y[other]) continue;
      const better = y[one]! > y[other]! ? one : other;
      const worse = better === one ? other : one;
      const difference = scores[better]! - scores[worse]!;
      const apart = sums.discount[first]! - sums.discount[second]!;
      let change = (sums.gain[better]! - sums.gain[worse]!) * apart * perGain;
      if (normalise && differ) change /= 0.01 + Math.abs(difference);
      const wrong = 1 / (1 + expOf(steepness * difference));
      const pull = steepness * change * wrong;
      const curvature = steepness * steepness * change * wrong * (1 - wrong);
      sums.gradient[better]! -= pull;
      sums.gradient[worse]! += pull;
      sums.hessian[better]! += curvature;
      sums.hessian[worse]! += curvature;
      pulls += 2 * pull;
    }
  }
  if (!normalise || pulls === 0) return;
  const factor = Math.log2(1 + pulls) / pulls;
  for (let row = start; row < end; row++) {
    sums.gradient[row]! *= factor;
    sums.hessian[row]! *= factor;
  }
}
