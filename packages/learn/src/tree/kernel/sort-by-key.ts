/** Places that stand in order before they are merged. */
const RUN = 8;
/** Bins at most. */
const MOST = 256;

// Room of a sort that is under way; nothing outlives it.
const merged = new Int32Array(MOST);

/**
 * Sorts the first `count` places by their keys, ascending; places of equal keys stay as they are. At most 256. A merge
 * sort without a comparing function: it is called for every categorical feature of every leaf.
 *
 * @param key by place.
 */
export function sortByKey(places: Int32Array, count: number, key: Float64Array): void {
  for (let begin = 0; begin < count; begin += RUN) insert(places, begin, Math.min(begin + RUN, count), key);
  for (let width = RUN; width < count; width *= 2) {
    for (let begin = 0; begin + width < count; begin += 2 * width)
      merge(places, begin, begin + width, Math.min(begin + 2 * width, count), key);
  }
}

function insert(places: Int32Array, begin: number, end: number, key: Float64Array): void {
  for (let at = begin + 1; at < end; at++) {
    const place = places[at]!;
    const own = key[place]!;
    let to = at;
    for (; to > begin && key[places[to - 1]!]! > own; to--) places[to] = places[to - 1]!;
    places[to] = place;
  }
}

function merge(places: Int32Array, begin: number, middle: number, end: number, key: Float64Array): void {
  const left = middle - begin;
  for (let at = 0; at < left; at++) merged[at] = places[begin + at]!;
  let [one, other, to] = [0, middle, begin];
  while (one < left && other < end) {
    const later = key[places[other]!]! < key[merged[one]!]!;
    places[to++] = later ? places[other++]! : merged[one++]!;
  }
  while (one < left) places[to++] = merged[one++]!;
}
