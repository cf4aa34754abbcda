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
 * Cross-entropy of a softmax over the scores with int64 classes: `-log p(class)`, from logits and stable for any of
 * them. The mean is weighted by the row's weight times the weight of its class, as PyTorch's `CrossEntropyLoss` does.
 * Classes are 0 up to K, exclusive, which `trainNet` checks; whoever feeds a graph himself must: a class of K or more is
 * an error of the runtime, but a negative one would count from the end.
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
    target: Object.freeze({ elementType: "int64", dims: Object.freeze([]), classes: true }),
    write(g: GraphBuilder, scores: Value, { target, weight }: LossBatch) {
      const [batch, classes, ...rest] = scores.dims;
      if (typeof batch !== "number" || typeof classes !== "number" || classes < 2 || rest.length > 0)
        throw illegalScores("crossEntropy", "float32[batch, K] with K of at least 2", scores);
      if (classWeights !== undefined && classWeights.length !== classes)
        throw illegalOption(who, "classWeights", `${classes} weights`, String(classWeights.length));
      // A row's own class counts 1 - labelSmoothing more than each of the others.
      const others = labelSmoothing / classes;
      const ends = g.constant(Float32Array.of(others, 1 - labelSmoothing + others), [2]);
      const spread = g.op("OneHot", [target, g.scalar(classes, "int64"), ends], { axis: -1 });
      const factors = g.constant(Float32Array.from(classWeights ?? new Float32Array(classes).fill(1)));
      const wanted = classWeights === undefined ? spread : g.op("Mul", [spread, factors]);
      // Without weights of classes too: OneHot knows no class that is too large, this Gather refuses it.
      const own = g.op("Mul", [g.op("Gather", [factors, target], { axis: 0 }), weight]);
      const row = g.op("Reshape", [classWeights === undefined ? own : weight, g.ints([batch, 1])]);
      const logs = g.op("LogSoftmax", [scores], { axis: -1 });
      const terms = g.op("Mul", [logs, g.op("Mul", [wanted, row])]);
      return overTotal(g, g.op("Neg", [g.op("ReduceSum", [terms], { keepdims: 0 })]), own);
    },
  } satisfies Loss);
}
