/** Two bytes: four digits make a float64, and a digit's counts fit into the second cache. */
const DIGIT = 16;
const RADIX = 1 << DIGIT;

/** Fewer numbers are sorted faster by comparing. */
const FEW = 4096;

/**
 * The rows of numbers in ascending order of these, equal ones in the order of rows; NaN last. By digits of the bits (a
 * radix sort from the lowest, which keeps order), or by comparison where there are few.
 */
export function argsort(values: Float64Array): Int32Array {
  const count = values.length;
  let order = new Int32Array(count);
  for (let at = 0; at < count; at++) order[at] = at;
  if (count < FEW) return order.sort((a, b) => compared(values[a]!, values[b]!) || a - b);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  keysOf(values, low, high);
  let into = new Int32Array(count);
  for (const keys of [low, high]) {
    for (const shift of [0, DIGIT]) {
      if (!pass(keys, shift, order, into)) continue;
      [order, into] = [into, order];
    }
  }
  return order;
}

function compared(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Bits whose unsigned order is that of the numbers. */
function keysOf(values: Float64Array, low: Uint32Array, high: Uint32Array): void {
  const cell = new Float64Array(1);
  const bits = new Uint32Array(cell.buffer);
  // Which half comes first is the machine's.
  cell[0] = 1;
  const top = bits[1] === 0 ? 0 : 1;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]! + 0;
    cell[0] = value === value ? value : NaN;
    const upper = bits[top]!;
    const negative = value < 0;
    high[at] = negative ? ~upper : upper | 0x80000000;
    low[at] = negative ? ~bits[1 - top]! : bits[1 - top]!;
  }
}

/** Moves rows by a digit of their keys; false where all have the same. */
function pass(keys: Uint32Array, shift: number, order: Int32Array, into: Int32Array): boolean {
  const places = new Int32Array(RADIX);
  for (let at = 0; at < keys.length; at++) places[(keys[at]! >>> shift) & (RADIX - 1)]!++;
  if (places[(keys[0]! >>> shift) & (RADIX - 1)] === keys.length) return false;
  for (let digit = 0, before = 0; digit < RADIX; digit++) {
    const own = places[digit]!;
    places[digit] = before;
    before += own;
  }
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    into[places[(keys[row]! >>> shift) & (RADIX - 1)]!++] = row;
  }
  return true;
}
