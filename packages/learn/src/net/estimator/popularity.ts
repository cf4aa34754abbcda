import { tidelineError } from "@tideline/spec";
import { checkRecommend, firstItems, recommendations } from "./recommendation.ts";
import type { RecommendOptions, Recommendations } from "./recommendation.ts";

/** Recommends to everybody what most took; frozen. */
export interface PopularityModel {
  readonly kind: "popularity";
  /** Items from training, the most frequent first, equals in order of code units. */
  readonly catalogue: readonly string[];
  /** How often each was taken. */
  readonly counts: readonly number[];
  /** @throws ARGUMENT_INVALID for a k or a list of what is left out that does not fit. */
  recommend(
    users: { readonly ids: readonly string[] },
    k: number,
    options?: RecommendOptions,
  ): Recommendations;
}

/**
 * The baseline that a recommender must beat: the same items for all, by how often they were taken.
 *
 * @throws NOT_ENOUGH_DATA from `fit` without interactions.
 * @example
 * const baseline = popularity().fit({ items: ["a", "b", "a"] });
 * baseline.recommend({ ids: ["somebody"] }, 1); // { items: [["a"]], scores: [[2]] }
 */
export function popularity(): { fit(rows: { readonly items: readonly string[] }): PopularityModel } {
  return Object.freeze({
    fit({ items }: { readonly items: readonly string[] }) {
      const who = "popularity.fit";
      if (items.length === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who,
          expected: "at least one interaction",
          received: "none",
        });
      const found = new Map<string, number>();
      for (const item of items) found.set(item, (found.get(item) ?? 0) + 1);
      const ranked = [...found].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
      return Object.freeze({
        kind: "popularity" as const,
        catalogue: Object.freeze(ranked.map(([item]) => item)),
        counts: Object.freeze(ranked.map(([, count]) => count)),
        recommend({ ids }: { readonly ids: readonly string[] }, k: number, options: RecommendOptions = {}) {
          checkRecommend("popularity.recommend", ids.length, k, options.exclude);
          return recommendations(ids.map((_, user) => firstItems(ranked, k, options.exclude?.[user])));
        },
      } satisfies PopularityModel);
    },
  });
}
