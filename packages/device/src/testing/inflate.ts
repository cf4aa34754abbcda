/** Lengths and distances of DEFLATE's symbols (RFC 1951, section 3.2.5): base and extra bits. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, symbol) => Math.max(0, (symbol >> 1) - 1));
/** Order in which the lengths of the code length code stand (section 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const bases = (extra: readonly number[], first: number): readonly number[] => {
  let next = first;
  return extra.map((bits) => {
    next += 1 << bits;
    return next - (1 << bits);
  });
};
const LENGTH_BASE = [...bases(LENGTH_EXTRA.slice(0, 28), 3), 258];
const DISTANCE_BASE = bases(DISTANCE_EXTRA, 1);

/** Canonical codes by `length, code` (section 3.2.2). */
type Codes = ReadonlyMap<number, number>;

function codesOf(lengths: readonly number[]): Codes {
  const codes = new Map<number, number>();
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      codes.set((length << 16) | code, symbol);
      code += 1;
    }
    code <<= 1;
  }
  return codes;
}

const fixed = (): readonly [Codes, Codes] => [
  codesOf(
    Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  ),
  codesOf(Array.from({ length: 30 }, () => 5)),
];

/**
 * What DEFLATE data stands for, and how many bytes it took (RFC 1951). Slow and plain: it is the other side of the
 * gzip port in its conformance suite, which must run where no decompression is at hand. Throws for malformed data.
 */
export function inflate(bytes: Uint8Array): { readonly data: Uint8Array; readonly length: number } {
  const out: number[] = [];
  let position = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1, position += 1) {
      const byte = bytes[position >> 3];
      if (byte === undefined) throw new RangeError("inflate: the data ends in the middle");
      value |= ((byte >> (position & 7)) & 1) << index;
    }
    return value;
  };
  const symbol = (codes: Codes): number => {
    let code = 0;
    for (let length = 1; length <= 15; length += 1) {
      code = (code << 1) | bits(1);
      const found = codes.get((length << 16) | code);
      if (found !== undefined) return found;
    }
    throw new RangeError("inflate: no such code");
  };
  const dynamic = (): readonly [Codes, Codes] => {
    const [literals, distances, count] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const lengths = Array.from({ length: 19 }, () => 0);
    for (const index of ORDER.slice(0, count)) lengths[index] = bits(3);
    const codes = codesOf(lengths);
    const all: number[] = [];
    while (all.length < literals + distances) {
      const next = symbol(codes);
      const [value, times] =
        next < 16
          ? [next, 1]
          : next === 16
            ? [all[all.length - 1]!, bits(2) + 3]
            : [0, next === 17 ? bits(3) + 3 : bits(7) + 11];
      for (let index = 0; index < times; index += 1) all.push(value);
    }
    return [codesOf(all.slice(0, literals)), codesOf(all.slice(literals))];
  };

  for (let isLast = false; !isLast;) {
    isLast = bits(1) === 1;
    const kind = bits(2);
    if (kind === 3) throw new RangeError("inflate: no such block");
    if (kind === 0) {
      position = (position + 7) & ~7;
      const length = bits(16);
      if ((length ^ 0xffff) !== bits(16)) throw new RangeError("inflate: a stored block's length is damaged");
      for (let index = 0; index < length; index += 1) out.push(bits(8));
      continue;
    }
    const [literals, distances] = kind === 1 ? fixed() : dynamic();
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) {
        out.push(next);
        continue;
      }
      const length = LENGTH_BASE[next - 257]! + bits(LENGTH_EXTRA[next - 257]!);
      const far = symbol(distances);
      const distance = DISTANCE_BASE[far]! + bits(DISTANCE_EXTRA[far]!);
      if (distance > out.length) throw new RangeError("inflate: a distance before the start");
      for (let index = 0; index < length; index += 1) out.push(out[out.length - distance]!);
    }
  }
  return { data: Uint8Array.from(out), length: (position + 7) >> 3 };
}
