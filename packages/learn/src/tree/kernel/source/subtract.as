/** Both sums of a bin in one 64-bit word are taken at once: hessians of a part never exceed those of the whole. */
export function subtract(from: usize, other: usize, bytes: usize): void {
  const end = from + bytes;
  while (from < end) {
    v128.store(from, i64x2.sub(v128.load(from), v128.load(other)));
    v128.store(from, i64x2.sub(v128.load(from, 16), v128.load(other, 16)), 16);
    from += 32;
    other += 32;
  }
}
