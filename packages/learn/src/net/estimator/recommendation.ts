import { tidelineError } from "@tideline/spec";

/** Items for each user, the best first. */
export interface Recommendations {
  readonly items: readonly (readonly string[])[];
  /** As `items`; what a score means is the recommender's. */
  readonly scores: readonly (readonly number[])[];
}

/** What a user is not to be told. */
export interface RecommendOptions {
  /** For each user, items that are left out: those already seen. Default none. */
  readonly exclude?: readonly Iterable<string>[];
}

/** Checks k and what is left out. @throws ARGUMENT_INVALID for a k or a number of users that does not fit. */
export function checkRecommend(who: string, users: number, k: number, exclude?: readonly unknown[]): void {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (!Number.isSafeInteger(k) || k < 1) throw wrong("k", "an integer of at least 1", String(k));
  if (exclude !== undefined && exclude.length !== users)
    throw wrong("exclude", `${users} lists, one for each user`, String(exclude.length));
  // A text is a list of its letters to JavaScript, and would leave nothing out.
  const at = exclude?.findIndex((items) => typeof items === "string") ?? -1;
  if (at >= 0) throw wrong(`exclude[${at}]`, "a list of items", `the text "${String(exclude![at])}"`);
}

/** The first k of ranked items that are not left out. */
export function firstItems(
  ranked: Iterable<readonly [item: string, score: number]>,
  k: number,
  exclude: Iterable<string> = [],
): { readonly items: readonly string[]; readonly scores: readonly number[] } {
  const out = new Set(exclude);
  const items: string[] = [];
  const scores: number[] = [];
  for (const [item, score] of ranked) {
    if (out.has(item)) continue;
    if (items.length === k) break;
    items.push(item);
    scores.push(score);
  }
  return { items, scores };
}

/** Puts the rows of all users together. */
export function recommendations(
  rows: readonly { readonly items: readonly string[]; readonly scores: readonly number[] }[],
): Recommendations {
  return { items: rows.map(({ items }) => items), scores: rows.map(({ scores }) => scores) };
}
