import type { Forest, ForestBranch, ForestLeaf } from "../../op/forest.ts";
import { numberBefore } from "../../table/forest-words.ts";

/**
 * The nodes of all trees for a walk by tables: at a node, more than its threshold goes to the place behind its child, what is
 * not to the child. A leaf's child is itself, and its threshold infinite.
 */
export interface TreeLevels {
  readonly features: Int32Array;
  readonly thresholds: Float32Array;
  readonly children: Int32Array;
  /** Whether NaN goes behind the child. */
  readonly missing: Uint8Array;
  readonly roots: readonly number[];
  /** After so many steps every walk has come to a leaf. */
  readonly depth: number;
  /** The place of each leaf, with its weights. */
  readonly leaves: readonly { readonly at: number; readonly weights: ForestLeaf["weights"] }[];
}

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

/**
 * Lays all trees out so that the two children of a node stand side by side; a node that several lead to stands once for
 * each.
 *
 * @returns a reason where they cannot be.
 */
export function treeLevels({ roots, nodes }: Forest): TreeLevels | string {
  const features: number[] = [];
  const thresholds: number[] = [];
  const children: number[] = [];
  const missing: number[] = [];
  const leaves: { at: number; weights: ForestLeaf["weights"] }[] = [];
  const open: { readonly at: number; readonly target: Target; readonly level: number }[] = [];
  let depth = 0;
  const place = (): number => {
    features.push(0);
    thresholds.push(Infinity);
    children.push(children.length);
    missing.push(0);
    return children.length - 1;
  };
  const begin = roots.map((root) => {
    const at = place();
    open.push({ at, target: root, level: 0 });
    return at;
  });
  // Breadth first: what is read in one step stands near.
  for (let next = 0; next < open.length; next++) {
    const { at, target, level } = open[next]!;
    const node = typeof target === "number" ? nodes[target]! : target;
    if ("weights" in node) {
      depth = Math.max(depth, level);
      leaves.push({ at, weights: node.weights });
      continue;
    }
    const decision = "mode" in node ? decisionOf(node) : node;
    if (Number.isNaN("mode" in node ? node.value : 0)) return "a threshold that is NaN";
    if (children.length > MOST_NODES) return `more than ${MOST_NODES} nodes`;
    const [low, high] = [place(), place()];
    features[at] = decision.feature;
    // Nothing is at most NaN, the number before -Infinity: either side is the one above.
    const never = Number.isNaN(decision.threshold);
    thresholds[at] = never ? 0 : decision.threshold;
    if (decision.missingHigh && decision.threshold === Infinity)
      return "NaN parts from what is at most Infinity";
    children[at] = low;
    missing[at] = Number(decision.missingHigh);
    open.push({ at: low, target: never ? decision.high : decision.low, level: level + 1 });
    open.push({ at: high, target: decision.high, level: level + 1 });
  }
  return {
    features: Int32Array.from(features),
    thresholds: Float32Array.from(thresholds),
    children: Int32Array.from(children),
    missing: Uint8Array.from(missing),
    roots: begin,
    depth: Math.max(1, depth),
    leaves,
  };
}
