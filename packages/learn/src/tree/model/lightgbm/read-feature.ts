import { tidelineError } from "@tideline/spec";
import type { TreeCategory, TreeFeature } from "../../tree-ensemble.ts";
import { integerOf, malformedLightgbm, textOf, unsupportedLightgbm, type KeyValues } from "./key-value.ts";
import type { ModelText } from "./model-text.ts";
import { codeRange, pandasLists, unclearLists, type CodeRange } from "./pandas-category.ts";
import { DECISION, type LightgbmTree } from "./read-tree.ts";

/** Columns of a model at most. */
const MOST_FEATURES = 2 ** 20;

/** Words of sets at most, counted for each feature that a set is asked of: LightGBM's own trees share none. */
const MOST_SET_WORDS = 2 ** 25;

/** Categories of features by name, in the order of their codes; null for LightGBM's integers themselves. */
export type GivenCategories = Readonly<Record<string, readonly TreeCategory[] | null>>;

/** A feature, and for a categorical one the code of each of LightGBM's values; undefined where these are the codes. */
export interface ReadFeature {
  readonly feature: TreeFeature;
  readonly codes?: ReadonlyMap<number, number> | undefined;
}

/** The number of a model's columns. */
export function widthOf(header: KeyValues): number {
  return integerOf(header, "max_feature_idx", 0, MOST_FEATURES - 1) + 1;
}

/** A number for a set of a tree and the feature that it is asked of. */
export const askedSet = ({ feature, threshold }: LightgbmTree, node: number): number =>
  threshold[node]! * MOST_FEATURES + feature[node]!;

/** What branches ask of each feature. */
function askedOf(trees: readonly LightgbmTree[], width: number) {
  const numeric = new Uint8Array(width);
  const zero = new Uint8Array(width);
  const sets = new Map<number, Uint32Array[]>();
  let words = 0;
  for (const tree of trees) {
    const seen = new Set<number>();
    for (const [node, bits] of tree.decision.entries()) {
      const feature = tree.feature[node]!;
      if (!DECISION.categorical(bits)) {
        numeric[feature] = 1;
        if (DECISION.missing(bits) === "zero") zero[feature] = 1;
        continue;
      }
      const key = askedSet(tree, node);
      if (seen.has(key)) continue;
      seen.add(key);
      const set = tree.sets[tree.threshold[node]!]!;
      words += set.length;
      if (words > MOST_SET_WORDS)
        throw unsupportedLightgbm(tree.title, `at most ${MOST_SET_WORDS} words of sets in all`, "more");
      const list = sets.get(feature);
      if (list === undefined) sets.set(feature, [set]);
      else list.push(set);
    }
  }
  return { numeric, zero, sets };
}

/** The values that a feature's sets and its line in `feature_infos` name, ascending. */
function valuesOf(info: string, sets: readonly Uint32Array[]): number[] {
  const values = new Set<number>();
  for (const part of info.split(":")) if (/^\d+$/.test(part)) values.add(Number(part));
  for (const words of sets)
    for (let at = 0; at < words.length; at++)
      for (let rest = words[at]!; rest !== 0; rest &= rest - 1)
        values.add(32 * at + 31 - Math.clz32(rest & -rest));
  return [...values].sort((one, other) => one - other);
}

/** The lists of categories that are told, or follow: by feature, null for integers. */
function listsOf(
  names: readonly string[],
  pandas: ModelText["pandas"],
  values: ReadonlyMap<number, readonly number[]>,
  ranges: readonly CodeRange[],
  given: GivenCategories,
): ReadonlyMap<number, readonly TreeCategory[] | null> {
  const places = new Map(names.map((name, at) => [name, at]));
  const told = new Map<number, readonly TreeCategory[] | null>();
  for (const [name, list] of Object.entries(given)) {
    const at = places.get(name);
    if (at === undefined || (list !== null && !values.has(at) && ranges[at] !== -1))
      throw tidelineError("ARGUMENT_INVALID", {
        who: "readLightgbm",
        field: "categories",
        expected: "categorical features of the model",
        received: JSON.stringify(name),
      });
    told.set(at, list);
  }
  if (pandas === undefined) return told;
  const lists = pandasLists(pandas, ranges);
  if (lists !== undefined) return new Map([...lists, ...told]);
  const open = [...values.keys()].filter((at) => !told.has(at));
  if (open.length > 0)
    throw unclearLists(
      pandas.length,
      open.map((at) => names[at]!),
    );
  return told;
}

/** The features of a model's text and its trees. */
export function readFeatures(
  { header, pandas }: ModelText,
  trees: readonly LightgbmTree[],
  given: GivenCategories,
): ReadFeature[] {
  const width = widthOf(header);
  const names = textOf(header, "feature_names").split(" ");
  if (names.length !== width)
    throw malformedLightgbm("header, feature_names", `${width} names`, `${names.length}`);
  const infos = (header.values.get("feature_infos") ?? "").split(" ");
  const { numeric, zero, sets } = askedOf(trees, width);
  const values = new Map<number, readonly number[]>();
  const ranges = names.map((name, at): CodeRange => {
    const info = infos[at] ?? "";
    if (!sets.has(at) && !/^-?\d+(:-?\d+)*$/.test(info)) return codeRange(info);
    if (numeric[at] === 1)
      throw unsupportedLightgbm(`feature "${name}"`, "thresholds or sets of categories", "both");
    const own = valuesOf(info, sets.get(at) ?? []);
    values.set(at, own);
    return own.at(-1) ?? -1;
  });
  const lists = listsOf(names, pandas, values, ranges, given);
  return names.map((name, at): ReadFeature => {
    const own = values.get(at);
    const list = lists.get(at) ?? undefined;
    // A column that nothing was learnt from may be one of categories, too; one with thresholds is asked for codes.
    if (own === undefined && (list === undefined || numeric[at] === 1 || ranges[at] !== -1))
      return { feature: { kind: "numeric", name, ...(zero[at] === 1 ? { zeroIsMissing: true } : {}) } };
    if (list === undefined) {
      const codes = new Map(own!.map((value, code) => [value, code]));
      return { feature: { kind: "categorical", name, categories: own! }, codes };
    }
    const last = own?.at(-1) ?? -1;
    if (last >= list.length)
      throw malformedLightgbm(`categories of "${name}"`, `more than ${last}`, String(list.length));
    return { feature: { kind: "categorical", name, categories: list } };
  });
}
