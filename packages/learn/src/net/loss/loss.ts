import { formatType, type GraphBuilder, type Value } from "@tideline/graph";
import { illegalOption } from "../check-option.ts";

/** What a loss compares scores with. */
export interface LossTarget {
  readonly elementType: "int64" | "float32";
  /** Without the batch; [] for one number a row. */
  readonly dims: readonly number[];
  /** Whether it is a class: 0 up to the number of a row's scores, exclusive. Default false. */
  readonly classes?: boolean;
}

/** The batch that a loss is computed over. */
export interface LossBatch {
  /** [batch, ...target dims] */
  readonly target: Value;
  /** float32 [batch]; 0 for rows that only fill the batch. */
  readonly weight: Value;
}

/** What training makes small, written into a graph. */
export interface Loss {
  readonly kind: string;
  readonly target: LossTarget;
  /**
   * One number, the mean over rows weighted by `weight`; 0 when all weights are.
   *
   * @param scores float32 [batch, K] or [batch], as a net gives them.
   * @throws DEFINITION_ILLEGAL when the scores have not the shape that the loss is about.
   */
  write(g: GraphBuilder, scores: Value, batch: LossBatch): Value;
}

/** The error for scores that a loss is not about. */
export function illegalScores(kind: string, expected: string, scores: Value): Error {
  return illegalOption(`${kind} loss`, "scores", expected, formatType(scores));
}
