import type { Tree } from "../../tree-ensemble.ts";
import { MOST_OUTPUTS, treeEnsemble } from "../ensemble.ts";
import type { ImportedTrees } from "../imported-trees.ts";
import { integerOf, malformedLightgbm } from "./key-value.ts";
import { modelText } from "./model-text.ts";
import { linkOfLightgbm } from "./objective-link.ts";
import { askedSet, readFeatures, widthOf, type GivenCategories, type ReadFeature } from "./read-feature.ts";
import { DECISION, missingGoesLeft, readTree, type LightgbmTree } from "./read-tree.ts";

/** How a model of LightGBM is read. */
export interface LightgbmOptions {
  /**
   * The categories of categorical features by name, in the order of their codes; null for features that have LightGBM's
   * integers themselves. Needed where the text of a model trained on pandas columns does not tell whose categories are whose.
   */
  readonly categories?: GivenCategories;
}

/** Bits of codes of bits of values, no more words than categories need. */
function codeSet(words: Uint32Array, { codes, feature }: ReadFeature): Uint32Array {
  const most = feature.kind === "categorical" ? (feature.categories.length + 31) >>> 5 : 0;
  if (codes === undefined) return words.slice(0, most);
  // Codes follow the values, so that none is larger than its value.
  const out = new Uint32Array(Math.min(words.length, most));
  for (let at = 0; at < words.length; at++)
    for (let rest = words[at]!; rest !== 0; rest &= rest - 1) {
      const code = codes.get(32 * at + 31 - Math.clz32(rest & -rest))!;
      out[code >>> 5]! |= 1 << (code & 31);
    }
  return out;
}

/** Branches keep their numbers, leaf j comes after them all. */
function treeOf(read: LightgbmTree, features: readonly ReadFeature[]): Tree {
  const branches = read.leaves - 1;
  const nodes = branches + read.leaves;
  const both = (ofBranches: Float64Array, ofLeaves: Float64Array): Float64Array => {
    const out = new Float64Array(nodes);
    out.set(ofBranches);
    out.set(ofLeaves, branches);
    return out;
  };
  const children = (from: Float64Array): Int32Array =>
    Int32Array.from({ length: nodes }, (_, node) => {
      if (node >= branches) return -1;
      const child = from[node]!;
      return child >= 0 ? child : branches - child - 1;
    });
  const isSet = (node: number): boolean => node < branches && DECISION.categorical(read.decision[node]!);
  const sets: Uint32Array[] = [];
  const places = new Map<number, number>();
  const placeOf = (node: number): number => {
    const key = askedSet(read, node);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, sets.length);
    return sets.push(codeSet(read.sets[read.threshold[node]!]!, features[read.feature[node]!]!)) - 1;
  };
  return {
    feature: Int32Array.from({ length: nodes }, (_, node) => (node < branches ? read.feature[node]! : -1)),
    threshold: Float64Array.from({ length: nodes }, (_, node) =>
      node < branches && !isSet(node) ? read.threshold[node]! : Number.NaN,
    ),
    left: children(read.left),
    right: children(read.right),
    missingLeft: Uint8Array.from({ length: nodes }, (_, node) => {
      if (node >= branches || isSet(node)) return 0;
      const { feature } = features[read.feature[node]!]!;
      return missingGoesLeft(read, node, feature.kind === "numeric" && feature.zeroIsMissing === true)
        ? 1
        : 0;
    }),
    set: Int32Array.from({ length: nodes }, (_, node) => (isSet(node) ? placeOf(node) : -1)),
    sets,
    width: 1,
    value: both(read.branchValue, read.leafValue),
    count: both(read.branchCount, read.leafCount),
    weight: both(read.branchWeight, read.leafWeight),
    gain: both(read.gain, new Float64Array(read.leaves)),
  };
}

/**
 * Reads a model of LightGBM's `save_model`, versions 2 to 4: all three kinds of missing values, categories, several classes, random
 * forests. Raw scores are those of LightGBM to the bit, but of a random forest, whose raw scores are means here and sums there
 * (what prediction makes of them is the same).
 *
 * A feature's categories are LightGBM's integers, or those of the pandas columns that it was trained on; an ordered column of
 * pandas is a number, its code. A category that the training rows lacked goes right, as there; one that is no whole
 * number is missing here, where LightGBM cuts it.
 *
 * @throws MODEL_MALFORMED for a text that is no model, or damaged; MODEL_UNSUPPORTED, with the reason, for linear trees, unknown
 *   objectives, features whose branches mean different things, categories of pandas of which the text does not say whose they
 *   are (tell `categories`); ARGUMENT_INVALID for categories of no categorical feature.
 * @example
 * const { ensemble, link } = readLightgbm(await readFile("model.txt", "utf8"));
 * const probabilities = applyLink(link, rawScores(ensemble, treeTable({ columns })));
 */
export function readLightgbm(text: string, { categories = {} }: LightgbmOptions = {}): ImportedTrees {
  const parts = modelText(text);
  const { header } = parts;
  const width = widthOf(header);
  const trees = parts.trees.map((lines) => readTree(lines, width));
  const features = readFeatures(parts, trees, categories);
  const outputs = integerOf(header, "num_tree_per_iteration", 1, MOST_OUTPUTS);
  if (trees.length % outputs !== 0)
    throw malformedLightgbm("trees", `a multiple of ${outputs}, one an iteration`, String(trees.length));
  const objective = header.values.get("objective") ?? "";
  const ensemble = treeEnsemble({
    features: features.map(({ feature }) => feature),
    outputs,
    trees: trees.map((tree) => treeOf(tree, features)),
    target: Int32Array.from(trees, (_, at) => at % outputs),
    average: header.values.has("average_output"),
  });
  const link = linkOfLightgbm(objective);
  if (link.kind === "logistic" && outputs !== 1)
    throw malformedLightgbm("objective", "one score for two classes", String(outputs));
  return Object.freeze({ ensemble, link: Object.freeze(link), objective });
}
