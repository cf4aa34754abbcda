import { quantileOf } from "@tideline/spec";
import { order } from "../kernel/comparison.ts";
import type { SliderOf } from "./slider.ts";

/**
 * A quantile of the values in a window: how many there are of each rank within the key, in a tree of partial sums, so that a
 * place enters, leaves and is found in as many steps as the key's rows have binary digits.
 *
 * Source: P. M. Fenwick, "A new data structure for cumulative frequency tables", Software: Practice and Experience 24 (1994).
 */
export const quantileSlider: SliderOf = (
  { starts },
  { values: of },
  within,
  { values, nulls },
  _type,
  probability,
) => {
  const { keys, ranks, sorted, most } = ranksOf(starts, of);
  const tree = new Int32Array(most + 1);
  // The key at hand: where its places start, how many they are, and the greatest power of two among those counts.
  let [start, size, top, count] = [0, 0, 0, 0];
  const change = (place: number, one: 1 | -1): void => {
    if (count === 0) {
      start = starts[keys[place]!]!;
      size = starts[keys[place]! + 1]! - start;
      top = 1 << (31 - Math.clz32(size));
    }
    count += one;
    for (let at = ranks[place]! + 1; at <= size; at += at & -at) tree[at]! += one;
  };
  const valueAt = (place: number): number => {
    let [at, rest] = [0, place];
    for (let step = top; step > 0; step >>= 1)
      if (at + step <= size && tree[at + step]! <= rest) {
        at += step;
        rest -= tree[at]!;
      }
    return sorted[start + at]!;
  };
  return {
    clear() {
      // Those with an end are emptied place by place.
      if (count > 0) tree.fill(0, 0, size + 1);
      count = 0;
    },
    add: (place) => change(place, 1),
    ...(within === Number.POSITIVE_INFINITY ? {} : { remove: (place: number) => change(place, -1) }),
    answer(row) {
      const value = quantileOf(count, probability, valueAt);
      if (value === null) nulls[row] = 1;
      else values[row] = value;
    },
  };
};

/**
 * Of each place its key and its rank among the key's values, NaN last, equal values at the rank of the first; the values of
 * each key in order. Keys one by one: what is sorted and searched stays in the cache.
 */
function ranksOf(starts: Int32Array, values: Float64Array) {
  const keys = new Int32Array(values.length);
  const ranks = new Int32Array(values.length);
  const sorted = values.slice();
  let most = 0;
  for (let key = 0; key + 1 < starts.length; key++) {
    const [from, to] = [starts[key]!, starts[key + 1]!];
    most = Math.max(most, to - from);
    keys.fill(key, from, to);
    // The order of typed arrays is the language's: NaN last.
    sorted.subarray(from, to).sort();
    for (let place = from; place < to; place++) {
      let [low, high] = [from, to];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (order(sorted[middle]!, values[place]!) < 0) low = middle + 1;
        else high = middle;
      }
      ranks[place] = low - from;
    }
  }
  return { keys, ranks, sorted, most };
}
