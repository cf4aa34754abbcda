// Pages of Parquet: all arguments but counts are addresses. What is damaged gives -1.

/** A block of Snappy (https://github.com/google/snappy/blob/main/format_description.txt) of `size` bytes, to `into`. */
export function unpackSnappy(from: usize, end: usize, into: usize, size: usize): i32 {
  let at = from;
  let length: u64 = 0;
  let shift: u64 = 0;
  for (;;) {
    if (at >= end || shift > 28) return -1;
    const byte: u64 = load<u8>(at++);
    length |= (byte & 127) << shift;
    if (byte < 128) break;
    shift += 7;
  }
  if (length != <u64>size) return -1;
  let out = into;
  const stop = into + size;
  // Where eight bytes may still be taken at once, of what comes and of the room.
  const lastWord = end - 8;
  const lastRoom = stop - 8;
  while (at < end) {
    // Numbers of 64 bits that differ in their low bytes: one to four of their own, then the others of a number before.
    while (at <= lastWord && out <= lastRoom) {
      const word = load<u64>(at);
      const tag = word & 255;
      const bits = tag * 2 + 8;
      const copy = word >> (bits + 8);
      const back = <usize>((copy >> 8) & 255);
      if ((tag & 0xf3) != 0 || (copy & 255) != 13 - tag || back < 8 || back > out - into) break;
      const shared: u64 = <u64>-1 << bits;
      store<u64>(out, (load<u64>(out - back) & shared) | ((word >> 8) & ~shared));
      at += <usize>(bits >> 3) + 3;
      out += 8;
    }
    if (at >= end) break;
    const tag: u32 = load<u8>(at++);
    const kind = tag & 3;
    if (kind == 0) {
      let run: usize = (tag >> 2) + 1;
      if (run > 60) {
        const bytes = run - 60;
        if (bytes > end - at) return -1;
        run = 0;
        for (let byte: usize = 0; byte < bytes; byte++) run |= <usize>load<u8>(at + byte) << (8 * byte);
        // 2^32 wraps to none, which is damaged as well.
        run++;
        at += bytes;
      }
      if (run == 0 || run > end - at || run > stop - out) return -1;
      if (run <= 16 && end - at >= 16 && stop - out >= 16) v128.store(out, v128.load(at));
      else memory.copy(out, at, run);
      at += run;
      out += run;
      continue;
    }
    let run: usize;
    let back: usize;
    if (kind == 1) {
      if (end - at < 1) return -1;
      run = ((tag >> 2) & 7) + 4;
      back = ((tag >> 5) << 8) | load<u8>(at);
      at += 1;
    } else if (kind == 2) {
      if (end - at < 2) return -1;
      run = (tag >> 2) + 1;
      back = load<u16>(at);
      at += 2;
    } else {
      if (end - at < 4) return -1;
      run = (tag >> 2) + 1;
      back = load<u32>(at);
      at += 4;
    }
    if (back == 0 || back > out - into || run > stop - out) return -1;
    if (back >= 8 && stop - out >= run + 8) {
      // Eight bytes at a time, of which the last may be too many: what follows writes over them.
      for (let byte: usize = 0; byte < run; byte += 8) store<u64>(out + byte, load<u64>(out + byte - back));
    } else for (let byte: usize = 0; byte < run; byte++) store<u8>(out + byte, load<u8>(out + byte - back));
    out += run;
  }
  return out == stop ? 0 : -1;
}

/** For each half of eight values of one width: which bytes hold each of its four, and what lifts each to the same bit. */
const lanes = memory.data(64);

/**
 * Groups of eight numbers of `width` bits (1..25), four at a time: the bytes of each go to a lane of their own, and a product
 * lifts them to bit 7, since lanes are shifted by one distance only. Sixteen bytes behind them may be looked at.
 */
