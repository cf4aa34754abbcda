import type { Forest, ForestBranch, ForestLeaf } from "../../op/forest.ts";
import { numberBefore } from "../../table/number-before.ts";

/**
 * The nodes of all trees for a walk by tables: at a node, more than its threshold goes to the place behind its child, what is
 * not to the child. What only leads on, to a node that others lead to as well, has an infinite threshold; a leaf leads to
 * itself.
 */
export interface TreeLevels {
  readonly features: Int32Array;
  readonly thresholds: Float32Array;
  readonly children: Int32Array;
  /**
   * Per node what NaN counts as: 0 at most the threshold, 1 above it, 2 alone above it, where the threshold is infinite;
   * {@link LEADS_ON} where nothing is decided.
   */
  readonly missing: Uint8Array;
  /** The tree of each place. */
  readonly trees: Int32Array;
  readonly roots: readonly number[];
  /** After so many steps every walk has come to a leaf. */
  readonly depth: number;
  /** The place of each leaf, with its weights. */
  readonly leaves: readonly { readonly at: number; readonly weights: ForestLeaf["weights"] }[];
}

/** Of a place that decides nothing. */
export const LEADS_ON = 255;

/** More nodes than this would be an unrolled file of hundreds of megabytes. */
const MOST_NODES = 2 ** 23;

interface Decision {
  readonly feature: number;
  readonly threshold: number;
  /** Where what is at most the threshold goes, and the rest. */
  readonly low: Target;
  readonly high: Target;
  readonly missingHigh: boolean;
}

/** A node of the forest by its position, or a decision that equality is made of. */
type Target = number | Decision;

/** A comparison as "at most": strict ones with the number before, reversed ones with sides exchanged, equality as two. */
function decisionOf(node: ForestBranch): Decision {
  const { mode, feature, value, yes, no, missingYes } = node;
  const before = numberBefore(value);
  switch (mode) {
    case "BRANCH_LEQ":
      return { feature, threshold: value, low: yes, high: no, missingHigh: !missingYes };
    case "BRANCH_LT":
      return { feature, threshold: before, low: yes, high: no, missingHigh: !missingYes };
    case "BRANCH_GT":
      return { feature, threshold: value, low: no, high: yes, missingHigh: missingYes };
    case "BRANCH_GTE":
      return { feature, threshold: before, low: no, high: yes, missingHigh: missingYes };
    case "BRANCH_EQ": {
      const within: Decision = { feature, threshold: before, low: no, high: yes, missingHigh: missingYes };
      return { feature, threshold: value, low: within, high: no, missingHigh: !missingYes };
    }
    case "BRANCH_NEQ": {
      // Not equal is what NaN is, whatever the node says of the missing.
      const within: Decision = { feature, threshold: before, low: yes, high: no, missingHigh: false };
      return { feature, threshold: value, low: within, high: yes, missingHigh: true };
    }
  }
}

/** The longest way from any root, in steps. */
function longestWay(
  roots: readonly number[],
  children: readonly number[],
  missing: readonly number[],
): number {
  const ways = new Int32Array(children.length).fill(-1);
  for (const root of roots) {
    const open = [root];
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
      const child = children[at]!;
      const next = child === at ? [] : missing[at] === LEADS_ON ? [child] : [child, child + 1];
      const unknown = next.filter((one) => ways[one] === -1);
      if (unknown.length > 0) open.push(...unknown);
      else {
        ways[at] = next.reduce((most, one) => Math.max(most, ways[one]! + 1), 0);
        open.pop();
      }
    }
  }
  return roots.reduce((most, root) => Math.max(most, ways[root]!), 1);
}

/**
 * Lays all trees out so that the two children of a node stand side by side. A branch that several lead to stands once; all
 * but the first are led on to it. A leaf stands for each.
 *
 * @returns a reason where they cannot be.
 */
export function treeLevels({ roots, nodes }: Forest): TreeLevels | string {
  const features: number[] = [];
  const thresholds: number[] = [];
  const children: number[] = [];
  const missing: number[] = [];
  const trees: number[] = [];
  const leaves: { at: number; weights: ForestLeaf["weights"] }[] = [];
  const open: { readonly at: number; readonly target: Target }[] = [];
  const placed = new Map<Target, number>();
  const place = (tree: number, target: Target): number => {
    const at = children.length;
    features.push(0);
    thresholds.push(Infinity);
    children.push(at);
    missing.push(LEADS_ON);
    trees.push(tree);
    open.push({ at, target });
    return at;
  };
  const begin = roots.map((root, tree) => place(tree, root));
  // Breadth first: what is read in one step stands near.
  for (let next = 0; next < open.length; next++) {
    const { at, target } = open[next]!;
    const node = typeof target === "number" ? nodes[target]! : target;
    if ("weights" in node) {
      leaves.push({ at, weights: node.weights });
      continue;
    }
    const known = placed.get(target);
    if (known !== undefined) {
      children[at] = known;
      continue;
    }
    placed.set(target, at);
    if ("mode" in node && Number.isNaN(node.value)) return "a threshold that is NaN";
    if (children.length > MOST_NODES) return `more than ${MOST_NODES} nodes`;
    const { feature, threshold, low, high, missingHigh } = "mode" in node ? decisionOf(node) : node;
    // Nothing is at most NaN, the number before -Infinity: either side is the one above.
    const never = Number.isNaN(threshold);
    const alone = missingHigh && threshold === Infinity;
    features[at] = feature;
    thresholds[at] = never ? 0 : alone ? 0.5 : threshold;
    missing[at] = alone ? 2 : Number(missingHigh);
    children[at] = place(trees[at]!, never ? high : low);
    place(trees[at]!, high);
  }
  return {
    features: Int32Array.from(features),
    thresholds: Float32Array.from(thresholds),
    children: Int32Array.from(children),
    missing: Uint8Array.from(missing),
    trees: Int32Array.from(trees),
    roots: begin,
    depth: longestWay(begin, children, missing),
    leaves,
  };
}
