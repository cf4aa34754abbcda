import type { CategoryKind } from "./category-kind.ts";

/**
 * Orders texts by code points, as Python and databases in UTF-8 do; JavaScript's own order is by 16-bit units, which puts
 * emoji before the last eighth of the basic plane.
 */
export function compareTexts(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    // Halves of a pair stand for code points above every single unit.
    const [high, other] = [x >= 0xd800 && x <= 0xdfff, y >= 0xd800 && y <= 0xdfff];
    return high === other ? x - y : high ? 1 : -1;
  }
  return a.length - b.length;
}

/** Orders whole numbers written in decimal, of any size. */
export function compareDecimals(a: string, b: string): number {
  const [low, other] = [a.startsWith("-"), b.startsWith("-")];
  if (low !== other) return low ? -1 : 1;
  const size = a.length === b.length ? compareTexts(a, b) : a.length - b.length;
  return low ? 0 - size : size;
}

/** The places of categories in their order: whole numbers by size, all else by code points. `order[place]` is an index of `texts`. */
export function categoryOrder(texts: readonly string[], kind: CategoryKind): Int32Array {
  const compare = kind === "integer" ? compareDecimals : compareTexts;
  const order = Int32Array.from(texts, (_, at) => at);
  return order.sort((a, b) => compare(texts[a]!, texts[b]!));
}