function unpackGroups(from: usize, width: u32, into: usize, groups: usize): void {
  for (let half: u32 = 0; half < 2; half++)
    for (let lane: u32 = 0; lane < 4; lane++) {
      const bit = ((half * 4 * width) & 7) + lane * width;
      store<u32>(lanes + half * 32 + lane * 4, (bit >> 3) * 0x0101_0101 + 0x0302_0100);
      store<u32>(lanes + half * 32 + lane * 4, 128 >> (bit & 7), 16);
    }
  const first = v128.load(lanes);
  const firstLift = v128.load(lanes, 16);
  const second = v128.load(lanes, 32);
  const secondLift = v128.load(lanes, 48);
  const mask = i32x4.splat((1 << width) - 1);
  const middle: usize = width >> 1;
  let at = from;
  const stop = into + groups * 32;
  for (let to = into; to < stop; to += 32) {
    const one = i32x4.mul(i8x16.swizzle(v128.load(at), first), firstLift);
    const other = i32x4.mul(i8x16.swizzle(v128.load(at + middle), second), secondLift);
    v128.store(to, v128.and(i32x4.shr_u(one, 7), mask));
    v128.store(to, v128.and(i32x4.shr_u(other, 7), mask), 16);
    at += width;
  }
}

/** Whether each of [count] numbers of 32 bits is the one before it and one more. */
export function risesByOne(from: usize, count: usize): bool {
  if (count == 0) return true;
  const first = load<u32>(from);
  let at: usize = 0;
  let expected = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  for (; at + 4 <= count; at += 4) {
    if (v128.any_true(v128.xor(v128.load(from + at * 4), expected))) return false;
    expected = i32x4.add(expected, i32x4.splat(4));
  }
  for (; at < count; at++) if (load<u32>(from + at * 4) != first + <u32>at) return false;
  return true;
}

/**
 * Numbers of `width` bits (0..32) in the hybrid of runs and packed bits
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/), as [count] of 32 bits. Sixteen bytes behind `end` may
 * be looked at.
 */
export function readHybrid(from: usize, end: usize, width: u32, into: usize, count: usize): i32 {
  if (width > 32) return -1;
  const bytes: usize = (width + 7) >> 3;
  const mask: u32 = width == 32 ? 0xffff_ffff : (1 << width) - 1;
  let at = from;
  let done: usize = 0;
  while (done < count) {
    let head: u64 = 0;
    let shift: u64 = 0;
    for (;;) {
      if (at >= end || shift > 28) return -1;
      const byte: u64 = load<u8>(at++);
      head |= (byte & 127) << shift;
      if (byte < 128) break;
      shift += 7;
    }
    const size = <usize>(head >> 1);
    if ((head & 1) == 0) {
      const run = min(size, count - done);
      if (run == 0 || bytes > end - at) return -1;
      const value = bytes == 0 ? 0 : load<u32>(at) & mask;
      const four = i32x4.splat(value);
      let to = into + done * 4;
      const stop = to + run * 4;
      for (; to + 16 <= stop; to += 16) v128.store(to, four);
      for (; to < stop; to += 4) store<u32>(to, value);
      at += bytes;
      done += run;
      continue;
    }
    // Compared before it is multiplied: a damaged size may be as large as there are numbers.
    const run = size > (count - done) >> 3 ? count - done : size * 8;
    if (run == 0 || (<u64>run * width + 7) >> 3 > <u64>(end - at)) return -1;
    const to = into + done * 4;
    const groups = width > 0 && width <= 25 ? run >> 3 : 0;
    if (groups > 0) unpackGroups(at, width, to, groups);
    let bit: u64 = <u64>groups * 8 * width;
    for (let value = groups * 8; value < run; value++) {
      store<u32>(to + value * 4, <u32>(load<u64>(at + <usize>(bit >> 3)) >> (bit & 7)) & mask);
      bit += width;
    }
    if (width > 0) at += size > (end - at) / width ? end - at : size * width;
    done += run;
  }
  return 0;
}

