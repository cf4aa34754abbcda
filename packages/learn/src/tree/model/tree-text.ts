import { tidelineError } from "@tideline/spec";
import type { Tree, TreeFeature } from "../tree-ensemble.ts";
import { branchQuestion, leafValue, nodeNumber } from "./branch-question.ts";
import { checkDepth } from "./drawn-depth.ts";

/** How a tree is told. */
export interface TreeTextOptions {
  /** Levels below the root that are told; what lies deeper is counted. Default 100. */
  readonly depth?: number;
}

/** Characters of a text at most: lines grow with their depth. */
const MOST_CHARACTERS = 2 ** 26;

/** Control characters would break the lines of a text. */
const plain = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * A tree as text, a line a node: what a branch asks, with the way for rows that answer yes first, whether what is missing counts as yes or
 * no, and how many training rows came by.
 *
 * @throws ARGUMENT_INVALID for a depth below 0, and a text of more than 2^26 characters.
 * @example
 * treeText(ensemble.trees[0]!, ensemble.features);
 * // speed <= 0.5 (missing: yes), 9 rows
 * // ├─ yes: -1, 4 rows
 * // └─ no: 1, 5 rows
 */
export function treeText(
  tree: Tree,
  features: readonly TreeFeature[],
  { depth = 100 }: TreeTextOptions = {},
): string {
  checkDepth("treeText", depth);
  const lines: string[] = [];
  let [told, characters] = [0, 0];
  const open = [{ node: 0, level: 0, lead: "", stem: "" }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { node, level, lead, stem } = place;
    const count = nodeNumber(tree.count[node]!);
    const rows = count === "" ? "" : `, ${count} ${count === "1" ? "row" : "rows"}`;
    if (tree.feature[node] === -1) lines.push(`${lead}${leafValue(tree, node)}${rows}`);
    else if (level >= depth) lines.push(`${lead}... ${nodesBelow(tree, node)} nodes${rows}`);
    else {
      const missing = tree.missingLeft[node] === 1 ? "yes" : "no";
      lines.push(`${lead}${plain(branchQuestion(tree, node, features))} (missing: ${missing})${rows}`);
      const below = { level: level + 1 };
      open.push({ ...below, node: tree.right[node]!, lead: `${stem}└─ no: `, stem: `${stem}   ` });
      open.push({ ...below, node: tree.left[node]!, lead: `${stem}├─ yes: `, stem: `${stem}│  ` });
    }
    while (told < lines.length) characters += lines[told++]!.length + 1;
    if (characters > MOST_CHARACTERS)
      throw tidelineError("ARGUMENT_INVALID", {
        who: "treeText",
        field: "depth",
        expected: `a text of at most ${MOST_CHARACTERS} characters`,
        received: String(depth),
      });
  }
  return `${lines.join("\n")}\n`;
}

/** Nodes of a subtree, its root included. */
function nodesBelow({ left, right, feature }: Tree, root: number): number {
  let count = 0;
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    count++;
    if (feature[node] !== -1) open.push(left[node]!, right[node]!);
  }
  return count;
}
