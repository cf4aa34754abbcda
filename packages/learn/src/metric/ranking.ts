import { tidelineError } from "@tideline/spec";

/** What was recommended in each row, the best first, and what would have been right, in any order. */
export interface RankedRows<Item> {
  readonly recommended: readonly (readonly Item[])[];
  /** Rows without any are left out of the mean. */
  readonly relevant: readonly (Iterable<Item> | ReadonlySet<Item>)[];
}

/**
 * Which part of what is relevant stands among the first k, the mean over rows that have something relevant.
 *
 * @throws ARGUMENT_INVALID for lengths that differ, a k that is no positive integer, or no row with anything relevant.
 * @example
 * recallAtK({ recommended: [["a", "b", "c"]], relevant: [["b", "x"]] }, 2); // 0.5
 */
export function recallAtK<Item>(rows: RankedRows<Item>, k: number): number {
  return meanOf("recallAtK", rows, k, (first, relevant) => {
    return first.filter((item) => relevant.has(item)).length / relevant.size;
  });
}

/**
 * Normalised discounted cumulative gain of the first k: a relevant item at place i (1, 2, ...) counts `1 / log2(i + 1)`,
 * divided by what the best order would come to; the mean over rows that have something relevant (K. Järvelin and J.
 * Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20, 2002).
 *
 * @throws ARGUMENT_INVALID as {@link recallAtK}.
 * @example
 * ndcgAtK({ recommended: [["a", "b"]], relevant: [["b"]] }, 2); // 1 / log2(3) = 0.631
 */
export function ndcgAtK<Item>(rows: RankedRows<Item>, k: number): number {
  return meanOf("ndcgAtK", rows, k, (first, relevant) => {
    const gain = first.reduce((sum, item, at) => sum + (relevant.has(item) ? 1 / Math.log2(at + 2) : 0), 0);
    let best = 0;
    for (let at = 0; at < Math.min(k, relevant.size); at++) best += 1 / Math.log2(at + 2);
    return gain / best;
  });
}

function meanOf<Item>(
  who: string,
  { recommended, relevant }: RankedRows<Item>,
  k: number,
  each: (first: readonly Item[], relevant: ReadonlySet<Item>) => number,
): number {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (!Number.isSafeInteger(k) || k < 1) throw wrong("k", "an integer of at least 1", String(k));
  if (recommended.length !== relevant.length)
    throw wrong("relevant", `${recommended.length} rows`, String(relevant.length));
  let [sum, rows] = [0, 0];
  for (const [row, items] of recommended.entries()) {
    const wanted = new Set(relevant[row]);
    if (wanted.size === 0) continue;
    // An item that is recommended twice is right once.
    sum += each([...new Set(items.slice(0, k))], wanted);
    rows += 1;
  }
  if (rows === 0) throw wrong("relevant", "a row with something relevant", "none");
  return sum / rows;
}