/** Levels of 0 and 1 in the same hybrid as [count] bytes; gives how many are 1. */
export function readLevels(from: usize, end: usize, into: usize, count: usize): i32 {
  let at = from;
  let done: usize = 0;
  let there: i32 = 0;
  while (done < count) {
    let head: u64 = 0;
    let shift: u64 = 0;
    for (;;) {
      if (at >= end || shift > 28) return -1;
      const byte: u64 = load<u8>(at++);
      head |= (byte & 127) << shift;
      if (byte < 128) break;
      shift += 7;
    }
    const size = <usize>(head >> 1);
    if ((head & 1) == 0) {
      const run = min(size, count - done);
      if (run == 0 || at >= end) return -1;
      const value = load<u8>(at++) & 1;
      memory.fill(into + done, value, run);
      there += <i32>run * value;
      done += run;
      continue;
    }
    const run = size > (count - done) >> 3 ? count - done : size * 8;
    if (run == 0 || (run + 7) >> 3 > end - at) return -1;
    let to = into + done;
    const stop = to + run;
    for (; to + 8 <= stop; to += 8) {
      const byte: u64 = load<u8>(at++);
      // Each bit to a byte of its own.
      store<u64>(to, ((byte & 0x7f) * 0x02_0408_1020_4081 & 0x01_0101_0101_0101) | (byte >> 7) << 56);
      there += <i32>popcnt(byte);
    }
    if (to < stop) {
      const byte: u32 = load<u8>(at++);
      for (let bit: u32 = 0; to < stop; to++, bit++) {
        const value = (byte >> bit) & 1;
        store<u8>(to, <u8>value);
        there += value;
      }
    }
    done += run;
  }
  return there;
}

/** Truths, a bit each, as [count] of 32 bits. */
export function readTruths(from: usize, into: usize, count: usize): void {
  for (let at: usize = 0; at < count; at++) store<u32>(into + at * 4, (load<u8>(from + (at >> 3)) >> (at & 7)) & 1);
}

/** Whole numbers of 64 bits times `scale` as float64; -1 for one beyond 2^63. */
export function scaleWide(from: usize, into: usize, count: usize, scale: f64): i32 {
  // Within 2^51 a number is the low bits of 1.5 * 2^52 and it. Times are, until 2041.
  const half = i64x2.splat(1 << 51);
  const bits = i64x2.splat(0x4338_0000_0000_0000);
  const base = f64x2.splat(6755399441055744);
  const by = f64x2.splat(scale);
  let beyond = i64x2.splat(0);
  let done: usize = 0;
  for (; done + 2 <= count; done += 2) {
    const values = v128.load(from + done * 8);
    beyond = v128.or(beyond, i64x2.shr_u(i64x2.add(values, half), 52));
    v128.store(into + done * 8, f64x2.mul(f64x2.sub(i64x2.add(values, bits), base), by));
  }
  if (v128.any_true(beyond)) done = 0;
  for (; done < count; done++) {
    const value = <f64>load<i64>(from + done * 8) * scale;
    if (abs(value) > 9223372036854775808.0) return -1;
    store<f64>(into + done * 8, value);
  }
  return 0;
}

/** Whether none of [count] floats of `bytes` (4 or 8) is NaN. */
export function areNumbers(bytes: usize, from: usize, count: usize): bool {
  const stop = from + count * bytes;
  let at = from;
  if (bytes == 8) {
    for (; at + 16 <= stop; at += 16) if (!i64x2.all_true(f64x2.eq(v128.load(at), v128.load(at)))) return false;
    return at == stop || load<f64>(at) == load<f64>(at);
  }
  for (; at + 16 <= stop; at += 16) if (!i32x4.all_true(f32x4.eq(v128.load(at), v128.load(at)))) return false;
  for (; at < stop; at += 4) if (load<f32>(at) != load<f32>(at)) return false;
  return true;
}

/** How [count] float64 rise from `before` on: 2 where each is more than the one before it, 1 where none is less, 0 otherwise. */
export function riseOf(from: usize, count: usize, before: f64): i32 {
  if (count == 0) return 2;
  const first = load<f64>(from);
  let rise = first > before ? 2 : first == before ? 1 : 0;
  const stop = from + count * 8;
  let at = from + 8;
  for (; at + 16 <= stop && rise == 2; at += 16)
    if (!i64x2.all_true(f64x2.gt(v128.load(at), v128.load(at - 8)))) rise = 1;
  if (rise == 1) at = from + 8;
  for (; at < stop && rise > 0; at += 8) {
    const value = load<f64>(at);
    const last = load<f64>(at - 8);
    if (!(value >= last)) rise = 0;
    else if (value == last) rise = 1;
  }
  return rise;
}

