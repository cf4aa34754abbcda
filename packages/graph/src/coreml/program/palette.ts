/** Rounds of moving each entry to the middle of what is nearest to it; it hardly moves after some ten. */
const MOST_ROUNDS = 60;

/** A table of numbers and, for each number of a list, the place of its nearest one. */
export interface Palette {
  readonly table: Float32Array;
  readonly places: Uint8Array;
}

/** Each number of a sorted list once. */
function differentOf(sorted: Float32Array): Float32Array {
  const different = new Float32Array(sorted.length);
  let count = 0;
  for (let at = 0; at < sorted.length; at++)
    if (at === 0 || sorted[at] !== sorted[at - 1]) different[count++] = sorted[at]!;
  return different.subarray(0, count);
}

/** Of sorted numbers, how many are below a bound. */
function below(sorted: Float32Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The numbers of a list by `size` of them: k-means on a line, begun at quantiles, so that the same list gives the same
 * table (S. Lloyd, IEEE Trans. Inf. Theory 28(2), 1982). A list of no more different numbers than that is kept exactly.
 */
export function paletteOf(values: Float32Array, size: number): Palette {
  const sorted = values.slice().sort();
  const different = differentOf(sorted);
  let table: Float64Array;
  if (different.length <= size)
    table = Float64Array.from({ length: size }, (_, at) => different[Math.min(at, different.length - 1)]!);
  else {
    const sums = new Float64Array(sorted.length + 1);
    for (let at = 0; at < sorted.length; at++) sums[at + 1] = sums[at]! + sorted[at]!;
    table = Float64Array.from(
      { length: size },
      (_, at) => different[Math.floor(((at + 0.5) * different.length) / size)]!,
    );
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const edges = bordersOf(table).map((border) => below(sorted, border));
      let moved = false;
      for (let at = 0; at < size; at++) {
        const [from, to] = [at === 0 ? 0 : edges[at - 1]!, at === size - 1 ? sorted.length : edges[at]!];
        if (to <= from) continue;
        const middle = (sums[to]! - sums[from]!) / (to - from);
        moved ||= middle !== table[at];
        table[at] = middle;
      }
      if (!moved) break;
    }
  }
  const rounded = Float32Array.from(table);
  const borders = Float32Array.from(bordersOf(rounded));
  const places = new Uint8Array(values.length);
  for (let at = 0; at < places.length; at++) places[at] = placeOf(borders, values[at]!);
  return { table: rounded, places };
}

/** The middles between neighbours of a sorted table. */
function bordersOf(table: ArrayLike<number>): readonly number[] {
  return Array.from({ length: table.length - 1 }, (_, at) => (table[at]! + table[at + 1]!) / 2);
}

/** How many borders are not above a value. */
function placeOf(borders: Float32Array, value: number): number {
  let [low, high] = [0, borders.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value >= borders[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Places of `bits` bits each, behind each other, the lowest bit first. */
export function packedBits(places: Uint8Array, bits: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((places.length * bits) / 8));
  for (let at = 0; at < places.length; at++) {
    const position = at * bits;
    const spread = places[at]! << (position & 7);
    bytes[position >>> 3]! |= spread & 255;
    if (spread > 255) bytes[(position >>> 3) + 1]! |= spread >>> 8;
  }
  return bytes;
}
