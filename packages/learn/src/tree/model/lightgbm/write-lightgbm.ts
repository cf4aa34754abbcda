import { tidelineError, type TidelineError } from "@tideline/spec";
import type { TreeCategory, TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeLink } from "../tree-link.ts";
import { lightgbmOfLink } from "./objective-link.ts";
import { writeTree, type LightgbmColumn, type WrittenTree } from "./write-tree.ts";

function unwritable(field: string, expected: string, received: string): TidelineError {
  return tidelineError("MODEL_UNSUPPORTED", { who: "writeLightgbm", field, expected, received });
}

/** Whether categories can be LightGBM's integers themselves. Sets are bits of values, so large ones would take much room. */
function areIntegers(categories: readonly TreeCategory[]): boolean {
  return categories.every(
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 20,
  );
}

/** How features are asked: thresholds as they are, categories by their own integers or, if any has others, all by their codes. */
function columnsOf(features: readonly TreeFeature[]) {
  const categorical = features.filter((feature) => feature.kind === "categorical");
  const byCode = !categorical.every(({ categories }) => areIntegers(categories));
  const columns = features.map((feature): LightgbmColumn => {
    if (feature.name === "" || /[\s"',:[\]{}]/.test(feature.name))
      throw unwritable(
        "features",
        "names without spaces, quotes, commas, colons and brackets, as LightGBM wants them",
        JSON.stringify(feature.name),
      );
    if (feature.kind === "numeric") return { kind: "numeric", zeroIsMissing: feature.zeroIsMissing === true };
    if (feature.categories.includes(null))
      throw unwritable(
        `feature "${feature.name}"`,
        "categories other than null, which pandas takes for missing",
        "null",
      );
    return {
      kind: "categorical",
      values: feature.categories.map((value, code) => (byCode ? code : (value as number))),
    };
  });
  const pandas = byCode ? JSON.stringify(categorical.map(({ categories }) => categories)) : "null";
  return { columns, pandas };
}

/** The trees of each output in their order, wide ones taken apart. */
function treesOf({ trees, target, outputs }: TreeEnsemble): (readonly WrittenTree[])[] {
  const lists = Array.from({ length: outputs }, (): WrittenTree[] => []);
  for (const [at, tree] of trees.entries()) {
    const output = target[at]!;
    if (output >= 0) lists[output]!.push({ tree, column: 0 });
    else for (let column = 0; column < outputs; column++) lists[column]!.push({ tree, column });
  }
  return lists;
}

/**
 * What LightGBM knows of each column: the range of its values, which is not known here, or its categories, -1 being that of what
 * is missing. (A range of whole numbers, or none, could be that of codes, and hide whose categories are whose.)
 */
function infoOf(column: LightgbmColumn): string {
  if (column.kind === "numeric") return "[-inf:inf]";
  return column.values.length === 0 ? "-1" : column.values.join(":");
}

/**
 * An ensemble as LightGBM's model text, version 4, which LightGBM loads and predicts equally with: the base stands in the leaves of the first
 * trees, averages in the sizes of all, trees as wide as all outputs become one for each, and an output with fewer trees
 * than others gets some that add 0. Counts that are not known are written as 0.
 *
 * @param link what prediction makes of the raw scores; by default they stay as they are
 * @throws MODEL_UNSUPPORTED for a link that no objective of LightGBM has, names that it does not take, a category null.
 * @example
 * await writeFile("model.txt", writeLightgbm(model.ensemble, { kind: "logistic", scale: 1 }));
 */
export function writeLightgbm(ensemble: TreeEnsemble, link: TreeLink = { kind: "identity" }): string {
  const { features, outputs, base, average } = ensemble;
  const objective = lightgbmOfLink(link, outputs);
  if (objective === undefined)
    throw unwritable("link", "one that an objective of LightGBM has", `${link.kind} of ${outputs} outputs`);
  if (features.length === 0) throw unwritable("features", "at least one", "none");
  const { columns, pandas } = columnsOf(features);
  const lists = treesOf(ensemble);
  const iterations = Math.max(1, ...lists.map((list) => list.length));
  const texts: string[] = [];
  for (let iteration = 0; iteration < iterations; iteration++)
    for (const [output, list] of lists.entries()) {
      const leaf = {
        factor: average ? 1 / Math.max(1, list.length) : 1,
        offset: iteration === 0 ? base[output]! : 0,
      };
      texts.push(`Tree=${texts.length}\n${writeTree(list[iteration], columns, leaf)}\n\n`);
    }
  const sizes = texts.map((text) => new TextEncoder().encode(text).length);
  const classes =
    link.kind === "softmax" || (link.kind === "sigmoid" && outputs > 1) || outputs > 1 ? outputs : 1;
  const header = [
    "tree",
    "version=v4",
    `num_class=${classes}`,
    `num_tree_per_iteration=${outputs}`,
    "label_index=0",
    `max_feature_idx=${features.length - 1}`,
    ...(objective === "" ? [] : [`objective=${objective}`]),
    `feature_names=${features.map(({ name }) => name).join(" ")}`,
    `feature_infos=${columns.map(infoOf).join(" ")}`,
    `tree_sizes=${sizes.join(" ")}`,
  ];
  return `${header.join("\n")}\n\n${texts.join("")}end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:${pandas}\n`;
}
