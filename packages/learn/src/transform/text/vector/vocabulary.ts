import { tidelineError } from "@tideline/spec";
import { illegalOption, positive } from "../../../net/check-option.ts";

/** Which terms are kept. */
export interface VocabularyLimits {
  /** Terms in fewer texts are left out: a count, or below 1 a share of the texts. Default 1. */
  readonly minDf?: number;
  /** Terms in more texts are left out: a count above 1, or up to 1 a share of the texts. Default 1, a share: none. */
  readonly maxDf?: number;
  /** Terms kept at most: the most frequent in all texts, the first by name of equals. Default all. */
  readonly maxFeatures?: number;
}

/** Limits with every default. */
export type ResolvedLimits = { readonly minDf: number; readonly maxDf: number; readonly maxFeatures: number };

/** @throws DEFINITION_ILLEGAL for a limit that makes no sense. */
export function resolveLimits(
  who: string,
  { minDf = 1, maxDf = 1, maxFeatures = Infinity }: VocabularyLimits,
): ResolvedLimits {
  for (const [field, value] of [
    ["minDf", minDf],
    ["maxDf", maxDf],
  ] as const) {
    positive(who, field, value);
    if (value > 1 && !Number.isInteger(value))
      throw illegalOption(who, field, "a count, or a share up to 1", String(value));
  }
  if (maxFeatures !== Infinity && !(Number.isInteger(maxFeatures) && maxFeatures > 0))
    throw illegalOption(who, "maxFeatures", "an integer of at least 1", String(maxFeatures));
  return { minDf, maxDf, maxFeatures };
}

/** What a fit has counted of one term. */
export interface TermCount {
  readonly id: number;
  readonly name: string;
  /** Texts that have it. */
  readonly df: number;
  /** Times that it occurs. */
  readonly count: number;
}

/** By code points, as Python and UTF-8 sort; JavaScript sorts surrogate pairs below U+E000. */
export function byCodePoint(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a === b) continue;
    const [left, right] = [a >= 0xd800 && a < 0xe000, b >= 0xd800 && b < 0xe000];
    return left === right ? a - b : left ? 1 : -1;
  }
  return one.length - other.length;
}

/**
 * The terms that are kept, by name. A minimum of 1 is a count, a maximum of 1 is a share: both keep all.
 *
 * @throws NOT_ENOUGH_DATA when none is left.
 */
export function keptTerms(
  who: string,
  terms: readonly TermCount[],
  texts: number,
  { minDf, maxDf, maxFeatures }: ResolvedLimits,
): readonly TermCount[] {
  const least = minDf < 1 ? minDf * texts : minDf;
  const most = maxDf <= 1 ? maxDf * texts : maxDf;
  let kept = terms.filter(({ df }) => df >= least && df <= most);
  const named = (one: TermCount, other: TermCount) => byCodePoint(one.name, other.name);
  if (kept.length > maxFeatures)
    kept = kept.sort((one, other) => other.count - one.count || named(one, other)).slice(0, maxFeatures);
  if (kept.length > 0) return kept.sort(named);
  throw tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: "texts",
    expected: `terms in ${least} to ${most} texts`,
    received: terms.length === 0 ? "no words at all" : `${terms.length} terms, none of them so`,
  });
}
