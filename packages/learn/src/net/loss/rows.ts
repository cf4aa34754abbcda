import { formatDims, type GraphBuilder, type Value } from "@tideline/graph";
import { positiveInteger } from "../check-option.ts";
import { illegalScores, type Loss, type LossBatch, type LossTarget } from "./loss.ts";
import { weightedMean } from "./weighted-mean.ts";

/** What losses of numbers take. */
export interface RowsOptions {
  /** Numbers of a row, when it is scored by several. Default one, for scores [batch] or [batch, 1]. */
  readonly outputs?: number;
}

/** The form of a float32 target. */
export function numberTarget(who: string, outputs: number | undefined): LossTarget {
  const dims = outputs === undefined ? [] : [positiveInteger(who, "outputs", outputs)];
  return Object.freeze({ elementType: "float32", dims: Object.freeze(dims) });
}

/** A loss of each number against its target; a row counts the mean of its own. */
export function lossOfNumbers(
  kind: string,
  { outputs }: RowsOptions,
  each: (g: GraphBuilder, score: Value, target: Value) => Value,
): Loss {
  const target = numberTarget(`${kind} loss`, outputs);
  return Object.freeze({
    kind,
    target,
    write(g: GraphBuilder, scores: Value, batch: LossBatch) {
      const wanted = batch.target.dims as readonly number[];
      const flat = wanted.length === 1 && scores.dims.length === 2 && scores.dims[1] === 1;
      const own = flat ? g.op("Reshape", [scores, g.ints(wanted)]) : scores;
      if (own.dims.join() !== wanted.join())
        throw illegalScores(kind, `float32${formatDims(wanted)}, as the target`, scores);
      const terms = each(g, own, batch.target);
      const rows = wanted.length === 1 ? terms : g.op("ReduceMean", [terms, g.ints([1])], { keepdims: 0 });
      return weightedMean(g, rows, batch.weight);
    },
  });
}
