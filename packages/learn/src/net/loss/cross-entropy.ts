import type { GraphBuilder, Value } from "@tideline/graph";
import { belowOne, illegalOption } from "../check-option.ts";
import { illegalScores, type Loss, type LossBatch } from "./loss.ts";
import { overTotal } from "./weighted-mean.ts";

/** What {@link crossEntropy} takes. */
export interface CrossEntropyOptions {
  /** A weight of at least 0 for each class, by position. Default 1 for each. */
  readonly classWeights?: readonly number[];
  /**
   * The part of the target that is spread over all classes alike (C. Szegedy et al., "Rethinking the Inception
   * architecture", CVPR 2016, sec. 7). Default 0.
   */
  readonly labelSmoothing?: number;
}

/**
 * The target distribution of each class as a table [K, K], scaled by the weights of classes: one Gather makes a
 * batch's targets, and refuses a class that there is not.
 */
function targetTable(classes: number, weights: readonly number[], smoothing: number): Float32Array {
  return Float32Array.from({ length: classes * classes }, (_, at) => {
    const column = at % classes;
    const own = Math.floor(at / classes) === column ? 1 - smoothing : 0;
    return weights[column]! * (own + smoothing / classes);
  });
}

/**
 * Cross-entropy of a softmax over the scores with int64 classes: `-log p(class)`, from logits and stable for any of
 * them. The mean is weighted by the row's weight times the weight of its class, as PyTorch's `CrossEntropyLoss` does.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; from `write` for scores that are not [batch, K] with K of at
 *   least 2 or class weights that are not K.
 * @example
 * const loss = crossEntropy({ classWeights: [1, 4], labelSmoothing: 0.1 });
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  const { classWeights, labelSmoothing = 0 } = options;
  const who = "crossEntropy loss";
  belowOne(who, "labelSmoothing", labelSmoothing);
  const wrong = classWeights?.find((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (wrong !== undefined)
    throw illegalOption(who, "classWeights", "finite numbers of at least 0", String(wrong));
  if (classWeights?.every((weight) => weight === 0) === true)
    throw illegalOption(who, "classWeights", "at least one above 0", "none");
  return Object.freeze({
    kind: "crossEntropy",
    target: Object.freeze({ elementType: "int64", dims: Object.freeze([]) }),
    write(g: GraphBuilder, scores: Value, { target, weight }: LossBatch) {
      const [batch, classes, ...rest] = scores.dims;
      if (typeof batch !== "number" || typeof classes !== "number" || classes < 2 || rest.length > 0)
        throw illegalScores("crossEntropy", "float32[batch, K] with K of at least 2", scores);
      if (classWeights !== undefined && classWeights.length !== classes)
        throw illegalOption(who, "classWeights", `${classes} weights`, String(classWeights.length));
      const weights = classWeights ?? Array.from({ length: classes }, () => 1);
      const table = g.constant(targetTable(classes, weights, labelSmoothing), [classes, classes]);
      const wanted = g.op("Gather", [table, target], { axis: 0 });
      const column = g.op("Reshape", [weight, g.ints([batch, 1])]);
      const logs = g.op("LogSoftmax", [scores], { axis: -1 });
      const terms = g.op("Mul", [logs, g.op("Mul", [wanted, column])]);
      const sum = g.op("Neg", [g.op("ReduceSum", [terms], { keepdims: 0 })]);
      if (classWeights === undefined) return overTotal(g, sum, weight);
      const own = g.op("Gather", [g.constant(Float32Array.from(weights)), target], { axis: 0 });
      return overTotal(g, sum, g.op("Mul", [own, weight]));
    },
  } satisfies Loss);
}