// @ts-ignore: decorator
@inline function gather<T>(values: usize, size: u32, places: usize, into: usize, count: usize): i32 {
  for (let at: usize = 0; at < count; at++) {
    const place = load<u32>(places + at * 4);
    if (place >= size) return -1;
    store<T>(into + at * sizeof<T>(), load<T>(values + place * sizeof<T>()));
  }
  return <i32>count;
}

// @ts-ignore: decorator
@inline function gatherSome<T>(values: usize, size: u32, places: usize, flags: usize, into: usize, count: usize, none: T): i32 {
  let value = places;
  for (let at: usize = 0; at < count; at++) {
    if (load<u8>(flags + at) == 0) {
      store<T>(into + at * sizeof<T>(), none);
      continue;
    }
    const place = load<u32>(value);
    if (place >= size) return -1;
    store<T>(into + at * sizeof<T>(), load<T>(values + place * sizeof<T>()));
    value += 4;
  }
  return <i32>((value - places) >> 2);
}

// @ts-ignore: decorator
@inline function spread<T>(values: usize, flags: usize, into: usize, count: usize, none: T): i32 {
  let value = values;
  for (let at: usize = 0; at < count; at++) {
    const there = <usize>load<u8>(flags + at);
    store<T>(into + at * sizeof<T>(), there != 0 ? load<T>(value) : none);
    value += there * sizeof<T>();
  }
  return <i32>((value - values) / sizeof<T>());
}

/** [count] values of `bytes` (1, 2, 4 or 8) each from their places among `size`; gives how many there were. */
export function gatherAll(bytes: u32, values: usize, size: u32, places: usize, into: usize, count: usize): i32 {
  if (bytes == 8) return gather<u64>(values, size, places, into, count);
  if (bytes == 4) return gather<u32>(values, size, places, into, count);
  return bytes == 2 ? gather<u16>(values, size, places, into, count) : gather<u8>(values, size, places, into, count);
}

/** The same where `flags` say which of [count] rows have a value; others are `none`. Gives how many values there were. */
export function gatherFlagged(
  bytes: u32,
  values: usize,
  size: u32,
  places: usize,
  flags: usize,
  into: usize,
  count: usize,
  none: u64,
): i32 {
  if (bytes == 8) return gatherSome<u64>(values, size, places, flags, into, count, none);
  if (bytes == 4) return gatherSome<u32>(values, size, places, flags, into, count, <u32>none);
  if (bytes == 2) return gatherSome<u16>(values, size, places, flags, into, count, <u16>none);
  return gatherSome<u8>(values, size, places, flags, into, count, <u8>none);
}

/** The same of values that stand one behind the other. One behind the last may be looked at. */
export function spreadFlagged(bytes: u32, values: usize, flags: usize, into: usize, count: usize, none: u64): i32 {
  if (bytes == 8) return spread<u64>(values, flags, into, count, none);
  if (bytes == 4) return spread<u32>(values, flags, into, count, <u32>none);
  if (bytes == 2) return spread<u16>(values, flags, into, count, <u16>none);
  return spread<u8>(values, flags, into, count, <u8>none);
}

/**
 * [count] codes of texts by their places among `size`, up to the first whose code is `unknown`: gives how many were written;
 * -1 for a place that there is not.
 */
export function mapCodes(codes: usize, size: u32, places: usize, into: usize, count: usize, unknown: i32): i32 {
  for (let at: usize = 0; at < count; at++) {
    const place = load<u32>(places + at * 4);
    if (place >= size) return -1;
    const code = load<i32>(codes + place * 4);
    if (code == unknown) return <i32>at;
    store<i32>(into + at * 4, code);
  }
  return <i32>count;
}

/** Where the number that was read last ends; 0 for one that is cut off. */
let behind: usize = 0;

function varint(from: usize, end: usize): u64 {
  let value: u64 = 0;
  let at = from;
  for (let shift: u64 = 0; shift < 64 && at < end; shift += 7) {
    const byte: u64 = load<u8>(at++);
    value |= (byte & 127) << shift;
    if (byte < 128) {
      behind = at;
      return value;
    }
  }
  behind = 0;
  return 0;
}

// @ts-ignore: decorator
@inline function signed(value: u64): u64 {
  return (value >> 1) ^ (0 - (value & 1));
}

