/** mulberry32: numbers in [0, 1) that a seed repeats. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that mean much to a reader of protobuf: lengths near and far, ends of varints, tags of nested messages. */
const TELLING = [0, 1, 2, 8, 10, 18, 34, 42, 50, 58, 0x7f, 0x80, 0xfe, 0xff];

type Random = (below: number) => number;

function flip(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  for (let left = 1 + random(6); left > 0; left -= 1) {
    const at = random(copy.length);
    copy[at] = random(2) === 0 ? copy[at]! ^ (1 << random(8)) : TELLING[random(TELLING.length)]!;
  }
  return copy;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** A length of up to ten bytes that is a lie, in the place of a byte. */
function lie(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length);
  const length = Uint8Array.from({ length: random(10) }, () => 0x80 | random(128));
  return join(bytes.subarray(0, at), length, Uint8Array.of(random(128)), bytes.subarray(at + 1));
}

function splice(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const [from, to] = [random(other.length), random(other.length)];
  const at = random(bytes.length);
  const part = other.subarray(Math.min(from, to), Math.max(from, to));
  return join(bytes.subarray(0, at), part, bytes.subarray(at + random(bytes.length - at)));
}

/** A field that holds a field that holds a field, up to some hundred deep. */
function nest(bytes: Uint8Array, random: Random): Uint8Array {
  const tags = [[0x3a], [0x0a, 0x2a, 0x32], [0x22, 0x0a], [0x2a]][random(4)]!;
  let inner: Uint8Array = bytes.subarray(0, random(40));
  for (let depth = random(300); depth > 0; depth -= 1) {
    const { length } = inner;
    const size = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
    inner = join(Uint8Array.of(tags[depth % tags.length]!, ...size), inner);
  }
  const at = random(bytes.length);
  return random(2) === 0
    ? join(Uint8Array.of(0x3a), size2(inner.length), inner)
    : join(bytes.subarray(0, at), inner);
}

function size2(length: number): Uint8Array {
  return Uint8Array.of((length & 0x7f) | 0x80, length >> 7);
}

/**
 * A file damaged at random: cut, bits turned, lengths that lie, parts of others put in, nested deep. The same random
 * numbers give the same file.
 */
export function damaged(seeds: readonly Uint8Array[], random: () => number): Uint8Array {
  const below: Random = (limit) => Math.floor(random() * limit);
  const bytes = seeds[below(seeds.length)]!;
  switch (below(8)) {
    case 0:
      return bytes.slice(0, below(bytes.length));
    case 1:
      return lie(bytes, below);
    case 2:
      return splice(bytes, seeds[below(seeds.length)]!, below);
    case 3:
      return nest(bytes, below);
    case 4:
      return lie(flip(bytes, below), below);
    default:
      return flip(bytes, below);
  }
}
