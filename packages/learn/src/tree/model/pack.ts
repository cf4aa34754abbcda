import { tidelineError } from "@tideline/spec";
import { treeCounts } from "./output-scale.ts";
import { numberAfter } from "./number-after.ts";
import type { Tree, TreeEnsemble, TreeFeature } from "../tree-ensemble.ts";

/** What a walk reads of a row: a feature's value as it is or negated, or a category's code. */
export interface Slot {
  readonly feature: number;
  readonly kind: "value" | "negated" | "code";
}

/** A packed tree: entries of its nodes by levels, so that the root is 0 and children lie side by side. */
export interface PackedTree {
  /** Of each node: the first child's place times 2^bits, plus a slot of the row. A view of `PackedEnsemble.control`. */
  readonly control: Int32Array;
  /** Of each node. A view of `PackedEnsemble.bounds`. */
  readonly bounds: Float64Array;
  /** Where the views begin. */
  readonly start: number;
  /** Whether a branch asks for a set of categories. */
  readonly categorical: boolean;
  /** The output that is added to; -1 for all of several. */
  readonly target: number;
  /** Which of the tree's nodes each entry is. */
  readonly nodes: Int32Array;
}

/**
 * An ensemble's nodes, packed for walking without a jump that could be mispredicted: from a node a row goes on to the first
 * child or, where its number in the node's slot is at most the node's bound, to the second.
 *
 * What is missing is NaN, which is at most nothing. Where it goes right, children are kept as (right, left) and the question
 * is x <= t; where it goes left they are kept as (left, right), and the question x > t is put as -x <= -(the number after
 * t), to a slot that holds the negated value. A leaf asks the last slot, which is NaN in every row, and leads to itself; its bound is what
 * it adds, or a row of `rows`. A branch of categories asks a slot of codes, from `firstCode` on: bit `code` of `sets`, its
 * bound being the first word.
 */
export interface PackedEnsemble {
  readonly slots: readonly Slot[];
  readonly firstCode: number;
  /** Bits of a control word that are the slot. */
  readonly bits: number;
  readonly control: Int32Array;
  readonly bounds: Float64Array;
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

/** Words of sets at most: 256 MiB. */
const MOST_SET_WORDS = 2 ** 26;

/** The bits of a branch's set, that of what is missing included; equal ones are kept once. */
function setKeeper() {
  const words: number[] = [];
  const places = new Map<string, number>();
  const known = new Map<Uint32Array, Map<number, number>>();
  const keep = (set: Uint32Array, codes: number, missing: number): number => {
    let end = set.length;
    while (end > 0 && set[end - 1] === 0) end--;
    const key = `${codes},${missing},${set.subarray(0, end).join()}`;
    const place = places.get(key);
    if (place !== undefined) return place;
    const bits = new Int32Array((codes >>> 5) + 1);
    if (words.length + bits.length > MOST_SET_WORDS)
      throw tidelineError("MODEL_UNSUPPORTED", {
        who: "rawScores",
        field: "sets",
        expected: `at most ${MOST_SET_WORDS} words, one for 32 categories of each different set`,
        received: "more",
      });
    bits.set(set.subarray(0, Math.min(end, bits.length)));
    bits[codes >>> 5]! |= missing << (codes & 31);
    places.set(key, words.length);
    for (const word of bits) words.push(word);
    return words.length - bits.length;
  };
  return {
    words,
    place(tree: Tree, node: number, { categories }: Extract<TreeFeature, { kind: "categorical" }>): number {
      const set = tree.sets[tree.set[node]!]!;
      const missing = tree.missingLeft[node]!;
      const own = known.get(set) ?? new Map<number, number>();
      known.set(set, own);
      // Branches may share a set, which is looked at once.
      const asked = 2 * categories.length + missing;
      const place = own.get(asked) ?? keep(set, categories.length, missing);
      own.set(asked, place);
      return place;
    },
  };
}

/**
 * Packs an ensemble.
 *
 * @throws MODEL_UNSUPPORTED where a tree's nodes times the ensemble's slots do not fit 32 bits, or sets take too much room.
 */
export function packEnsemble(ensemble: TreeEnsemble): PackedEnsemble {
  const { features, trees, outputs, target } = ensemble;
  const { slots, firstCode, placeOf } = slotsOf(ensemble);
  const bits = Math.ceil(Math.log2(slots.length + 1));
  const total = trees.reduce((sum, { feature }) => sum + feature.length, 0);
  const control = new Int32Array(total);
  const bounds = new Float64Array(total);
  const keeper = setKeeper();
  const rows: number[] = [];
  let start = 0;

  const packed = trees.map((tree, at): PackedTree => {
    const size = tree.feature.length;
    if (size * 2 ** bits > 2 ** 32)
      throw tidelineError("MODEL_UNSUPPORTED", {
        who: "rawScores",
        field: `tree ${at}`,
        expected: `at most ${2 ** (32 - bits)} nodes, as ${slots.length} columns are asked`,
        received: String(size),
      });
    const nodes = new Int32Array(size);
    let end = 1;
    let categorical = false;
    for (let k = 0; k < end; k++) {
      const node = nodes[k]!;
      const asked = tree.feature[node]!;
      if (asked === -1) {
        control[start + k] = (k << bits) | slots.length;
        bounds[start + k] = tree.width === 1 ? tree.value[node]! : rows.length / outputs;
        if (tree.width > 1) for (let j = 0; j < outputs; j++) rows.push(tree.value[node * outputs + j]!);
        continue;
      }
      const feature = features[asked]!;
      const negated = feature.kind === "numeric" && tree.missingLeft[node] === 1;
      control[start + k] = (end << bits) | placeOf(2 * asked + (negated ? 1 : 0));
      if (feature.kind === "categorical") {
        categorical = true;
        bounds[start + k] = keeper.place(tree, node, feature);
      } else {
        const threshold = tree.threshold[node]!;
        bounds[start + k] = negated ? -numberAfter(threshold) : threshold;
      }
      nodes[end] = negated ? tree.left[node]! : tree.right[node]!;
      nodes[end + 1] = negated ? tree.right[node]! : tree.left[node]!;
      end += 2;
    }
    const to = tree.width > 1 ? -1 : Math.max(0, target[at]!);
    start += size;
    const views = {
      control: control.subarray(start - size, start),
      bounds: bounds.subarray(start - size, start),
    };
    return { ...views, start: start - size, categorical, target: to, nodes };
  });
  return {
    slots,
    firstCode,
    bits,
    control,
    bounds,
    trees: packed,
    sets: Int32Array.from(keeper.words),
    rows: Float64Array.from(rows),
    counts: treeCounts(ensemble),
  };
}
