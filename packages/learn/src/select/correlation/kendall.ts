import type { DenseRanks } from "./rank.ts";

/**
 * Kendall's tau-b of two columns: concordant less discordant pairs, over the pairs that neither ties (M. Kendall, 1945), by
 * W. Knight's method ("A Computer Method for Calculating Kendall's Tau with Ungrouped Data", JASA 61, 1966): in the order of
 * x the discordant pairs are the inversions of y. NaN where a column is constant. O(N log N).
 */
export function kendall(x: DenseRanks, y: DenseRanks): number {
  const rows = x.rank.length;
  const pairs = (rows * (rows - 1)) / 2;
  // The rows by x, and by y within ties: those in the order of y are dealt by x, which keeps their order.
  const starts = new Int32Array(x.count + 1);
  for (let row = 0; row < rows; row++) starts[x.rank[row]! + 1]!++;
  for (let at = 0; at < x.count; at++) starts[at + 1]! += starts[at]!;
  const ranks = new Int32Array(rows);
  const within = new Int32Array(rows);
  for (let place = 0; place < rows; place++) {
    const row = y.order[place]!;
    const at = starts[x.rank[row]!]!++;
    ranks[at] = y.rank[row]!;
    within[at] = x.rank[row]!;
  }
  let both = 0;
  for (let from = 0; from < rows;) {
    let to = from + 1;
    while (to < rows && ranks[to] === ranks[from] && within[to] === within[from]) to++;
    both += ((to - from) * (to - from - 1)) / 2;
    from = to;
  }
  const difference = pairs - x.tied - y.tied + both - 2 * inversions(ranks);
  const tau = difference / Math.sqrt(pairs - x.tied) / Math.sqrt(pairs - y.tied);
  return Number.isNaN(tau) ? NaN : Math.max(-1, Math.min(1, tau));
}

/** Pairs that stand in the wrong order, counted while sorting by merging; changes `ranks`. */
function inversions(ranks: Int32Array): number {
  let from: Int32Array = ranks;
  let into: Int32Array = new Int32Array(ranks.length);
  let count = 0;
  for (let width = 1; width < ranks.length; width *= 2) {
    for (let start = 0; start < ranks.length; start += 2 * width) {
      const middle = Math.min(start + width, ranks.length);
      const end = Math.min(start + 2 * width, ranks.length);
      let [a, b] = [start, middle];
      for (let at = start; at < end; at++) {
        if (b === end || (a < middle && from[a]! <= from[b]!)) into[at] = from[a++]!;
        else {
          count += middle - a;
          into[at] = from[b++]!;
        }
      }
    }
    [from, into] = [into, from];
  }
  return count;
}
