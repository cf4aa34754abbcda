import type { Random } from "../../../random.ts";

/** How rounds are left out (K. Rashmi and R. Gilad-Bachrach, "DART: Dropouts meet Multiple Additive Regression Trees", 2015). */
export interface DartOptions {
  /** The chance of each earlier round to be left out. Default 0.1. */
  readonly rate?: number;
  /** Rounds left out at once, at most. Default 50. */
  readonly most?: number;
  /** The chance that none is left out. Default 0.5. */
  readonly skip?: number;
  /**
   * How k rounds left out and the new one share their place: the new one is multiplied by `1 / (k + 1)` and the others by
   * `k / (k + 1)` ("tree"); or, r being the learning rate, by `1 / (k + r)` and `k / (k + r)` ("rate", XGBoost's way).
   * Default "tree".
   */
  readonly normalise?: "tree" | "rate";
}

/** Which of so many rounds are left out, ascending. */
export function droppedRounds(
  random: Random,
  rounds: number,
  { rate, most, skip }: Pick<Required<DartOptions>, "rate" | "most" | "skip">,
): readonly number[] {
  if (random.uniform() < skip) return [];
  const dropped: number[] = [];
  // Where more are expected than may be, the chance is lowered, so that late rounds are not spared.
  const chance = Math.min(rate, most / rounds);
  for (let round = 0; round < rounds && dropped.length < most; round++)
    if (random.uniform() < chance) dropped.push(round);
  return dropped;
}

/** What the new round's leaves, and those of the rounds left out, are multiplied by. */
export function dartFactors(
  dropped: number,
  rate: number,
  normalise: Required<DartOptions>["normalise"],
): { readonly fresh: number; readonly old: number } {
  if (dropped === 0) return { fresh: 1, old: 1 };
  const whole = dropped + (normalise === "tree" ? 1 : rate);
  return { fresh: 1 / whole, old: dropped / whole };
}
