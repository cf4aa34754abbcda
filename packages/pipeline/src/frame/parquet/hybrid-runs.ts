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
  let [at, done] = [start, 0];
  while (done < count) {
    let [head, scale] = [0, 1];
    for (let byte = 128; byte >= 128; scale *= 128) {
      if (at >= end || scale > 2 ** 35) throw new Error("runs that are cut off");
      byte = view.getUint8(at++);
      head += (byte & 127) * scale;
    }
    const size = Math.floor(head / 2);
    if (head % 2 === 0) {
      const run = Math.min(size, count - done);
      if (run === 0 || at + bytes > end) throw new Error("runs that are cut off");
      const value = bytes === 0 ? 0 : view.getInt32(at, true) & mask;
      into.fill(value, done, done + run);
      [at, done] = [at + bytes, done + run];
      continue;
    }
    const run = Math.min(size * 8, count - done);
    // What is packed last may lack the bytes of numbers that do not count.
    if (run === 0 || at + Math.ceil((run * width) / 8) > end) throw new Error("runs that are cut off");
    if (width === 1) unpackFlags(view, at, into, done, run);
    else if (width <= 25) unpackNarrow(view, at, width, mask, into, done, run);
    else unpackWide(view, at, width, mask, into, done, run);
    [at, done] = [at + size * width, done + run];
  }
}

function unpackFlags(
  view: DataView,
  start: number,
  into: Int32Array | Uint8Array,
  from: number,
  count: number,
): void {
  let [at, place] = [start, from];
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
  // Runs are short; bits are counted from their beginning, below 2^31.
  let [at, bit] = [start, 0];
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
  let [at, bit] = [start, 0];
  for (let place = from; place < from + count; place++) {
    const low = view.getInt32(at, true) >>> bit;
    into[place] = (bit === 0 ? low : low | (view.getUint8(at + 4) << (32 - bit))) & mask;
    bit += width;
    at += bit >> 3;
    bit &= 7;
  }
}
