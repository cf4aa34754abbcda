import { illegalOption, positiveInteger } from "../../../net/check-option.ts";
import type { TreeLink } from "../../model/tree-link.ts";
import { checkFinite } from "./check-label.ts";
import type { BoostTarget, BoostTask, Objective } from "./objective.ts";

/** What derivatives are asked for, and where to. */
export interface CustomDerivatives {
  readonly target: BoostTarget;
  /** Row-major: that of output k of row i is `scores[i * outputs + k]`. Not to be written to. */
  readonly scores: Float64Array;
  readonly output: number;
  readonly outputs: number;
  /** To be filled, without weights: they are multiplied in afterwards. [rows] */
  readonly gradient: Float32Array;
  /** To be filled with numbers of at least 0. [rows] */
  readonly hessian: Float32Array;
}

/** What {@link customObjective} takes. */
export interface CustomObjectiveOptions {
  readonly name: string;
  /** Default "regression". */
  readonly task?: BoostTask;
  /** Raw scores of a row. Default 1; a classification of three classes or more has as many as classes. */
  readonly outputs?: number;
  /** First and second derivatives of each row's loss by its score of one output. */
  readonly derivatives: (into: CustomDerivatives) => void;
  /** The loss of scores, weights included if it wants them; curves have none without. */
  readonly loss?: (target: BoostTarget, scores: Float64Array) => number;
  /** Where all rows start. Default 0. */
  readonly initial?: (target: BoostTarget) => ArrayLike<number>;
  /** What scores mean: probabilities of all classes, or numbers. Default the scores themselves. */
  readonly link?: TreeLink;
  /** What a leaf adds, from what labels exceed scores by. Default a Newton step. */
  readonly leafValue?: (residuals: Float64Array, weights: Float64Array | undefined) => number;
  /** Throws for labels that have no loss. Default: those that are not finite. */
  readonly check?: (who: string, target: BoostTarget) => void;
}

/**
 * An objective from its derivatives. They are checked after each call: one that is not finite, or a second derivative
 * below 0, ends the fit with TRAINING_DIVERGED and the row.
 *
 * @throws DEFINITION_ILLEGAL for an option of another form.
 * @example
 * const logCosh = customObjective({
 *   name: "logCosh",
 *   derivatives({ target, scores, gradient, hessian }) {
 *     for (let row = 0; row < target.rows; row++) {
 *       const slope = Math.tanh(scores[row]! - target.y[row]!);
 *       gradient[row] = slope;
 *       hessian[row] = 1 - slope * slope;
 *     }
 *   },
 * });
 */
export function customObjective(options: CustomObjectiveOptions): Objective {
  const { name, task = "regression", outputs = 1, derivatives, loss, leafValue } = options;
  const who = "customObjective";
  if (typeof name !== "string" || name === "") throw illegalOption(who, "name", "a name", String(name));
  if (!["classification", "regression", "ranking"].includes(task))
    throw illegalOption(who, "task", "one of classification, regression, ranking", String(task));
  positiveInteger(who, "outputs", outputs);
  for (const field of ["derivatives", "loss", "initial", "leafValue", "check"] as const) {
    const given = options[field];
    if (typeof given === "function" || (given === undefined && field !== "derivatives")) continue;
    throw illegalOption(who, field, "a function", typeof given);
  }
  return Object.freeze<Objective>({
    name,
    task,
    foreign: true,
    outputs: () => outputs,
    check: options.check ?? checkFinite,
    initial: (target) => Float64Array.from(options.initial?.(target) ?? new Float64Array(outputs)),
    open: (target) => ({
      begin() {},
      derivatives(scores, output, gradient, hessian) {
        derivatives({ target, scores, output, outputs, gradient, hessian });
        const { rows, weight } = target;
        if (weight === undefined) return;
        for (let row = 0; row < rows; row++) {
          gradient[row]! *= weight[row]!;
          hessian[row]! *= weight[row]!;
        }
      },
    }),
    link: options.link ?? { kind: "identity" },
    ...(loss === undefined ? {} : { loss }),
    ...(leafValue === undefined ? {} : { leafValue }),
  });
}
