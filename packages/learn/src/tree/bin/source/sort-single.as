import { DIGITS, ENDS, SAMPLE } from "./address";

const RADIX: usize = 2048;

/**
 * Sorts `count` float32 numbers without NaN, -0 as 0, as `sort-value.ts` does. The different ones then stand in their order
 * where the sample was, how often each was there behind the room of all `room`. Returns how many they are.
 */
export function countSingles(count: u32, room: u32): u32 {
  const numbers = keys(count);
  const other = SAMPLE + 4 * room;
  moveBy(SAMPLE, other, numbers, 0, 0);
  moveBy(other, SAMPLE, numbers, 11, 1);
  moveBy(SAMPLE, other, numbers, 22, 2);
  return different(other, SAMPLE, numbers);
}

/** Turns numbers into keys of their order, and counts their digits. */
function keys(count: u32): u32 {
  memory.fill(DIGITS, 0, 12 * RADIX);
  let into: usize = SAMPLE;
  for (let at: usize = SAMPLE; at < SAMPLE + 4 * count; at += 4) {
    const value = load<f32>(at) + 0;
    const bits = reinterpret<i32>(value);
    const key = bits ^ ((bits >> 31) | 0x80000000);
    store<u32>(into, key);
    if (value != value) continue;
    into += 4;
    tally(key & 2047, 0);
    tally((key >>> 11) & 2047, 1);
    tally(key >>> 22, 2);
  }
  for (let digit: usize = 0; digit < 3; digit++) {
    let before: u32 = 0;
    for (let at = DIGITS + 4 * RADIX * digit; at < DIGITS + 4 * RADIX * (digit + 1); at += 4) {
      const own = load<u32>(at);
      store<u32>(at, before);
      before += own;
    }
  }
  return u32(into - SAMPLE) >> 2;
}

// @ts-ignore: decorator
@inline function tally(digit: u32, place: usize): void {
  const at = DIGITS + 4 * (RADIX * place + digit);
  store<u32>(at, load<u32>(at) + 1);
}

// @ts-ignore: decorator
@inline function moveBy(from: usize, into: usize, count: u32, shift: u32, digit: usize): void {
  const places = DIGITS + 4 * RADIX * digit;
  for (let at = from; at < from + 4 * count; at += 4) {
    const key = load<u32>(at);
    const own = places + (((key >>> shift) & 2047) << 2);
    const place = load<u32>(own);
    store<u32>(own, place + 1);
    store<u32>(into + 4 * place, key);
  }
}

/** Each key that differs from the one before it, as a number, to `into`; how often it is there over the keys themselves. */
function different(keys: usize, into: usize, count: u32): u32 {
  if (count == 0) return 0;
  let found: u32 = 0;
  let last = load<u32>(keys);
  let times: u32 = 0;
  for (let at: u32 = 0; at < count; at++) {
    const key = load<u32>(keys + 4 * at);
    if (key != last) {
      put(keys, into, found++, last, times);
      last = key;
      times = 0;
    }
    times++;
  }
  put(keys, into, found++, last, times);
  return found;
}

// @ts-ignore: decorator
@inline function put(counts: usize, into: usize, at: u32, key: u32, times: u32): void {
  store<u32>(into + 4 * at, key ^ (~(i32(key) >> 31) | 0x80000000));
  store<u32>(counts + 4 * at, times);
}

/** `manyEnds` of `bin-bound.ts`: the places of the values that end bins, and how many they are. */
export function manyEnds(different: u32, room: u32, rows: f64, most: f64): u32 {
  const counts = SAMPLE + 4 * room;
  const large = rows / most;
  let binsLeft = most;
  let rowsLeft = rows;
  for (let at: u32 = 0; at < different; at++) {
    const count = f64(load<u32>(counts + 4 * at));
    if (count < large) continue;
    binsLeft -= 1;
    rowsLeft -= count;
  }
  let mean = rowsLeft / binsLeft;
  let ends: u32 = 0;
  let inBin: f64 = 0;
  for (let at: u32 = 0; at + 1 < different && f64(ends) < most - 1; at++) {
    const count = f64(load<u32>(counts + 4 * at));
    inBin += count;
    const alone = count >= large;
    if (!alone) rowsLeft -= count;
    const beforeLarge = f64(load<u32>(counts + 4 * at, 4)) >= large && inBin >= max<f64>(1, mean / 2);
    if (!alone && inBin < mean && !beforeLarge) continue;
    store<u32>(ENDS + 4 * ends++, at);
    inBin = 0;
    if (alone) continue;
    binsLeft -= 1;
    mean = rowsLeft / binsLeft;
  }
  return ends;
}
