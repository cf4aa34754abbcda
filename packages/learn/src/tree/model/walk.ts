import type { PackedEnsemble, PackedTree } from "./pack.ts";

/**
 * The leaves' cells that rows of a block reach, into `ends`. Four rows walk side by side, so that the processor waits
 * for four loads at a time; those that have arrived stay where they are.
 *
 * @param block rows of `stride` slots, the last one NaN
 */
export function walkRows(
  { bounds, words }: PackedEnsemble,
  root: number,
  block: Float64Array,
  stride: number,
  rows: number,
  ends: Int32Array,
): void {
  let row = 0;
  for (let r = 0; row + 4 <= rows; row += 4, r += 4 * stride) {
    const r1 = r + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    let a = root;
    let b = root;
    let c = root;
    let d = root;
    for (;;) {
      const a1 = words[a + 3]! + (+(block[r + words[a + 2]!]! <= bounds[a >> 1]!) << 2);
      const b1 = words[b + 3]! + (+(block[r1 + words[b + 2]!]! <= bounds[b >> 1]!) << 2);
      const c1 = words[c + 3]! + (+(block[r2 + words[c + 2]!]! <= bounds[c >> 1]!) << 2);
      const d1 = words[d + 3]! + (+(block[r3 + words[d + 2]!]! <= bounds[d >> 1]!) << 2);
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
    let at = root;
    for (;;) {
      const next = words[at + 3]! + (+(block[r + words[at + 2]!]! <= bounds[at >> 1]!) << 2);
      if (next === at) break;
      at = next;
    }
    ends[row] = at;
  }
}

/** The leaves' cells that one row reaches in trees from `first` on, four of them side by side. */
export function walkTrees(
  { bounds, words, trees }: PackedEnsemble,
  first: number,
  block: Float64Array,
  ends: Int32Array,
): void {
  let a = trees[first]!.root;
  let b = trees[first + 1]!.root;
  let c = trees[first + 2]!.root;
  let d = trees[first + 3]!.root;
  for (;;) {
    const a1 = words[a + 3]! + (+(block[words[a + 2]!]! <= bounds[a >> 1]!) << 2);
    const b1 = words[b + 3]! + (+(block[words[b + 2]!]! <= bounds[b >> 1]!) << 2);
    const c1 = words[c + 3]! + (+(block[words[c + 2]!]! <= bounds[c >> 1]!) << 2);
    const d1 = words[d + 3]! + (+(block[words[d + 2]!]! <= bounds[d >> 1]!) << 2);
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
  { bounds, words, sets, firstCode, slots }: PackedEnsemble,
  { root }: Pick<PackedTree, "root">,
  block: Float64Array,
  rows: number,
  ends: Int32Array,
): void {
  const last = slots.length;
  const stride = last + 1;
  for (let row = 0, r = 0; row < rows; row++, r += stride) {
    let at = root;
    for (;;) {
      const slot = words[at + 2]!;
      if (slot === last) break;
      const x = block[r + slot]!;
      if (slot >= firstCode) {
        const code = x | 0;
        at = words[at + 3]! + (((sets[words[at]! + (code >>> 5)]! >>> (code & 31)) & 1) << 2);
      } else at = words[at + 3]! + (+(x <= bounds[at >> 1]!) << 2);
    }
    ends[row] = at;
  }
}
