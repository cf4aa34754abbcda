import { seededRandom } from "../../../random.ts";
import type { OpenObjective } from "../objective/objective.ts";
import { seedOf } from "../sample/seed-of.ts";
import { dartFactors, droppedRounds, type DartOptions } from "./dart.ts";
import { grownRound, type GrownOutput, type RoundPlan } from "./grown-round.ts";

/** A round's trees with what DART made of them since: their leaves count times `factor`. */
export interface BoostRound {
  readonly outputs: readonly GrownOutput[];
  factor: number;
}

/** Rows in the bins of the training table's features, and what they are scored. */
interface ScoredRows {
  readonly bins: readonly Uint8Array[];
  readonly scores: Float64Array;
}

/** Adds a round's trees, times a factor, to the scores of rows. */
export function addRound(
  outputs: readonly GrownOutput[],
  bins: readonly Uint8Array[],
  scores: Float64Array,
  factor: number,
): void {
  for (const [offset, { walk }] of outputs.entries())
    walk(bins, scores, { offset, stride: outputs.length, factor });
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
  for (const { outputs, factor } of dropped) addRound(outputs, bins, scores, -factor);
  const { fresh, old } = dartFactors(dropped.length, settings.rate, dart.normalise);
  const outputs = grownRound(run, open, round, scores, fresh);
  for (const one of dropped) {
    const before = one.factor;
    one.factor *= old;
    addRound(one.outputs, bins, scores, one.factor);
    if (validation !== undefined)
      addRound(one.outputs, validation.bins, validation.scores, one.factor - before);
  }
  if (validation !== undefined) addRound(outputs, validation.bins, validation.scores, 1);
  return outputs;
}