// @ts-ignore: decorator
@inline function deltas<T>(from: usize, end: usize, into: usize, count: usize): i32 {
  const block = varint(from, end);
  if (behind == 0) return -1;
  const parts = varint(behind, end);
  if (behind == 0) return -1;
  const total = varint(behind, end);
  if (behind == 0) return -1;
  let value = signed(varint(behind, end));
  if (behind == 0) return -1;
  let at = behind;
  if (count == 0 || total != <u64>count || block > 1 << 30 || parts == 0 || block % parts != 0) return -1;
  const size = block / parts;
  if (size == 0 || (size & 7) != 0) return -1;
  store<T>(into, <T>value);
  let to = into + sizeof<T>();
  const stop = into + count * sizeof<T>();
  while (to < stop) {
    const least = signed(varint(at, end));
    if (behind == 0 || parts > <u64>(end - behind)) return -1;
    const widths = behind;
    at = widths + <usize>parts;
    for (let part: usize = 0; part < <usize>parts && to < stop; part++) {
      const width: u64 = load<u8>(widths + part);
      // Numbers of 32 bits may be 33 apart, and there are writers that say so.
      if (width > 64 || (size * width) >> 3 > <u64>(end - at)) return -1;
      const mask: u64 = width == 64 ? ~(<u64>0) : (<u64>1 << width) - 1;
      const run = <usize>min(size, <u64>((stop - to) / sizeof<T>()));
      let bit: u64 = 0;
      for (const last = to + run * sizeof<T>(); to < last; to += sizeof<T>()) {
        const byte = at + <usize>(bit >> 3);
        const skipped = bit & 7;
        let delta = load<u64>(byte) >> skipped;
        if (skipped + width > 64) delta |= <u64>load<u8>(byte + 8) << (64 - skipped);
        value += least + (delta & mask);
        store<T>(to, <T>value);
        bit += width;
      }
      at += <usize>((size * width) >> 3);
    }
  }
  return <i32>(at - from);
}

/**
 * Whole numbers of `bytes` (4 or 8) as the differences between them (DELTA_BINARY_PACKED of
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/), as [count]; gives how many bytes they took. Nine bytes
 * behind `end` may be looked at.
 */
export function readDeltas(bytes: u32, from: usize, end: usize, into: usize, count: usize): i32 {
  return bytes == 8 ? deltas<u64>(from, end, into, count) : deltas<u32>(from, end, into, count);
}

/**
 * Bytes that [count] texts take, each behind its length: of each there are `shared` first bytes that it has in common with the
 * one before (none where `shared` is 0) and `own` ones that follow. -1 where one has more in common than there is, or where
 * all together have more own bytes than `bytes`.
 */
export function sizeOfTexts(shared: usize, own: usize, count: usize, bytes: usize): f64 {
  let length: u64 = 0;
  let left: u64 = bytes;
  let total: u64 = 0;
  for (let at: usize = 0; at < count; at++) {
    const before: u64 = shared == 0 ? 0 : load<u32>(shared + at * 4);
    const after: u64 = load<u32>(own + at * 4);
    if (before > length || after > left) return -1;
    length = before + after;
    left -= after;
    total += 4 + length;
  }
  return <f64>total;
}

/** Writes those texts, whose own bytes stand at `from` one behind the other, each behind its length of 32 bits. */
export function joinTexts(shared: usize, own: usize, count: usize, from: usize, into: usize): void {
  let last = into;
  let to = into;
  for (let at: usize = 0; at < count; at++) {
    const before: usize = shared == 0 ? 0 : load<u32>(shared + at * 4);
    const after: usize = load<u32>(own + at * 4);
    store<u32>(to, <u32>(before + after));
    to += 4;
    memory.copy(to, last, before);
    memory.copy(to + before, from, after);
    last = to;
    to += before + after;
    from += after;
  }
}

/** [count] values of `bytes` each whose first bytes all stand before their second ones (BYTE_STREAM_SPLIT). */
export function mergeBytes(bytes: usize, from: usize, into: usize, count: usize): void {
  for (let byte: usize = 0; byte < bytes; byte++) {
    let to = into + byte;
    const end = from + count;
    for (; from < end; from++, to += bytes) store<u8>(to, load<u8>(from));
  }
}
