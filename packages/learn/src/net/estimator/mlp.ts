import { positiveInteger } from "../check-option.ts";
import type { ActivationName } from "../layer/activation.ts";
import { dense } from "../layer/dense.ts";
import { dropped } from "./dropout.ts";
import { sequential } from "../layer/sequential.ts";
import { fitMatrixNet } from "./matrix-net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { standardisedOf } from "./standardised.ts";
import { trainingSettings, type NetTrainingOptions } from "./training-option.ts";

/** What {@link mlp} takes; plain data. */
export interface MlpOptions extends NetTrainingOptions {
  /** Units of each hidden layer. Default [128, 64]. */
  readonly hidden?: readonly number[];
  /** Default "relu". */
  readonly activation?: ActivationName;
}

/**
 * A multilayer perceptron over rows of numbers: standardised, then dense layers with an activation and dropout
 * (default 0.1; default 40 epochs). Columns without order or neighbourhood; for windows take `conv1d`.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await mlp({ hidden: [64], seed: 1 }).fit({ X, y, classes }, { runtime: onnxruntimeNode });
 * const probabilities = await model.predictProbabilities(X, onnxruntimeNode);
 */
export function mlp(options: MlpOptions = {}): NetEstimator {
  const { hidden = [128, 64], activation = "relu" } = options;
  const settings = trainingSettings("mlp", options, { epochs: 40, dropout: 0.1 });
  const body = hidden.flatMap((units) => [
    dense({ units: positiveInteger("mlp", "hidden", units), activation }),
    ...(settings.dropout === 0 ? [] : [dropped(settings.dropout)]),
  ]);
  return Object.freeze({
    kind: "mlp",
    fit: (rows, fit) =>
      fitMatrixNet(
        {
          kind: "mlp",
          shape: [rows.X.columns],
          layers: (X, classes) =>
            sequential(standardisedOf(X, X.columns), ...body, dense({ units: classes })),
        },
        settings,
        rows,
        fit,
      ),
  } satisfies NetEstimator);
}
