// A weight of 22 bits is `high * 2^12 + low`, so that products of 16 bits add up exactly: sums are those of 32 bits, to the
// last bit, wrapped as they wrap.

const HALF: i32 = 1 << 21;

// @ts-ignore: decorator
@inline function bytesOf(high: v128, low: v128): v128 {
  const sum = i32x4.add(i32x4.add(i32x4.shl(high, 12), low), i32x4.splat(HALF));
  return i32x4.shr_s(sum, 22);
}

// @ts-ignore: decorator
@inline function pixelOf(high: v128, low: v128): i32 {
  const levels = bytesOf(high, low);
  const narrow = i16x8.narrow_i32x4_s(levels, levels);
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0);
}

// Red of both pixels, green of both, blue of both, nothing: as numbers of 16 bits.
// @ts-ignore: decorator
@inline function firstTwo(four: v128): v128 {
  return i8x16.shuffle(four, i8x16.splat(0), 0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16);
}

// @ts-ignore: decorator
@inline function lastTwo(four: v128): v128 {
  return i8x16.shuffle(four, i8x16.splat(0), 6, 16, 9, 16, 7, 16, 10, 16, 8, 16, 11, 16, 16, 16, 16, 16);
}

// Three bytes and no more: the next may be of the row below, which is made already.
// @ts-ignore: decorator
@inline function put(to: usize, pixel: i32): void {
  store<u16>(to, u16(pixel));
  store<u8>(to, u8(pixel >> 16), 2);
}

/**
 * Rows of pixels of three bytes made wider or narrower, two rows at once. `places`: of each new pixel the byte of its first old
 * one within a row, `weights`: 16 bytes for each four taps: high of taps 0 and 1, high of 2 and 3, low of 0 and 1, low of 2 and 3.
 * Reads up to 15 bytes behind the end.
 */
export function acrossThree(from: usize, to: usize, rows: u32, row: u32, width: u32, fours: u32, places: usize, weights: usize): void {
  for (let y: u32 = 0; y < rows; y += 2) {
    // An odd last row is made twice.
    const odd = y + 1 == rows;
    const below: usize = odd ? 0 : row;
    const next = to + (odd ? 0 : 3 * width);
    let weight = weights;
    let left = to;
    let right = next;
    for (let x: u32 = 0; x < width; x++) {
      let at = from + load<u32>(places + (x << 2));
      let high = i32x4.splat(0);
      let low = i32x4.splat(0);
      let high2 = i32x4.splat(0);
      let low2 = i32x4.splat(0);
      for (let k: u32 = 0; k < fours; k++) {
        const four = v128.load(at);
        const four2 = v128.load(at + below);
        const w0 = v128.load32_splat(weight);
        const w1 = v128.load32_splat(weight, 4);
        const w2 = v128.load32_splat(weight, 8);
        const w3 = v128.load32_splat(weight, 12);
        const first = firstTwo(four);
        const last = lastTwo(four);
        high = i32x4.add(high, i32x4.add(i32x4.dot_i16x8_s(first, w0), i32x4.dot_i16x8_s(last, w1)));
        low = i32x4.add(low, i32x4.add(i32x4.dot_i16x8_s(first, w2), i32x4.dot_i16x8_s(last, w3)));
        const first2 = firstTwo(four2);
        const last2 = lastTwo(four2);
        high2 = i32x4.add(high2, i32x4.add(i32x4.dot_i16x8_s(first2, w0), i32x4.dot_i16x8_s(last2, w1)));
        low2 = i32x4.add(low2, i32x4.add(i32x4.dot_i16x8_s(first2, w2), i32x4.dot_i16x8_s(last2, w3)));
        at += 12;
        weight += 16;
      }
      put(left, pixelOf(high, low));
      put(right, pixelOf(high2, low2));
      left += 3;
      right += 3;
    }
    from += 2 * row;
    to += 6 * width;
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
