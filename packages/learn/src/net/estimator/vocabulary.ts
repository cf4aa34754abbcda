import { notNegative, positiveInteger } from "../check-option.ts";

/** A value of a category; `null`, `undefined` and NaN are missing, which is a value like others. Other numbers and truths are read as their text. */
export type Category = string | number | boolean | null | undefined;

/** What {@link vocabulary} takes. */
export interface VocabularyOptions {
  /** Values seen less often in the training rows are unknown. Default 1. */
  readonly minimumCount?: number;
  /** Values kept at most, the most frequent ones. Default 10000. */
  readonly vocabulary?: number;
}

/** The values of a column that have a number, from training rows alone; frozen. */
export interface Vocabulary {
  /** The value of number `i + 1`; 0 stands for any other. */
  readonly values: readonly (string | null)[];
  /** Whether a training row was of number 0, so that it means something. */
  readonly unknownSeen: boolean;
}

/** The number of what is unknown. */
export const UNKNOWN_CATEGORY = 0;

function keyOf(value: Category): string | null {
  return value === null || value === undefined || Number.isNaN(value) ? null : String(value);
}

/** @throws DEFINITION_ILLEGAL for an option out of range. */
export function checkVocabulary(who: string, options: VocabularyOptions): Required<VocabularyOptions> {
  const { minimumCount = 1, vocabulary: most = 10_000 } = options;
  notNegative(who, "minimumCount", minimumCount);
  return { minimumCount, vocabulary: positiveInteger(who, "vocabulary", most) };
}

/** Counts a column's values and keeps the frequent ones, those first; equals in order of code units, missing last. */
export function vocabulary(
  column: ArrayLike<Category>,
  { minimumCount, vocabulary: most }: Required<VocabularyOptions>,
): Vocabulary {
  const counts = new Map<string | null, number>();
  for (let row = 0; row < column.length; row++) {
    const key = keyOf(column[row]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const before = (left: string | null, right: string | null) =>
    right === null || (left !== null && left < right) ? -1 : 1;
  const values = [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([left, many], [right, more]) => more - many || before(left, right))
    .slice(0, most)
    .map(([value]) => value);
  return Object.freeze({ values: Object.freeze(values), unknownSeen: values.length < counts.size });
}

/** The function from a column's values to their numbers. */
export function numbering({ values }: Pick<Vocabulary, "values">): (value: Category) => number {
  const numbers = new Map(values.map((value, at) => [value, at + 1]));
  return (value) => numbers.get(keyOf(value)) ?? UNKNOWN_CATEGORY;
}
