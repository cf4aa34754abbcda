import { formatType, type GraphBuilder, type Value } from "@tideline/graph";
import { illegalOption, positive } from "../check-option.ts";
import type { Loss, LossBatch } from "../loss/loss.ts";
import { overTotal } from "../loss/weighted-mean.ts";

/** What {@link softLoss} takes. */
export interface SoftLossOptions {
  readonly classes: number;
  /** What scores are divided by, of the teacher and the student, so that small probabilities tell more. */
  readonly temperature: number;
  /** The share of the true classes in the loss, from 0 to 1. */
  readonly hard: number;
}

/**
 * The cross-entropy with a teacher's probabilities at a temperature, beside that with the true classes. A target is the
 * teacher's K probabilities at that temperature, then K numbers of which that of the class is 1, or none where no class is known.
 *
 * Source: G. Hinton, O. Vinyals and J. Dean, "Distilling the knowledge in a neural network", 2015; the soft part is
 * multiplied by the square of the temperature, so that its gradient does not vanish with it.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range, or scores that are not [batch, K].
 */
export function softLoss({ classes, temperature, hard }: SoftLossOptions): Loss {
  positive("softLoss", "temperature", temperature);
  if (!(hard >= 0 && hard <= 1)) throw illegalOption("softLoss", "hard", "a share from 0 to 1", String(hard));
  return Object.freeze({
    kind: "softLoss",
    target: Object.freeze({ elementType: "float32", dims: Object.freeze([2 * classes]) }),
    write(g: GraphBuilder, scores: Value, { target, weight }: LossBatch) {
      if (scores.dims.length !== 2 || scores.dims[1] !== classes)
        throw illegalOption("softLoss", "scores", `float32[batch, ${classes}]`, formatType(scores));
      const [soft, known] = g.ops("Split", [target, g.ints([classes, classes])], { axis: 1 });
      const part = (wanted: Value, divisor: number, factor: number): Value => {
        const divided = divisor === 1 ? scores : g.op("Mul", [scores, g.scalar(1 / divisor)]);
        const terms = g.op("Mul", [g.op("LogSoftmax", [divided], { axis: -1 }), wanted]);
        return g.op("Mul", [g.op("ReduceSum", [terms, g.ints([1])], { keepdims: 0 }), g.scalar(-factor)]);
      };
      const both = g.op("Add", [
        part(soft!, temperature, (1 - hard) * temperature ** 2),
        part(known!, 1, hard),
      ]);
      return overTotal(g, g.op("ReduceSum", [g.op("Mul", [both, weight])], { keepdims: 0 }), weight);
    },
  } satisfies Loss);
}

/** A row of probabilities at a temperature: what a softmax of scores divided by it would be. */
export function atTemperature(probabilities: Float32Array | Float64Array, temperature: number): Float64Array {
  const powers = Float64Array.from(probabilities, (p) => Math.max(0, p) ** (1 / temperature));
  const total = powers.reduce((sum, p) => sum + p, 0);
  return total > 0 ? powers.map((p) => p / total) : powers.fill(1 / powers.length);
}
