import { ELEMENT_TYPES, type GraphBuilder, type Value } from "@tideline/graph";
import { positive } from "../check-option.ts";
import { illegalScores, type Loss, type LossBatch } from "./loss.ts";
import { weightedMean } from "./weighted-mean.ts";

/** What {@link inBatchSoftmax} takes. */
export interface InBatchSoftmaxOptions {
  /** Scores are divided by it. Default 1; cosines want about 0.05. */
  readonly temperature?: number;
}

/** Taken from the score of a candidate that is none: `exp` of it is 0 in float32. */
const NOWHERE = 1e4;

function identity(n: number): Float32Array {
  return Float32Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? 1 : 0));
}

/**
 * Cross-entropy over the candidates of the batch, for two towers: scores [batch, batch], row i's own candidate in column
 * i, all others against it. The target is each column's item, int64: the same item elsewhere in the batch is no
 * negative, nor is a row of weight 0 (X. Yi et al., "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item
 * Recommendations", RecSys 2019, without the correction of frequencies).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; from `write` for scores that are not square.
 */
export function inBatchSoftmax({ temperature = 1 }: InBatchSoftmaxOptions = {}): Loss {
  positive("inBatchSoftmax loss", "temperature", temperature);
  return Object.freeze({
    kind: "inBatchSoftmax",
    target: Object.freeze({ elementType: "int64", dims: Object.freeze([]) }),
    write(g: GraphBuilder, scores: Value, { target, weight }: LossBatch) {
      const [batch, columns, ...rest] = scores.dims;
      if (typeof batch !== "number" || columns !== batch || rest.length > 0)
        throw illegalScores("inBatchSoftmax", "float32[batch, batch]", scores);
      const single = (value: Value) => g.op("Cast", [value], { to: ELEMENT_TYPES.float32.code });
      const asRow = (value: Value) => g.op("Reshape", [value, g.ints([1, batch])]);
      const own = g.constant(identity(batch), [batch, batch]);
      const same = g.op("Equal", [g.op("Reshape", [target, g.ints([batch, 1])]), asRow(target)]);
      const filler = asRow(g.op("Not", [g.op("Greater", [weight, g.scalar(0)])]));
      // An item is the same as itself, so that what is left is 0 on the diagonal.
      const other = g.op("Sub", [single(g.op("Or", [same, filler])), own]);
      const away = g.op("Mul", [other, g.scalar(NOWHERE)]);
      const scaled = g.op("Mul", [scores, g.scalar(1 / temperature)]);
      const logs = g.op("LogSoftmax", [g.op("Sub", [scaled, away])], { axis: -1 });
      const kept = g.op("ReduceSum", [g.op("Mul", [logs, own]), g.ints([1])], { keepdims: 0 });
      return weightedMean(g, g.op("Neg", [kept]), weight);
    },
  } satisfies Loss);
}
