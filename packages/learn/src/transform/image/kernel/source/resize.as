// A weight of 22 bits is `high * 2^12 + low`, so that products of 16 bits add up exactly: sums are those of 32 bits, to the
// last bit, wrapped as they wrap.

const HALF: i32 = 1 << 21;

// @ts-ignore: decorator
@inline function bytesOf(high: v128, low: v128): v128 {
  const sum = i32x4.add(i32x4.add(i32x4.shl(high, 12), low), i32x4.splat(HALF));
  return i32x4.shr_s(sum, 22);
}

// Bytes of the first four pixels of three: red of pixels 0 and 1, green, blue, those of pixels 2 and 3, and four more.
// @ts-ignore: decorator
@inline function pairsOf(at: usize): v128 {
  const four = v128.load(at);
  return i8x16.shuffle(four, four, 0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 12, 13, 14, 15);
}

// @ts-ignore: decorator
@inline function lowPairs(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline function highPairs(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline function lowTwo(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline function highTwo(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline function putWide(to: usize, a: v128, b: v128): void {
  const low = i64x2.shuffle(a, b, 0, 2);
  const high = i64x2.shuffle(a, b, 1, 3);
  v128.store(to, i16x8.extend_low_i8x16_u(low));
  v128.store(to, i16x8.extend_high_i8x16_u(low), 16);
  v128.store(to, i16x8.extend_low_i8x16_u(high), 32);
  v128.store(to, i16x8.extend_high_i8x16_u(high), 48);
}

// Four pixels of eight rows turned: numbers of 16 bits, of each two pixels the red of all rows, the green, the blue.
// @ts-ignore: decorator
@inline function turnFour(to: usize, r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, r5: usize, r6: usize, r7: usize): void {
  const p0 = pairsOf(r0);
  const p1 = pairsOf(r1);
  const p2 = pairsOf(r2);
  const p3 = pairsOf(r3);
  const p4 = pairsOf(r4);
  const p5 = pairsOf(r5);
  const p6 = pairsOf(r6);
  const p7 = pairsOf(r7);
  const a0 = lowPairs(p0, p1);
  const a1 = lowPairs(p2, p3);
  const a2 = lowPairs(p4, p5);
  const a3 = lowPairs(p6, p7);
  putWide(to, lowTwo(a0, a1), lowTwo(a2, a3));
  putWide(to + 64, highTwo(a0, a1), highTwo(a2, a3));
  const b0 = highPairs(p0, p1);
  const b1 = highPairs(p2, p3);
  const b2 = highPairs(p4, p5);
  const b3 = highPairs(p6, p7);
  putWide(to + 128, lowTwo(b0, b1), lowTwo(b2, b3));
}

// Levels of eight rows, from sums of the weights' high parts where these decide, else with the low parts.
// @ts-ignore: decorator
@inline function putLevels(
  to: usize,
  above: v128,
  below: v128,
  shift: i32,
  steps: v128,
  least: v128,
  most: v128,
  at: usize,
  lows: usize,
  end: usize,
): void {
  const above2 = i32x4.add(above, least);
  const below2 = i32x4.add(below, least);
  const above3 = v128.xor(above2, i32x4.add(above, most));
  const below3 = v128.xor(below2, i32x4.add(below, most));
  let high = i32x4.shr_s(above2, 22 - shift);
  let low = i32x4.shr_s(below2, 22 - shift);
  if (v128.any_true(v128.and(v128.or(above3, below3), steps))) {
    high = i32x4.add(i32x4.shl(above, shift), i32x4.splat(HALF));
    low = i32x4.add(i32x4.shl(below, shift), i32x4.splat(HALF));
    while (lows < end) {
      const weight = v128.load32_splat(lows);
      high = i32x4.add(high, i32x4.dot_i16x8_s(v128.load(at), weight));
      low = i32x4.add(low, i32x4.dot_i16x8_s(v128.load(at, 16), weight));
      at += 96;
      lows += 4;
    }
    high = i32x4.shr_s(high, 22);
    low = i32x4.shr_s(low, 22);
  }
  const levels = i16x8.narrow_i32x4_s(high, low);
  v128.store64_lane(to, i8x16.narrow_i16x8_u(levels, levels), 0);
}

// @ts-ignore: decorator
@inline function firstRows(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
}

// @ts-ignore: decorator
@inline function lastRows(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31);
}

// Sixteen bytes of each of four rows, as many as there are.
// @ts-ignore: decorator
@inline function putFour(to: usize, row: u32, rows: u32, a: v128, b: v128, c: v128, d: v128): void {
  const ab = lowTwo(a, b);
  const cd = lowTwo(c, d);
  const ab2 = highTwo(a, b);
  const cd2 = highTwo(c, d);
  if (rows > 0) v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
  if (rows > 1) v128.store(to + row, i64x2.shuffle(ab, cd, 1, 3));
  if (rows > 2) v128.store(to + 2 * row, i64x2.shuffle(ab2, cd2, 0, 2));
  if (rows > 3) v128.store(to + 3 * row, i64x2.shuffle(ab2, cd2, 1, 3));
}

// Levels that lie by eight rows become rows of bytes.
function turnBack(from: usize, to: usize, rows: u32, row: u32): void {
  if (row < 16) {
    for (let y: u32 = 0; y < rows; y++)
      for (let x: u32 = 0; x < row; x++) store<u8>(to + y * row + x, load<u8>(from + (x << 3) + y));
    return;
  }
  for (let x: u32 = 0; x < row; x += 16) {
    // The last sixteen reach back, so that none goes over its row.
    const start = min(x, row - 16);
    const at = from + (start << 3);
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    const v4 = v128.load(at, 64);
    const v5 = v128.load(at, 80);
    const v6 = v128.load(at, 96);
    const v7 = v128.load(at, 112);
    const put = to + start;
    putFour(put, row, rows, firstRows(v0, v1), firstRows(v2, v3), firstRows(v4, v5), firstRows(v6, v7));
    if (rows > 4)
      putFour(put + 4 * row, row, rows - 4, lastRows(v0, v1), lastRows(v2, v3), lastRows(v4, v5), lastRows(v6, v7));
  }
}

/**
 * Rows of pixels of three bytes made wider or narrower, eight rows at once. A weight is `high * 2^shift + low`; `highs` and `lows`:
 * those parts, of 16 bits, for each new pixel of `pairs` pairs of old ones. `bounds`: 12 bytes for each new pixel: where its first
 * pair lies among the turned ones (96 bytes each), and the least and the most that all but the high parts add to a sum, by
 * 2^shift. So the low parts are asked only where a sum lies near a step.
 *
 * `turned`: room of 48 bytes for each old pixel, in fours, and of 96 for each of `pairs`; `made`: room of 24 bytes for each new
 * pixel. Reads up to 15 bytes behind the end.
 */
export function acrossThree(
  from: usize,
  to: usize,
  rows: u32,
  width: u32,
  newWidth: u32,
  pairs: u32,
  shift: i32,
  bounds: usize,
  highs: usize,
  lows: usize,
  turned: usize,
  made: usize,
): void {
  const row = 3 * width;
  const newRow = 3 * newWidth;
  const all = turned + ((width + 3) >> 2) * 192;
  const steps = i32x4.splat(-1 << (22 - shift));
  for (let y: u32 = 0; y < rows; y += 8) {
    const count = min(8, rows - y);
    let r0 = from;
    let r1 = from + row * min(1, count - 1);
    let r2 = from + row * min(2, count - 1);
    let r3 = from + row * min(3, count - 1);
    let r4 = from + row * min(4, count - 1);
    let r5 = from + row * min(5, count - 1);
    let r6 = from + row * min(6, count - 1);
    let r7 = from + row * min(7, count - 1);
    let next = turned;
    let bound = bounds;
    let high = highs;
    let low = lows;
    let put = made;
    for (let x: u32 = 0; x < newWidth; x++) {
      let at = turned + load<u32>(bound);
      const start = at;
      const end = min(at + 96 * pairs, all);
      while (next < end) {
        turnFour(next, r0, r1, r2, r3, r4, r5, r6, r7);
        next += 192;
        r0 += 12;
        r1 += 12;
        r2 += 12;
        r3 += 12;
        r4 += 12;
        r5 += 12;
        r6 += 12;
        r7 += 12;
      }
      let red = i32x4.splat(0);
      let red2 = i32x4.splat(0);
      let green = i32x4.splat(0);
      let green2 = i32x4.splat(0);
      let blue = i32x4.splat(0);
      let blue2 = i32x4.splat(0);
      const last = high + 4 * pairs;
      while (high < last) {
        const weight = v128.load32_splat(high);
        red = i32x4.add(red, i32x4.dot_i16x8_s(v128.load(at), weight));
        red2 = i32x4.add(red2, i32x4.dot_i16x8_s(v128.load(at, 16), weight));
        green = i32x4.add(green, i32x4.dot_i16x8_s(v128.load(at, 32), weight));
        green2 = i32x4.add(green2, i32x4.dot_i16x8_s(v128.load(at, 48), weight));
        blue = i32x4.add(blue, i32x4.dot_i16x8_s(v128.load(at, 64), weight));
        blue2 = i32x4.add(blue2, i32x4.dot_i16x8_s(v128.load(at, 80), weight));
        at += 96;
        high += 4;
      }
      const least = v128.load32_splat(bound, 4);
      const most = v128.load32_splat(bound, 8);
      const lowEnd = low + 4 * pairs;
      putLevels(put, red, red2, shift, steps, least, most, start, low, lowEnd);
      putLevels(put + 8, green, green2, shift, steps, least, most, start + 32, low, lowEnd);
      putLevels(put + 16, blue, blue2, shift, steps, least, most, start + 64, low, lowEnd);
      put += 24;
      bound += 12;
      low = lowEnd;
    }
    turnBack(made, to, count, newRow);
    from += 8 * row;
    to += 8 * newRow;
  }
}

/**
 * Rows of bytes made more or fewer. `places`: of each new row the byte of its first old one, `weights`: 8 bytes for each two
 * taps: high, low. Reads up to a row and 15 bytes and writes up to 15 behind the end.
 */
export function downBytes(from: usize, to: usize, rows: u32, row: u32, pairs: u32, places: usize, weights: usize): void {
  for (let y: u32 = 0; y < rows; y++) {
    const start = from + load<u32>(places + (y << 2));
    for (let x: u32 = 0; x < row; x += 16) {
      let at = start + x;
      let weight = weights;
      let h0 = i32x4.splat(0);
      let h1 = i32x4.splat(0);
      let h2 = i32x4.splat(0);
      let h3 = i32x4.splat(0);
      let l0 = i32x4.splat(0);
      let l1 = i32x4.splat(0);
      let l2 = i32x4.splat(0);
      let l3 = i32x4.splat(0);
      for (let k: u32 = 0; k < pairs; k++) {
        const a = v128.load(at);
        const b = v128.load(at + row);
        const near = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const far = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const n0 = i16x8.extend_low_i8x16_u(near);
        const n1 = i16x8.extend_high_i8x16_u(near);
        const n2 = i16x8.extend_low_i8x16_u(far);
        const n3 = i16x8.extend_high_i8x16_u(far);
        const high = v128.load32_splat(weight);
        const low = v128.load32_splat(weight, 4);
        h0 = i32x4.add(h0, i32x4.dot_i16x8_s(n0, high));
        h1 = i32x4.add(h1, i32x4.dot_i16x8_s(n1, high));
        h2 = i32x4.add(h2, i32x4.dot_i16x8_s(n2, high));
        h3 = i32x4.add(h3, i32x4.dot_i16x8_s(n3, high));
        l0 = i32x4.add(l0, i32x4.dot_i16x8_s(n0, low));
        l1 = i32x4.add(l1, i32x4.dot_i16x8_s(n1, low));
        l2 = i32x4.add(l2, i32x4.dot_i16x8_s(n2, low));
        l3 = i32x4.add(l3, i32x4.dot_i16x8_s(n3, low));
        at += 2 * row;
        weight += 8;
      }
      const near = i16x8.narrow_i32x4_s(bytesOf(h0, l0), bytesOf(h1, l1));
      const far = i16x8.narrow_i32x4_s(bytesOf(h2, l2), bytesOf(h3, l3));
      v128.store(to + x, i8x16.narrow_i16x8_u(near, far));
    }
    to += row;
    weights += pairs << 3;
  }
}
