import { isZero, ZERO_SIZE } from "../zero.ts";
import {
  integerOf,
  integersOf,
  malformedLightgbm,
  numbersOf,
  unsupportedLightgbm,
  type KeyValues,
} from "./key-value.ts";

/** Leaves of a tree at most. */
const MOST_LEAVES = 2 ** 24;

/** A tree as the text has it: branches from 0 on, leaves as -1, -2, ... */
export interface LightgbmTree {
  readonly title: string;
  readonly leaves: number;
  readonly feature: Float64Array;
  readonly threshold: Float64Array;
  readonly decision: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly gain: Float64Array;
  readonly leafValue: Float64Array;
  readonly leafWeight: Float64Array;
  readonly leafCount: Float64Array;
  readonly branchValue: Float64Array;
  readonly branchWeight: Float64Array;
  readonly branchCount: Float64Array;
  /** Of each set of categories, the values that go left, as bits. */
  readonly sets: readonly Uint32Array[];
}

/** What the bits of `decision_type` say. */
export const DECISION = {
  categorical: (bits: number) => (bits & 1) === 1,
  defaultLeft: (bits: number) => (bits & 2) === 2,
  missing: (bits: number) => (["none", "zero", "nan"] as const)[(bits >> 2) & 3],
};

function readSets(from: KeyValues): Uint32Array[] {
  const count = integerOf(from, "num_cat", 0, MOST_LEAVES);
  if (count === 0) return [];
  const bounds = integersOf(from, "cat_boundaries", count + 1, 0, 2 ** 31);
  const words = integersOf(from, "cat_threshold", bounds[count]!, 0, 2 ** 32 - 1);
  return Array.from({ length: count }, (_, at) => {
    const [start, end] = [bounds[at]!, bounds[at + 1]!];
    if (start > end || (at === 0 && start !== 0))
      throw malformedLightgbm(`${from.title}, cat_boundaries`, "ascending from 0", `${start}, ${end}`);
    return Uint32Array.from(words.subarray(start, end));
  });
}

/** Reads the lines of a tree; what they say of children is checked with the ensemble. */
export function readTree(from: KeyValues, features: number): LightgbmTree {
  const leaves = integerOf(from, "num_leaves", 1, MOST_LEAVES);
  if ((from.values.get("is_linear") ?? "0") !== "0")
    throw unsupportedLightgbm(
      from.title,
      "leaves that are numbers",
      "linear_tree: leaves that are linear models",
      "Train with linear_tree=false.",
    );
  const branches = leaves - 1;
  const sets = readSets(from);
  const tree: LightgbmTree = {
    title: from.title,
    leaves,
    feature: integersOf(from, "split_feature", branches, 0, features - 1),
    threshold: numbersOf(from, "threshold", branches),
    decision: integersOf(from, "decision_type", branches, 0, 15),
    left: integersOf(from, "left_child", branches, -leaves, branches - 1),
    right: integersOf(from, "right_child", branches, -leaves, branches - 1),
    gain: numbersOf(from, "split_gain", branches, true),
    leafValue: numbersOf(from, "leaf_value", leaves),
    leafWeight: numbersOf(from, "leaf_weight", leaves, true),
    leafCount: numbersOf(from, "leaf_count", leaves, true),
    branchValue: numbersOf(from, "internal_value", branches, true),
    branchWeight: numbersOf(from, "internal_weight", branches, true),
    branchCount: numbersOf(from, "internal_count", branches, true),
    sets,
  };
  for (const [node, bits] of tree.decision.entries()) {
    const fail = (field: string, expected: string) =>
      malformedLightgbm(`${from.title}, node ${node}, ${field}`, expected, String(tree.threshold[node]));
    if (DECISION.missing(bits) === undefined) throw fail("decision_type", "a known missing type");
    if (DECISION.categorical(bits) && sets[tree.threshold[node]!] === undefined)
      throw fail("threshold", `a set from 0 to ${sets.length - 1}`);
  }
  return tree;
}

/**
 * Whether what is missing goes left at a numeric branch. Without a missing type, NaN is 0 in LightGBM. Where 0 is missing for
 * the feature in other trees but not here, or here but not so marked, that must make no difference.
 *
 * @throws MODEL_UNSUPPORTED where it does.
 */
export function missingGoesLeft(tree: LightgbmTree, node: number, zeroIsMissing: boolean): boolean {
  const bits = tree.decision[node]!;
  const threshold = tree.threshold[node]!;
  const kind = DECISION.missing(bits);
  const left = kind === "none" ? 0 <= threshold : DECISION.defaultLeft(bits);
  if (!zeroIsMissing || kind === "zero") return left;
  const zerosLeft = threshold >= ZERO_SIZE;
  const zerosTogether = zerosLeft || !(isZero(threshold) || threshold === -ZERO_SIZE);
  if (zerosTogether && left === zerosLeft) return left;
  throw unsupportedLightgbm(
    `${tree.title}, node ${node}`,
    "one meaning of 0 for all branches of a feature",
    "0 is missing in some of them, and a number here",
    "Do not continue a model with another zero_as_missing.",
  );
}
