import type { GraphBuilder, Value } from "@tideline/graph";
import { notNegative } from "../check-option.ts";
import { illegalScores, type Loss, type LossBatch } from "./loss.ts";
import { numberTarget } from "./rows.ts";
import { weightedMean } from "./weighted-mean.ts";

/** A loss of how far the first score of a row is ahead of each of the others; a target of -1 turns the order round. */
function pairwise(kind: string, each: (g: GraphBuilder, ahead: Value) => Value): Loss {
  return Object.freeze({
    kind,
    target: numberTarget(`${kind} loss`, undefined),
    write(g: GraphBuilder, scores: Value, { target, weight }: LossBatch) {
      const [batch, columns, ...rest] = scores.dims;
      if (typeof batch !== "number" || typeof columns !== "number" || columns < 2 || rest.length > 0)
        throw illegalScores(kind, "float32[batch, K] with K of at least 2", scores);
      const [first, others] = g.ops("Split", [scores, g.ints([1, columns - 1])], { axis: 1 });
      const order = g.op("Reshape", [target, g.ints([batch, 1])]);
      const ahead = g.op("Mul", [g.op("Sub", [first!, others!]), order]);
      const rows = g.op("ReduceMean", [each(g, ahead), g.ints([1])], { keepdims: 0 });
      return weightedMean(g, rows, weight);
    },
  });
}

/** What {@link marginRanking} takes. */
export interface MarginRankingOptions {
  /** How far ahead is far enough. Default 1. */
  readonly margin?: number;
}

/**
 * Ranking by a margin: `max(0, margin - y * (s[0] - s[k]))`, the mean over k of 1 and more. Scores are [batch, K], what
 * is preferred first; the target y is 1, or -1 where the others are preferred (R. Herbrich et al., "Large Margin Rank
 * Boundaries for Ordinal Regression", 2000).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; from `write` for fewer than two scores a row.
 */
export function marginRanking({ margin = 1 }: MarginRankingOptions = {}): Loss {
  notNegative("marginRanking loss", "margin", margin);
  return pairwise("marginRanking", (g, ahead) => g.op("Relu", [g.op("Sub", [g.scalar(margin), ahead])]));
}

/**
 * Bayesian personalised ranking: `-log sigmoid(y * (s[0] - s[k]))`, the mean over k, scores and target as in
 * {@link marginRanking} (S. Rendle et al., "BPR", UAI 2009).
 *
 * @throws DEFINITION_ILLEGAL from `write` for fewer than two scores a row.
 */
export function bpr(): Loss {
  return pairwise("bpr", (g, ahead) => g.op("Softplus", [g.op("Neg", [ahead])]));
}
