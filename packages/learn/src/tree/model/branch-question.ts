import { shortNumber } from "../plot/short-number.ts";
import type { Tree, TreeCategory, TreeFeature } from "../tree-ensemble.ts";

/** Categories that a question names before it counts the rest. */
const NAMED = 6;

/** A number of a node: whole ones, such as rows and times, in full; nothing for one that is not known. */
export function nodeNumber(value: number): string {
  return shortNumber(value, { digits: 5, whole: 1e15 });
}

const shortCategory = (value: TreeCategory): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);

/** What a branch asks: a row goes left where the answer is yes. */
export function branchQuestion(tree: Tree, node: number, features: readonly TreeFeature[]): string {
  const feature = features[tree.feature[node]!]!;
  if (feature.kind === "numeric") {
    const threshold = tree.threshold[node]!;
    return threshold === Infinity
      ? `${feature.name} is known`
      : `${feature.name} <= ${nodeNumber(threshold)}`;
  }
  const words = tree.sets[tree.set[node]!]!;
  const isLeft = (code: number): boolean => (((words[code >>> 5] ?? 0) >>> (code & 31)) & 1) === 1;
  const left = feature.categories.filter((_, code) => isLeft(code));
  const right = feature.categories.length - left.length;
  // The shorter list is named.
  const named = left.length <= right ? left : feature.categories.filter((_, code) => !isLeft(code));
  const list = named.slice(0, NAMED).map(shortCategory);
  const rest = named.length > NAMED ? `${list.join(", ")}, ${named.length - NAMED} more` : list.join(", ");
  return `${feature.name} ${left.length <= right ? "in" : "not in"} {${rest}}`;
}

/** What a leaf says. */
export function leafValue({ value, width }: Tree, node: number): string {
  return Array.from(value.subarray(node * width, (node + 1) * width), nodeNumber).join(", ");
}
