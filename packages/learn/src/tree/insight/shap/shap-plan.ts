import { tidelineError } from "@tideline/spec";
import type { Tree } from "../../tree-ensemble.ts";
import { coverMeans, coverShares, type Cover } from "../cover.ts";
import { gaussLegendre, type Quadrature } from "./gauss-legendre.ts";
import { treePaths, type TreePaths } from "./tree-path.ts";

/**
 * What of a tree's Shapley values does not depend on the row. Shapley values are the integral over t in [0, 1] of the
 * derivatives of the game's multilinear extension at (t, ..., t) (G. Owen, "Multilinear Extensions of Games", 1972). In
 * a tree that extension is a sum over leaves of their value times a factor for each feature asked on the way:
 * `t + (1 - t) z` where all of its branches lead the row along ("hot"), `(1 - t) z` where one does not ("cold"), z being
 * the share of training rows that they let through. Along t that is a polynomial of a degree below the number of different
 * features, which Gauss and Legendre's rule integrates exactly from half as many points. (The polynomial itself, by other
 * points: P. Yu et al., "Linear TreeShap", NeurIPS 2022.)
 */
export interface ShapPlan extends TreePaths {
  readonly tree: Tree;
  readonly rule: Quadrature;
  /** Points of the rule. */
  readonly points: number;
  /** Branches, each before those below it. */
  readonly branches: Int32Array;
  readonly leaves: Int32Array;
  /**
   * [branches, 3 cases, points, 4]: what the path's product is multiplied by on the way to the left and to the right
   * child, and by what their sums of leaves enter the feature's value. Cases: the row goes right, left, or the feature was
   * cold already (then nothing more enters).
   */
  readonly step: Float64Array;
  /** The mean of the leaves over the training rows. [width] */
  readonly base: Float64Array;
}

/** Numbers of a plan at most: 1 GiB. */
const MOST_NUMBERS = 2 ** 27;

/** @throws MODEL_UNSUPPORTED for a tree whose plan takes more than 1 GiB; what {@link coverShares} throws. */
export function shapPlan(who: string, tree: Tree, cover: Cover): ShapPlan {
  const shares = coverShares(who, tree, cover);
  const branches = Int32Array.from(tree.feature.keys()).filter((node) => tree.feature[node]! >= 0);
  const leaves = Int32Array.from(tree.feature.keys()).filter((node) => tree.feature[node]! < 0);
  const paths = treePaths(tree, shares);
  const { ancestor, passed, different } = paths;
  const most = different.reduce((more, count) => Math.max(more, count), 0);
  const rule = gaussLegendre(Math.max(1, Math.ceil(most / 2)));
  const points = rule.points.length;
  const numbers = branches.length * 3 * points * 4;
  if (numbers > MOST_NUMBERS)
    throw tidelineError("MODEL_UNSUPPORTED", {
      who,
      field: "tree",
      expected: `branches times different features on a path up to ${MOST_NUMBERS / 6}`,
      received: `${branches.length} times ${most}`,
      remedy: "Ask with background rows, or train smaller trees.",
    });
  const step = new Float64Array(numbers);
  for (const [place, branch] of branches.entries()) {
    const left = tree.left[branch]!;
    const right = tree.right[branch]!;
    const above = passed[ancestor[branch]!]!;
    for (let q = 0; q < points; q++) {
      const t = rule.points[q]!;
      const weight = rule.weights[q]!;
      const before = t + (1 - t) * above;
      const hot = (node: number) => t + (1 - t) * passed[node]!;
      const coldRatio = (node: number) => ((1 - t) * passed[node]!) / before;
      const hotEntry = (node: number) => weight * ((1 - passed[node]!) / hot(node) - (1 - above) / before);
      const coldEntry = weight * (-1 / (1 - t) - (1 - above) / before);
      const cases = [
        [coldRatio(left), hot(right) / before, coldEntry, hotEntry(right)],
        [hot(left) / before, coldRatio(right), hotEntry(left), coldEntry],
        [shares[left]!, shares[right]!, 0, 0],
      ];
      for (const [at, values] of cases.entries()) step.set(values, ((place * 3 + at) * points + q) * 4);
    }
  }
  return {
    ...paths,
    tree,
    rule,
    points,
    branches,
    leaves,
    step,
    base: coverMeans(tree, shares).slice(0, tree.width),
  };
}
