import { argsort } from "../argsort.ts";

/** Ranks from 1, ties by their mean rank (scipy's `rankdata`). No value is NaN. */
export function averageRanks(values: Float64Array): Float64Array {
  const order = argsort(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    const rank = (from + 1 + to) / 2;
    for (let place = from; place < to; place++) ranks[order[place]!] = rank;
    from = to;
  }
  return ranks;
}

/** Places of values among the different ones, ascending from 0, with the order of rows. */
export interface DenseRanks {
  readonly rank: Int32Array;
  readonly count: number;
  /** Rows in ascending order of values. */
  readonly order: Int32Array;
  /** How many pairs of rows are tied. */
  readonly tied: number;
}

/** Ranks without gaps. No value is NaN. */
export function denseRanks(values: Float64Array): DenseRanks {
  const order = argsort(values);
  const rank = new Int32Array(values.length);
  let [count, tied] = [0, 0];
  for (let from = 0; from < order.length; count++) {
    let to = from;
    for (; to < order.length && values[order[to]!] === values[order[from]!]; to++) rank[order[to]!] = count;
    tied += ((to - from) * (to - from - 1)) / 2;
    from = to;
  }
  return { rank, count, order, tied };
}
