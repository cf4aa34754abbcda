import { numberAfter } from "./number-after.ts";
import type { Tree, TreeEnsemble, TreeFeature } from "../tree-ensemble.ts";

/** What a walk reads of a row: a feature's value as it is or negated, or a category's code. */
export interface Slot {
  readonly feature: number;
  readonly kind: "value" | "negated" | "code";
}

/** How a packed tree is walked. */
export interface PackedTree {
  /** The root's cell. */
  readonly root: number;
  /** Whether a branch asks for a set of categories. */
  readonly categorical: boolean;
  /** The output that is added to; -1 for all of several. */
  readonly target: number;
  /** The cell of the first node; cells of a tree follow one another in the order of a walk by levels. */
  readonly nodes: Int32Array;
}

/**
 * An ensemble's nodes in cells of 16 bytes, for walking without a jump that could be mispredicted. At cell c (4 times the node's place), a row goes
 * on to `words[c + 3]` or, where its number in slot `words[c + 2]` is at most `bounds[c / 2]`, to the cell after that.
 *
 * What is missing is NaN, which is at most nothing: where it goes right, children are stored (right, left) and the question is x <= t; where it goes left they are stored
 * (left, right) and the question x > t is put as -x <= -(the number after t), of a slot that holds the negated value. A leaf
 * asks the last slot, which is NaN in every row, and leads to itself; its bound is what it adds, or a row of `rows`.
 * A branch of categories asks a slot of codes, from `firstCode` on: bit `code` of `sets`, from word `words[c]` on.
 */
export interface PackedEnsemble {
  readonly slots: readonly Slot[];
  readonly firstCode: number;
  readonly bounds: Float64Array;
  readonly words: Int32Array;
  readonly trees: readonly PackedTree[];
  /** One bit more than there are categories: the last says where what is missing goes. */
  readonly sets: Int32Array;
  /** Leaves' numbers where they have several. */
  readonly rows: Float64Array;
  /** Trees that add to each output. */
  readonly counts: Float64Array;
}

/** The slots of an ensemble, in an order in which codes come last. */
function slotsOf({ trees, features }: TreeEnsemble) {
  const seen = new Set<number>();
  for (const { feature, missingLeft } of trees)
    for (const [node, asked] of feature.entries())
      if (asked !== -1) seen.add(2 * asked + (features[asked]!.kind === "numeric" ? missingLeft[node]! : 0));
  const kindOf = (key: number): Slot["kind"] =>
    features[key >> 1]!.kind === "categorical" ? "code" : key % 2 === 1 ? "negated" : "value";
  const slots = [...seen]
    .sort((left, right) => left - right)
    .map((key): Slot => ({ feature: key >> 1, kind: kindOf(key) }));
  const values = slots.filter(({ kind }) => kind !== "code");
  const ordered = [...values, ...slots.filter(({ kind }) => kind === "code")];
  const places = new Map(
    ordered.map(({ feature, kind }, at) => [2 * feature + (kind === "negated" ? 1 : 0), at]),
  );
  return { slots: ordered, firstCode: values.length, placeOf: (key: number) => places.get(key)! };
}

/** The bits of a branch's set, that of what is missing included; equal ones are kept once. */
function setKeeper() {
  const words: number[] = [];
  const places = new Map<string, number>();
  return {
    words,
    place(tree: Tree, node: number, { categories }: Extract<TreeFeature, { kind: "categorical" }>): number {
      const codes = categories.length;
      const bits = new Int32Array((codes >>> 5) + 1);
      bits.set(tree.sets[tree.set[node]!]!.subarray(0, bits.length));
      bits[codes >>> 5]! |= tree.missingLeft[node]! << (codes & 31);
      const key = bits.join();
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, words.length);
      for (const word of bits) words.push(word);
      return words.length - bits.length;
    },
  };
}

/** Packs an ensemble. */
export function packEnsemble(ensemble: TreeEnsemble): PackedEnsemble {
  const { features, trees, outputs, target } = ensemble;
  const { slots, firstCode, placeOf } = slotsOf(ensemble);
  const total = trees.reduce((sum, { feature }) => sum + feature.length, 0);
  const words = new Int32Array(4 * total);
  const bounds = new Float64Array(words.buffer);
  const keeper = setKeeper();
  const rows: number[] = [];
  const counts = new Float64Array(outputs);
  let free = 0;

  const packed = trees.map((tree, at): PackedTree => {
    const root = free;
    const nodes = new Int32Array(tree.feature.length);
    // Nodes by levels, children side by side: the cell of nodes[k] is root + 4 * k.
    let end = 1;
    let categorical = false;
    for (let k = 0; k < end; k++) {
      const node = nodes[k]!;
      const cell = root + 4 * k;
      const asked = tree.feature[node]!;
      if (asked === -1) {
        words[cell + 2] = slots.length;
        words[cell + 3] = cell;
        bounds[cell / 2] = tree.width === 1 ? tree.value[node]! : rows.length / outputs;
        if (tree.width > 1) for (let j = 0; j < outputs; j++) rows.push(tree.value[node * outputs + j]!);
        continue;
      }
      const feature = features[asked]!;
      const negated = feature.kind === "numeric" && tree.missingLeft[node] === 1;
      words[cell + 2] = placeOf(2 * asked + (negated ? 1 : 0));
      words[cell + 3] = root + 4 * end;
      if (feature.kind === "categorical") {
        categorical = true;
        words[cell] = keeper.place(tree, node, feature);
      } else {
        const threshold = tree.threshold[node]!;
        bounds[cell / 2] = negated ? -numberAfter(threshold) : threshold;
      }
      nodes[end] = negated ? tree.left[node]! : tree.right[node]!;
      nodes[end + 1] = negated ? tree.right[node]! : tree.left[node]!;
      end += 2;
    }
    free += 4 * end;
    const to = tree.width > 1 ? -1 : Math.max(0, target[at]!);
    for (let output = 0; output < outputs; output++) if (to === -1 || to === output) counts[output]!++;
    return { root, categorical, target: to, nodes };
  });
  return {
    slots,
    firstCode,
    bounds,
    words,
    trees: packed,
    sets: Int32Array.from(keeper.words),
    rows: Float64Array.from(rows),
    counts,
  };
}
