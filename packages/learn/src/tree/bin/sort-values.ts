/** Bits of a digit: three make up a key, and a digit's counts fit into a core's first cache. */
const DIGIT = 11;
const RADIX = 1 << DIGIT;

/** Equal keys from which on the engine's own sort is faster than insertion. */
const LONG_RUN = 16;

/**
 * The values without NaN, ascending, -0 as 0: sorted by the bits of their float32 rounding (a radix sort, three passes
 * that keep order), then within runs that round to the same float32.
 */
export function sortValues(values: Float64Array): Float64Array {
  let from = { keys: new Uint32Array(values.length), values: new Float64Array(values.length) };
  const count = takeNumbers(values, from.keys, from.values);
  let into = { keys: new Uint32Array(count), values: new Float64Array(count) };
  for (let shift = 0; shift < 32; shift += DIGIT) {
    if (!movedByDigit(from, into, count, shift)) continue;
    [from, into] = [into, from];
  }
  const sorted = from.values.subarray(0, count);
  sortRuns(from.keys, sorted);
  return sorted;
}

interface Keyed {
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Keys whose order as unsigned integers is that of the numbers; returns how many are not NaN. */
function takeNumbers(values: Float64Array, keys: Uint32Array<ArrayBuffer>, numbers: Float64Array): number {
  const floats = new Float32Array(keys.buffer);
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]! + 0;
    floats[count] = value;
    numbers[count] = value;
    count += +(value === value);
  }
  for (let at = 0; at < count; at++) {
    const bits = keys[at]!;
    keys[at] = bits ^ (bits & 0x80000000 ? 0xffffffff : 0x80000000);
  }
  return count;
}

/** Orders by one digit; false, and nothing moved, where all have the same. */
function movedByDigit(from: Keyed, into: Keyed, count: number, shift: number): boolean {
  const places = new Int32Array(RADIX);
  const { keys, values } = from;
  for (let at = 0; at < count; at++) places[(keys[at]! >>> shift) & (RADIX - 1)]!++;
  if (count === 0 || places[(keys[0]! >>> shift) & (RADIX - 1)] === count) return false;
  for (let digit = 0, before = 0; digit < RADIX; digit++) {
    const own = places[digit]!;
    places[digit] = before;
    before += own;
  }
  const { keys: movedKeys, values: movedValues } = into;
  for (let at = 0; at < count; at++) {
    const key = keys[at]!;
    const digit = (key >>> shift) & (RADIX - 1);
    const place = places[digit]!;
    places[digit] = place + 1;
    movedKeys[place] = key;
    movedValues[place] = values[at]!;
  }
  return true;
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
