/**
 * Unpacks a block of Snappy (https://github.com/google/snappy/blob/main/format_description.txt) into the front of `into`.
 *
 * @throws Error for what is none, or not of `size` bytes.
 */
export function unpackSnappy(
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  size: number,
): void {
  let at = start;
  let length = 0;
  let shift = 0;
  for (;;) {
    if (at >= end || shift > 28) throw broken();
    const byte = from[at++]!;
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
    shift += 7;
  }
  if (length !== size || size > into.length) throw broken();
  let out = 0;
  while (at < end) {
    const tag = from[at++]!;
    let run = (tag >> 2) + 1;
    if ((tag & 3) === 0) {
      if (run > 60) {
        const bytes = run - 60;
        run = 1;
        for (let byte = 0; byte < bytes; byte++) run += (from[at + byte] ?? 0) * 2 ** (8 * byte);
        at += bytes;
      }
      if (run > end - at || run > size - out) throw broken();
      if (run > 32) into.set(from.subarray(at, at + run), out);
      else for (let byte = 0; byte < run; byte++) into[out + byte] = from[at + byte]!;
      at += run;
      out += run;
      continue;
    }
    let back: number;
    if ((tag & 3) === 1) {
      run = ((tag >> 2) & 7) + 4;
      back = ((tag >> 5) << 8) | from[at]!;
      at += 1;
    } else if ((tag & 3) === 2) {
      back = from[at]! | (from[at + 1]! << 8);
      at += 2;
    } else {
      back = (from[at]! | (from[at + 1]! << 8) | (from[at + 2]! << 16) | (from[at + 3]! << 24)) >>> 0;
      at += 4;
    }
    if (at > end || back === 0 || back > out || run > size - out) throw broken();
    // A copy may reach into what it writes.
    if (run > 32 && back >= run) into.copyWithin(out, out - back, out - back + run);
    else for (let byte = 0; byte < run; byte++) into[out + byte] = into[out - back + byte]!;
    out += run;
  }
  if (out !== size) throw broken();
}

function broken(): Error {
  return new Error("a damaged block of Snappy");
}
