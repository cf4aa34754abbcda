import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { dense, gather, reduce, withNumber, binary } from "../primitive.ts";
import type { TreeLevels } from "./tree-level.ts";

/** What becomes of the leaves' weights. */
export interface LeafSum {
  readonly targets: number;
  readonly divisor: number;
  /** Added to each target. */
  readonly bases: readonly number[];
}

/** For each tree the one target that its leaves weigh; undefined where one weighs several. */
function targetOfTrees({ roots, trees, leaves }: TreeLevels): Int32Array | undefined {
  if (leaves.some(({ weights }) => weights.length !== 1)) return undefined;
  const targets = new Int32Array(roots.length).fill(-1);
  for (const { at, weights } of leaves) {
    const tree = trees[at]!;
    const [target] = weights[0]!;
    if (targets[tree] !== -1 && targets[tree] !== target) return undefined;
    targets[tree] = target;
  }
  return targets;
}

/** The sums `[N, targets]` of what the leaves at `places[N, trees]` weigh. */
export function sumOfLeaves(
  e: LiteEmitter,
  places: LiteTensor,
  levels: TreeLevels,
  { targets, divisor, bases }: LeafSum,
): LiteTensor {
  const count = levels.children.length;
  const own = targetOfTrees(levels);
  const biased = bases.some((base) => base !== 0);
  const bias = biased ? e.constant("FLOAT32", bases, [targets]) : undefined;
  if (own !== undefined) {
    const weights = new Float32Array(count);
    for (const { at, weights: list } of levels.leaves) weights[at] = list[0]![1] / divisor;
    const each = gather(e, e.constant("FLOAT32", weights, [count]), places, 0);
    const chosen = new Float32Array(targets * own.length);
    for (const [tree, target] of own.entries()) chosen[target * own.length + tree] = 1;
    return dense(e, each, e.constant("FLOAT32", chosen, [targets, own.length]), bias);
  }
  const weights = new Float32Array(count * targets);
  for (const { at, weights: list } of levels.leaves)
    for (const [target, weight] of list) weights[at * targets + target] = weight;
  const each = gather(e, e.constant("FLOAT32", weights, [count, targets]), places, 0);
  const sum = reduce(e, "SUM", each, [1], false);
  const mean = divisor === 1 ? sum : withNumber(e, "MUL", sum, 1 / divisor);
  return bias === undefined ? mean : binary(e, "ADD", mean, bias);
}
