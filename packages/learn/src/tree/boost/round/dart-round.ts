import { seededRandom } from "../../../random.ts";
import type { Tree } from "../../tree-ensemble.ts";
import type { OpenObjective } from "../objective/objective.ts";
import { seedOf } from "../sample/seed-of.ts";
import type { BinWalk } from "./bin-walk.ts";
import { dartFactors, droppedRounds, type DartOptions } from "./dart.ts";
import { grownRound, type GrownOutput, type RoundPlan } from "./grown-round.ts";

/** A round's trees with what DART made of them since: their leaves count times `factor`. */
export interface BoostRound {
  readonly trees: readonly Tree[];
  /** Ways through the trees; empty without DART. */
  readonly walks: readonly BinWalk[];
  factor: number;
}

/** Rows in the bins of the training table's features, and what they are scored. */
interface ScoredRows {
  readonly bins: readonly Uint8Array[];
  readonly scores: Float64Array;
}

/** What is kept of a round. A way through a tree is as large as the tree, and only DART goes those of earlier rounds again. */
export function keptRound(outputs: readonly GrownOutput[], dart: boolean): BoostRound {
  return { trees: outputs.map(({ tree }) => tree), walks: dart ? walksOf(outputs) : [], factor: 1 };
}

/** The ways through a round's trees. */
export function walksOf(outputs: readonly GrownOutput[]): readonly BinWalk[] {
  return outputs.map(({ walk }) => walk);
}

/** Adds a round's trees, times a factor, to the scores of rows. */
export function addRound(
  walks: readonly BinWalk[],
  bins: readonly Uint8Array[],
  scores: Float64Array,
  factor: number,
): void {
  for (const [offset, walk] of walks.entries()) walk(bins, scores, { offset, stride: walks.length, factor });
}

/**
 * Takes rounds out of the training scores, grows one that learns what is missing, and puts the others back smaller, in the
 * validation scores, too.
 *
 * @param rounds those before; the factors of those taken out are changed.
 */
export function dartRound(
  run: RoundPlan & { readonly scores: Float64Array; readonly validation?: ScoredRows | undefined },
  open: OpenObjective,
  round: number,
  dart: Required<DartOptions>,
  rounds: readonly BoostRound[],
): readonly GrownOutput[] {
  const { settings, kernels, scores, validation } = run;
  const { bins } = kernels.table;
  const random = seededRandom(seedOf(settings.seed, round, "drop"));
  const dropped = droppedRounds(random, rounds.length, dart).map((at) => rounds[at]!);
  for (const { walks, factor } of dropped) addRound(walks, bins, scores, -factor);
  const { fresh, old } = dartFactors(dropped.length, settings.rate, dart.normalise);
  const outputs = grownRound(run, open, round, scores, fresh);
  for (const one of dropped) {
    const before = one.factor;
    one.factor *= old;
    addRound(one.walks, bins, scores, one.factor);
    if (validation !== undefined)
      addRound(one.walks, validation.bins, validation.scores, one.factor - before);
  }
  if (validation !== undefined) addRound(walksOf(outputs), validation.bins, validation.scores, 1);
  return outputs;
}
