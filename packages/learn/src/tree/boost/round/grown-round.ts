import { isTidelineError, tidelineError } from "@tideline/spec";
import { seededRandom } from "../../../random.ts";
import { growTree } from "../../grow/grow-tree.ts";
import type { Growth } from "../../grow/growth.ts";
import type { TreeKernels } from "../../kernel/tree-kernels.ts";
import type { Tree } from "../../tree-ensemble.ts";
import type { BoostSettings } from "../boost-setting.ts";
import type { BoostTarget, Objective, OpenObjective } from "../objective/objective.ts";
import { drawFeatures } from "../sample/draw-features.ts";
import { seedOf } from "../sample/seed-of.ts";
import { binWalk, type BinWalk } from "./bin-walk.ts";
import { checkDerivatives } from "./check-derivative.ts";
import { renewedValues } from "./leaf-renewal.ts";
import { roundRows, type RoundRows } from "./round-row.ts";

/** What rounds share. */
export interface RoundPlan {
  readonly kernels: TreeKernels;
  readonly objective: Objective;
  readonly target: BoostTarget;
  readonly settings: BoostSettings;
  readonly constraints: Pick<Growth, "monotone" | "interactions">;
}

/** A tree of a round, and the way of rows through it by their bins. */
export interface GrownOutput {
  readonly tree: Tree;
  readonly walk: BinWalk;
}

/**
 * Grows a round's trees, one for each output, and adds them to the scores of all training rows.
 *
 * @param round counted over continued fits, from 0.
 * @param scores [rows * outputs]
 * @param factor what leaves are multiplied by beside the rate.
 * @throws TRAINING_DIVERGED for derivatives or leaves that are no numbers.
 */
export function grownRound(
  plan: RoundPlan,
  open: OpenObjective,
  round: number,
  scores: Float64Array,
  factor: number,
): readonly GrownOutput[] {
  const { kernels, objective, target, settings } = plan;
  const { features, bins, rows } = kernels.table;
  const outputs = scores.length / rows;
  open.begin(scores);
  const of = roundRows(settings, round, kernels, open, scores);
  return Array.from({ length: outputs }, (_, output) => {
    takeDerivatives(plan, open, round, scores, output, of);
    const grown = growOne(plan, round, output, of.bag);
    const column = { scores, offset: output, stride: outputs };
    const renewed = renewedValues(kernels, grown, objective, target, column, of.factor);
    const value = renewed.map((raw) => raw * settings.rate * factor);
    checkLeaves(value, round);
    const leaves = new Float64Array(kernels.leaves);
    for (const [node, leaf] of grown.leafOf.entries()) if (leaf >= 0) leaves[leaf] = value[node]!;
    const tree: Tree = Object.freeze({ ...grown.tree, value });
    const walk = binWalk(tree, features);
    kernels.addTo(scores, leaves, output, outputs);
    if (of.outside !== undefined) walk(bins, scores, { offset: output, stride: outputs, rows: of.outside });
    return { tree, walk };
  });
}

function takeDerivatives(
  { kernels, objective, target }: RoundPlan,
  open: OpenObjective,
  round: number,
  scores: Float64Array,
  output: number,
  { bag, factor, derived }: RoundRows,
): void {
  const { gradient, hessian } = kernels;
  // One output's derivatives, by which rows were drawn, need not be had twice: nothing was added since.
  if (output > 0 || derived !== 0) open.derivatives(scores, output, gradient, hessian);
  if (objective.foreign === true) checkDerivatives(objective.name, round + 1, kernels, target);
  if (factor === undefined || bag === undefined) return;
  for (let at = 0; at < bag.length; at++) {
    const row = bag[at]!;
    gradient[row]! *= factor(row);
    hessian[row]! *= factor(row);
  }
}

function growOne(
  { kernels, objective, target, settings, constraints }: RoundPlan,
  round: number,
  output: number,
  bag: Int32Array | undefined,
) {
  const { seed, featureShare } = settings;
  const random = seededRandom(seedOf(seed, round, "features", output));
  const growth: Growth = {
    ...settings.growth,
    ...constraints,
    features: drawFeatures(random, kernels.table.features, featureShare),
    seed: seedOf(seed, round, "grow", output),
  };
  try {
    return growTree(kernels, growth, bag);
  } catch (error) {
    if (isTidelineError(error, "TRAINING_DIVERGED"))
      checkDerivatives(objective.name, round + 1, kernels, target);
    throw error;
  }
}

function checkLeaves(values: Float64Array, round: number): void {
  if (values.every(Number.isFinite)) return;
  throw tidelineError("TRAINING_DIVERGED", {
    who: "boostedTrees.fit",
    field: `round ${round + 1}`,
    expected: "leaves of finite values",
    received: String(values.find((value) => !Number.isFinite(value))),
    remedy: "Lower the rate, or give the labels in another unit.",
  });
}
