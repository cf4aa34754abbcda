/**
 * Reads numbers of `width` bits (0..32) in Parquet's hybrid of runs and packed bits from bytes `start`..`end` into the
 * front of `into`, `count` of them. See https://parquet.apache.org/docs/file-format/data-pages/encodings/. Eight bytes
 * behind `end` may be looked at.
 *
 * @throws Error where they end before.
 */
export function readHybrid(
  view: DataView,
  start: number,
  end: number,
  width: number,
  into: Int32Array | Uint8Array,
  count: number,
): void {
  if (width > 32) throw new Error(`numbers of ${width} bits`);
  const bytes = (width + 7) >> 3;
  const mask = width === 32 ? -1 : (1 << width) - 1;
  // No lists of names in these loops: each would be an array, until the loop is compiled and after each time it is left.
  let at = start;
  let done = 0;
  while (done < count) {
    if (at >= end) throw cutOff();
    let head = view.getUint8(at++);
    if (head >= 128) {
      head &= 127;
      for (let shift = 7, byte = 128; byte >= 128; shift += 7) {
        if (at >= end || shift > 28) throw cutOff();
        byte = view.getUint8(at++);
        head |= (byte & 127) << shift;
      }
    }
    const size = head >>> 1;
    if ((head & 1) === 0) {
      const run = Math.min(size, count - done);
      if (run === 0 || at + bytes > end) throw cutOff();
      into.fill(bytes === 0 ? 0 : view.getInt32(at, true) & mask, done, done + run);
      at += bytes;
      done += run;
      continue;
    }
    const run = Math.min(size * 8, count - done);
    // What is packed last may lack the bytes of numbers that do not count.
    if (run === 0 || at + Math.ceil((run * width) / 8) > end) throw cutOff();
    if (width === 1) unpackFlags(view, at, into, done, run);
    else if (width <= 25) unpackNarrow(view, at, width, mask, into, done, run);
    else unpackWide(view, at, width, mask, into, done, run);
    at += size * width;
    done += run;
  }
}

function cutOff(): Error {
  return new Error("runs that are cut off");
}

function unpackFlags(
  view: DataView,
  start: number,
  into: Int32Array | Uint8Array,
  from: number,
  count: number,
): void {
  let at = start;
  let place = from;
  for (const whole = from + (count & ~7); place < whole; place += 8) {
    const byte = view.getUint8(at++);
    into[place] = byte & 1;
    into[place + 1] = (byte >> 1) & 1;
    into[place + 2] = (byte >> 2) & 1;
    into[place + 3] = (byte >> 3) & 1;
    into[place + 4] = (byte >> 4) & 1;
    into[place + 5] = (byte >> 5) & 1;
    into[place + 6] = (byte >> 6) & 1;
    into[place + 7] = byte >> 7;
  }
  for (let bit = 0; place < from + count; bit++) into[place++] = (view.getUint8(at) >> bit) & 1;
}

function unpackNarrow(
  view: DataView,
  start: number,
  width: number,
  mask: number,
  into: Int32Array | Uint8Array,
  from: number,
  count: number,
): void {
  let at = start;
  let bit = 0;
  for (let place = from; place < from + count; place++) {
    into[place] = (view.getInt32(at, true) >>> bit) & mask;
    bit += width;
    at += bit >> 3;
    bit &= 7;
  }
}

function unpackWide(
  view: DataView,
  start: number,
  width: number,
  mask: number,
  into: Int32Array | Uint8Array,
  from: number,
  count: number,
): void {
  let at = start;
  let bit = 0;
  for (let place = from; place < from + count; place++) {
    const low = view.getInt32(at, true) >>> bit;
    into[place] = (bit === 0 ? low : low | (view.getUint8(at + 4) << (32 - bit))) & mask;
    bit += width;
    at += bit >> 3;
    bit &= 7;
  }
}
