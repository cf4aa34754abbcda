import type { Tree, TreeCategory, TreeFeature } from "../../tree-ensemble.ts";
import { MOST_OUTPUTS, treeEnsemble } from "../ensemble.ts";
import type { ImportedTrees } from "../imported-trees.ts";
import { integerOf, malformedLightgbm, textOf, unsupportedLightgbm } from "./key-value.ts";
import { modelText, type ModelText } from "./model-text.ts";
import { linkOfLightgbm } from "./objective-link.ts";
import { DECISION, missingGoesLeft, readTree, type LightgbmTree } from "./read-tree.ts";

/** Columns of a model at most. */
const MOST_FEATURES = 2 ** 20;

/** A feature, and for a categorical one the code of each of LightGBM's values. */
interface ReadFeature {
  readonly feature: TreeFeature;
  readonly codes?: ReadonlyMap<number, number> | undefined;
}

/** The categories of pandas columns by their place among the categorical features. */
function pandasLists(pandas: ModelText["pandas"], categorical: number) {
  if (pandas === undefined) return undefined;
  if (pandas.length === categorical) return pandas;
  // Columns of one category are not trained on, and no longer known to be categorical.
  const several = pandas.filter((list) => list.length > 1);
  if (several.length === categorical) return several;
  throw unsupportedLightgbm(
    "pandas_categorical",
    `${categorical} lists, one for each categorical feature`,
    `${pandas.length}, and no way to tell whose`,
  );
}

function isCategory(value: unknown): value is TreeCategory {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** The values that a feature's sets and its line in `feature_infos` name, ascending. */
function valuesOf(info: string, sets: readonly Uint32Array[]): number[] {
  const values = new Set<number>();
  for (const part of info.split(":")) if (/^\d+$/.test(part)) values.add(Number(part));
  for (const words of sets)
    for (const [at, word] of words.entries())
      for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) values.add(32 * at + bit);
  return [...values].sort((one, other) => one - other);
}

function readFeatures({ header, pandas }: ModelText, trees: readonly LightgbmTree[]): ReadFeature[] {
  const count = integerOf(header, "max_feature_idx", 0, MOST_FEATURES - 1) + 1;
  const names = textOf(header, "feature_names").split(" ");
  if (names.length !== count)
    throw malformedLightgbm("header, feature_names", `${count} names`, `${names.length}`);
  const infos = (header.values.get("feature_infos") ?? "").split(" ");
  const numeric = new Uint8Array(count);
  const zero = new Uint8Array(count);
  const sets = new Map<number, Uint32Array[]>();
  for (const tree of trees)
    for (const [node, bits] of tree.decision.entries()) {
      const feature = tree.feature[node]!;
      if (DECISION.categorical(bits)) {
        const list = sets.get(feature) ?? [];
        sets.set(feature, list);
        list.push(tree.sets[tree.threshold[node]!]!);
      } else {
        numeric[feature] = 1;
        if (DECISION.missing(bits) === "zero") zero[feature] = 1;
      }
    }
  const isCategorical = (at: number) => sets.has(at) || /^-?\d+(:-?\d+)*$/.test(infos[at] ?? "");
  const categorical = names.map((_, at) => at).filter(isCategorical);
  const lists = pandasLists(pandas, categorical.length);
  const listOf = new Map(categorical.map((at, place) => [at, lists?.[place]]));
  return names.map((name, at): ReadFeature => {
    if (!isCategorical(at))
      return { feature: { kind: "numeric", name, ...(zero[at] === 1 ? { zeroIsMissing: true } : {}) } };
    if (numeric[at] === 1)
      throw unsupportedLightgbm(`feature "${name}"`, "thresholds or sets of categories", "both");
    const list = listOf.get(at);
    if (list !== undefined && !list.every(isCategory))
      throw malformedLightgbm("pandas_categorical", "texts, numbers and truths", JSON.stringify(list));
    const values = valuesOf(infos[at] ?? "", sets.get(at) ?? []);
    const last = values.at(-1) ?? -1;
    if (list !== undefined && last >= list.length)
      throw malformedLightgbm(`feature "${name}"`, `codes below ${list.length}`, String(last));
    return {
      feature: { kind: "categorical", name, categories: (list as TreeCategory[] | undefined) ?? values },
      codes: list === undefined ? new Map(values.map((value, code) => [value, code])) : undefined,
    };
  });
}

/** Bits of codes of bits of values. */
function codeSet(words: Uint32Array, codes: ReadFeature["codes"]): Uint32Array {
  if (codes === undefined) return words;
  const out = new Uint32Array(words.length);
  for (const [at, word] of words.entries())
    for (let bit = 0; bit < 32; bit++) {
      if (((word >>> bit) & 1) === 0) continue;
      const code = codes.get(32 * at + bit)!;
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
    set: Int32Array.from({ length: nodes }, (_, node) =>
      isSet(node)
        ? sets.push(codeSet(read.sets[read.threshold[node]!]!, features[read.feature[node]!]!.codes)) - 1
        : -1,
    ),
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
 * forests. Raw scores are those of LightGBM to the bit; a feature's categories are LightGBM's integers, or the texts of
 * the pandas columns that it was trained on. A category that the training rows lacked goes right, as there; one that is
 * no whole number is missing here, where LightGBM cuts it.
 *
 * @throws MODEL_MALFORMED for a text that is no model, or damaged; MODEL_UNSUPPORTED, with the reason, for linear trees, unknown
 *   objectives, and features whose branches mean different things.
 * @example
 * const { ensemble, link } = readLightgbm(await readFile("model.txt", "utf8"));
 * const probabilities = applyLink(link, rawScores(ensemble, treeTable({ columns })));
 */
export function readLightgbm(text: string): ImportedTrees {
  const parts = modelText(text);
  const { header } = parts;
  const width = integerOf(header, "max_feature_idx", 0, MOST_FEATURES - 1) + 1;
  const trees = parts.trees.map((lines) => readTree(lines, width));
  const features = readFeatures(parts, trees);
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
