import { sortRoom, type SortRoom } from "./sort-room.ts";

/** Bits of a digit: three make up a key, and a digit's counts fit into a core's first cache. */
const DIGIT = 11;
const RADIX = 1 << DIGIT;

/** Equal keys from which on the engine's own sort is faster than insertion. */
const LONG_RUN = 16;

/** Numbers by keys, unsigned integers of the order of the numbers' float32 roundings. */
interface Keyed {
  readonly keys: Uint32Array<ArrayBuffer>;
  /** Undefined where the keys say all: every number is a float32. */
  readonly values: Float64Array<ArrayBuffer> | undefined;
}

/**
 * The values without NaN, ascending, -0 as 0: sorted by the bits of their float32 rounding (a radix sort, three passes
 * that keep order), then within runs that round to the same float32.
 */
export function sortValues(values: Float64Array): Float64Array {
  return sortedIn(values, sortRoom());
}

/** {@link sortValues} in room that is used again: a view of it, good until something else is sorted there. */
export function sortedIn(values: Float32Array | Float64Array, room: SortRoom): Float64Array<ArrayBuffer> {
  let from = values instanceof Float32Array ? keyedSingles(values, room) : keyed(values, room);
  const count = from.keys.length;
  const { movedKeys, movedNumbers } = room.of(values.length);
  let into: Keyed = {
    keys: movedKeys.subarray(0, count),
    values: from.values && movedNumbers.subarray(0, count),
  };
  for (let shift = 0; shift < 32; shift += DIGIT) {
    const places = digitPlaces(from.keys, shift);
    if (places === undefined) continue;
    if (from.values === undefined || into.values === undefined) moveKeys(from.keys, into.keys, places, shift);
    else move(from.keys, from.values, into.keys, into.values, places, shift);
    [from, into] = [into, from];
  }
  if (from.values === undefined) return numbersOf(from.keys, room);
  sortRuns(from.keys, from.values);
  return from.values;
}

function keyed(values: Float64Array, room: SortRoom): Keyed {
  const { length } = values;
  const { keys, numbers } = room.of(length);
  const floats = new Float32Array(keys.buffer, keys.byteOffset, length);
  let count = 0;
  let rounded = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]! + 0;
    const single = Math.fround(value);
    floats[count] = single;
    numbers[count] = value;
    count += +(value === value);
    rounded += +(value !== single);
  }
  // NaN differs from its rounding, too.
  const exact = rounded === length - count;
  return { keys: keysOf(keys, count), values: exact ? undefined : numbers.subarray(0, count) };
}

function keyedSingles(values: Float32Array, room: SortRoom): Keyed {
  const { keys } = room.of(values.length);
  const floats = new Float32Array(keys.buffer, keys.byteOffset, values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]! + 0;
    floats[count] = value;
    count += +(value === value);
  }
  return { keys: keysOf(keys, count), values: undefined };
}

/** Turns the first float32 numbers of a memory into their keys, where they stand. */
function keysOf(all: Uint32Array<ArrayBuffer>, count: number): Uint32Array<ArrayBuffer> {
  const keys = all.subarray(0, count);
  for (let at = 0; at < count; at++) {
    const bits = keys[at]!;
    // Negative numbers are turned round; the sign bit puts them before the others.
    keys[at] = bits ^ ((bits >> 31) | 0x80000000);
  }
  return keys;
}

function numbersOf(keys: Uint32Array<ArrayBuffer>, room: SortRoom): Float64Array<ArrayBuffer> {
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    keys[at] = key ^ (~(key >> 31) | 0x80000000);
  }
  const numbers = room.of(keys.length).numbers.subarray(0, keys.length);
  numbers.set(new Float32Array(keys.buffer, keys.byteOffset, keys.length));
  return numbers;
}

/** Where the keys of each digit begin once they are in order; undefined where all have the same digit. */
function digitPlaces(keys: Uint32Array, shift: number): Int32Array | undefined {
  const places = new Int32Array(RADIX);
  for (let at = 0; at < keys.length; at++) places[(keys[at]! >>> shift) & (RADIX - 1)]!++;
  if (keys.length === 0 || places[(keys[0]! >>> shift) & (RADIX - 1)] === keys.length) return undefined;
  for (let digit = 0, before = 0; digit < RADIX; digit++) {
    const own = places[digit]!;
    places[digit] = before;
    before += own;
  }
  return places;
}

function moveKeys(keys: Uint32Array, into: Uint32Array, places: Int32Array, shift: number): void {
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const digit = (key >>> shift) & (RADIX - 1);
    const place = places[digit]!;
    places[digit] = place + 1;
    into[place] = key;
  }
}

function move(
  keys: Uint32Array,
  values: Float64Array,
  intoKeys: Uint32Array,
  intoValues: Float64Array,
  places: Int32Array,
  shift: number,
): void {
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const digit = (key >>> shift) & (RADIX - 1);
    const place = places[digit]!;
    places[digit] = place + 1;
    intoKeys[place] = key;
    intoValues[place] = values[at]!;
  }
}

function sortRuns(keys: Uint32Array, values: Float64Array): void {
  for (let start = 0; start < values.length;) {
    const key = keys[start]!;
    let end = start + 1;
    let ascending = true;
    for (; end < values.length && keys[end] === key; end++) ascending &&= values[end]! >= values[end - 1]!;
    if (!ascending && end - start >= LONG_RUN) values.subarray(start, end).sort();
    else if (!ascending) insertionSort(values, start, end);
    start = end;
  }
}

function insertionSort(values: Float64Array, start: number, end: number): void {
  for (let at = start + 1; at < end; at++) {
    const value = values[at]!;
    let place = at;
    for (; place > start && values[place - 1]! > value; place--) values[place] = values[place - 1]!;
    values[place] = value;
  }
}
