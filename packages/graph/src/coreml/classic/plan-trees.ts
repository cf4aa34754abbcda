import type { Forest } from "../../op/forest.ts";
import type { Cell } from "./cell.ts";
import type { ClassicTrees, Score } from "./classic-value.ts";
import { refusal } from "./classic-reason.ts";
import { FIRST, numberAt } from "./float-order.ts";
import { grownRegion, parentCounts, targetsOf, type Region } from "./region.ts";
import type { StepList } from "./step-list.ts";
import type { PlannedTrees, Split, TreeNode } from "./tree-node.ts";

/** Nodes that may come of each of the graph's where subtrees are shared. */
const MOST_COPIES = 8;

/** Between the answers 0 and 1 of a step. */
const HALF = 0.5;

/** The question that tells two ways apart, and whether the first of them is its yes. */
function splitOf(
  region: Region,
  first: number,
  isCode: boolean,
  steps: StepList,
): Split & { readonly firstIsYes: boolean } {
  const { column, pieces, missing } = region;
  const ask = (
    mode: Split["mode"],
    value: number,
    yes: number,
  ): Split & { readonly firstIsYes: boolean } => ({
    feature: column,
    mode,
    value,
    missingYes: !isCode && missing === yes,
    firstIsYes: yes === first,
  });
  const from = (at: number): number => numberAt(at === 0 ? FIRST : pieces[at - 1]!.to + 1);
  if (pieces.length === 1) return ask("BRANCH_LEQ", Number.POSITIVE_INFINITY, pieces[0]!.target);
  if (pieces.length === 2) return ask("BRANCH_LEQ", numberAt(pieces[0]!.to), pieces[0]!.target);
  if (pieces.length === 3) {
    const [low, high] = [from(1), numberAt(pieces[1]!.to)];
    if (low === high) return ask("BRANCH_EQ", high, pieces[1]!.target);
    // Of codes there are whole numbers only.
    if (isCode && Math.floor(high) === Math.ceil(low))
      return ask("BRANCH_EQ", Math.floor(high), pieces[1]!.target);
  }
  const cell: Cell = {
    column,
    pieces: pieces.map(({ to, target }) => ({ to, rule: { value: target === first ? 1 : 0 } })),
    missing: missing === first ? 1 : 0,
  };
  return { feature: steps.place(cell), mode: "BRANCH_GT", value: HALF, missingYes: false, firstIsYes: true };
}

function planTree(
  into: TreeNode[],
  tree: number,
  root: number,
  {
    forest,
    features,
    parents,
    codes,
    steps,
    leaf,
    most,
  }: {
    readonly forest: Forest;
    readonly features: readonly Cell[];
    readonly parents: Int32Array;
    readonly codes: ReadonlySet<number>;
    readonly steps: StepList;
    readonly leaf: (
      weights: readonly (readonly [number, number])[],
    ) => readonly (readonly [number, number])[];
    readonly most: number;
  },
): void {
  let id = 0;
  const pending: { readonly at: number; readonly parent?: TreeNode; readonly yes?: boolean }[] = [
    { at: root },
  ];
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    const { parent, yes } = task;
    let { at } = task;
    let node = forest.nodes[at]!;
    let region: Region | undefined;
    // A question that all rows answer alike is none.
    while ("mode" in node) {
      region = grownRegion(at, forest, features, parents);
      const [only, other] = targetsOf(region);
      if (other !== undefined) break;
      at = only!;
      node = forest.nodes[at]!;
    }
    const own = id++;
    if (into.length >= most)
      throw refusal("its trees share subtrees, which would have to stand there many times", "LiteRT or ONNX");
    if (parent !== undefined && "yes" in parent) {
      if (yes === true) parent.yes = own;
      else parent.no = own;
    }
    if (!("mode" in node)) {
      into.push({ tree, id: own, values: leaf(node.weights) });
      continue;
    }
    const { plain } = region!;
    const [first, second] = targetsOf(region!) as [number, number];
    const split =
      plain === undefined
        ? splitOf(region!, first, codes.has(region!.column), steps)
        : {
            feature: region!.column,
            mode: plain.mode,
            value: plain.value,
            // NaN is no number's equal, so that "not equal" sends it to its yes without being told to.
            missingYes: plain.missingYes || plain.mode === "BRANCH_NEQ",
            firstIsYes: plain.yes === first,
          };
    const { firstIsYes, ...question } = split;
    const made: TreeNode = { tree, id: own, ...question, yes: -1, no: -1 };
    into.push(made);
    pending.push({ at: firstIsYes ? second : first, parent: made, yes: false });
    pending.push({ at: firstIsYes ? first : second, parent: made, yes: true });
  }
}

/**
 * Trees of Core ML for trees over cells: each branch becomes a question about the column that its feature follows, at the very
 * number of single precision at which the feature passes the branch's. Sets of numbers become steps: 0 or 1 as a number of
 * the vector. What the graph does with the scores (weights, sums) is done to the leaves.
 *
 * @param scores what each output is of the raw scores
 * @param codes columns that hold codes from -1 on
 * @throws a `ClassicRefusal` for trees that would have to be copied too often
 */
export function planTrees(
  { forest, features, base, factor }: ClassicTrees,
  scores: readonly Score[],
  codes: ReadonlySet<number>,
  steps: StepList,
): PlannedTrees {
  const leaf = (weights: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] => {
    const values = scores
      .map(({ factors }, output) => {
        const sum = weights.reduce(
          (total, [target, weight]) => total + (factors[target] ?? 0) * factor * weight,
          0,
        );
        return [output, sum] as const;
      })
      .filter(([, value]) => value !== 0);
    return values.length === 0 ? [[0, 0]] : values;
  };
  const nodes: TreeNode[] = [];
  const shared = { forest, features, parents: parentCounts(forest), codes, steps, leaf };
  const most = MOST_COPIES * forest.nodes.length;
  for (const [tree, root] of forest.roots.entries()) planTree(nodes, tree, root, { ...shared, most });
  return {
    nodes,
    outputs: scores.length,
    base: scores.map(({ factors, offset }) =>
      factors.reduce((sum, value, at) => sum + value * (base[at] ?? 0), offset),
    ),
  };
}
