import type { PackedEnsemble, PackedTree } from "./pack.ts";

/**
 * The leaves that rows of a block reach in a tree, by their entries, into `ends`. Four rows walk side by side, so that the
 * processor waits for four loads at a time; those that have arrived stay where they are.
 *
 * @param block rows of as many numbers as there are slots, and a NaN
 */
export function walkRows(
  { bits, slots }: PackedEnsemble,
  { control, bounds }: PackedTree,
  block: Float64Array,
  rows: number,
  ends: Int32Array,
): void {
  const stride = slots.length + 1;
  const mask = (1 << bits) - 1;
  let row = 0;
  for (let r = 0; row + 4 <= rows; row += 4, r += 4 * stride) {
    const r1 = r + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (;;) {
      const wa = control[a]!;
      const wb = control[b]!;
      const wc = control[c]!;
      const wd = control[d]!;
      const a1 = (wa >>> bits) + +(block[r + (wa & mask)]! <= bounds[a]!);
      const b1 = (wb >>> bits) + +(block[r1 + (wb & mask)]! <= bounds[b]!);
      const c1 = (wc >>> bits) + +(block[r2 + (wc & mask)]! <= bounds[c]!);
      const d1 = (wd >>> bits) + +(block[r3 + (wd & mask)]! <= bounds[d]!);
      const still = (a ^ a1) | (b ^ b1) | (c ^ c1) | (d ^ d1);
      if (still === 0) break;
      a = a1;
      b = b1;
      c = c1;
      d = d1;
    }
    ends[row] = a;
    ends[row + 1] = b;
    ends[row + 2] = c;
    ends[row + 3] = d;
  }
  for (; row < rows; row++) {
    const r = row * stride;
    let at = 0;
    for (;;) {
      const word = control[at]!;
      const next = (word >>> bits) + +(block[r + (word & mask)]! <= bounds[at]!);
      if (next === at) break;
      at = next;
    }
    ends[row] = at;
  }
}

/** The leaves that one row reaches in four trees from `first` on, which walk side by side. */
export function walkTrees(
  { bits, control, bounds, trees }: PackedEnsemble,
  first: number,
  block: Float64Array,
  ends: Int32Array,
): void {
  const mask = (1 << bits) - 1;
  const s = trees[first]!.start;
  const s1 = trees[first + 1]!.start;
  const s2 = trees[first + 2]!.start;
  const s3 = trees[first + 3]!.start;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (;;) {
    const wa = control[s + a]!;
    const wb = control[s1 + b]!;
    const wc = control[s2 + c]!;
    const wd = control[s3 + d]!;
    const a1 = (wa >>> bits) + +(block[wa & mask]! <= bounds[s + a]!);
    const b1 = (wb >>> bits) + +(block[wb & mask]! <= bounds[s1 + b]!);
    const c1 = (wc >>> bits) + +(block[wc & mask]! <= bounds[s2 + c]!);
    const d1 = (wd >>> bits) + +(block[wd & mask]! <= bounds[s3 + d]!);
    const still = (a ^ a1) | (b ^ b1) | (c ^ c1) | (d ^ d1);
    if (still === 0) break;
    a = a1;
    b = b1;
    c = c1;
    d = d1;
  }
  ends[0] = a;
  ends[1] = b;
  ends[2] = c;
  ends[3] = d;
}

/** As {@link walkRows}, for trees that ask for sets of categories, too. */
export function walkMixed(
  { bits, sets, firstCode, slots }: PackedEnsemble,
  { control, bounds }: PackedTree,
  block: Float64Array,
  rows: number,
  ends: Int32Array,
): void {
  const last = slots.length;
  const stride = last + 1;
  const mask = (1 << bits) - 1;
  for (let row = 0, r = 0; row < rows; row++, r += stride) {
    let at = 0;
    for (;;) {
      const word = control[at]!;
      const slot = word & mask;
      if (slot === last) break;
      const x = block[r + slot]!;
      const bound = bounds[at]!;
      if (slot < firstCode) at = (word >>> bits) + +(x <= bound);
      else at = (word >>> bits) + ((sets[bound + (x >>> 5)]! >>> (x & 31)) & 1);
    }
    ends[row] = at;
  }
}
