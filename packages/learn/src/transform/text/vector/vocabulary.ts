import { tidelineError } from "@tideline/spec/error";
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

/** A term that is kept. */
export interface TermCount {
  readonly id: number;
  readonly name: string;
  /** Texts that have it. */
  readonly df: number;
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

/** What a fit has counted of terms, by their numbers. */
export interface TermCounts {
  readonly size: number;
  /** [size], texts that have a term; 0 where it is none. */
  readonly df: Int32Array;
  /** [size], times that it occurs. */
  readonly counts: Float64Array;
  readonly name: (id: number) => string;
}

/**
 * The terms that are kept, by name. A minimum of 1 is a count, a maximum of 1 is a share: both keep all.
 *
 * @throws NOT_ENOUGH_DATA when none is left.
 */
export function keptTerms(
  who: string,
  { size, df, counts, name }: TermCounts,
  texts: number,
  { minDf, maxDf, maxFeatures }: ResolvedLimits,
): readonly TermCount[] {
  const least = minDf < 1 ? minDf * texts : minDf;
  const most = maxDf <= 1 ? maxDf * texts : maxDf;
  let ids: number[] = [];
  let seen = 0;
  for (let id = 0; id < size; id++) {
    const found = df[id] ?? 0;
    if (found === 0) continue;
    seen++;
    if (found >= least && found <= most) ids.push(id);
  }
  if (ids.length === 0) {
    throw tidelineError("NOT_ENOUGH_DATA", {
      who,
      field: "texts",
      expected: `terms in ${least} to ${most} texts`,
      received: seen === 0 ? "no words at all" : `${seen} terms, none of them so`,
    });
  }
  if (ids.length > maxFeatures) {
    // Of those as frequent as the last that has a place, the first by name are kept: only they need one to be chosen.
    const last = Float64Array.from(ids, (id) => counts[id]!).sort()[ids.length - maxFeatures]!;
    const above = ids.filter((id) => counts[id]! > last);
    const equal = ids.filter((id) => counts[id] === last).map((id) => ({ id, name: name(id) }));
    equal.sort((one, other) => byCodePoint(one.name, other.name));
    ids = [...above, ...equal.slice(0, maxFeatures - above.length).map(({ id }) => id)];
  }
  const kept = ids.map((id) => ({ id, name: name(id), df: df[id]! }));
  // Where no text has surrogates the engine's own order is that of code points, and fast.
  if (kept.some((term) => /[\ud800-\udfff]/.test(term.name)))
    return kept.sort((one, other) => byCodePoint(one.name, other.name));
  return kept.sort((one, other) => (one.name < other.name ? -1 : 1));
}
