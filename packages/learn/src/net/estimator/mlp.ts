import { positiveInteger } from "../check-option.ts";
import type { ActivationName } from "../layer/activation.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { sequential } from "../layer/sequential.ts";
import type { Matrix } from "../../matrix.ts";
import { fitMatrixNet, type MatrixRows } from "./matrix-net.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { standardisedOf } from "./standardised.ts";
import { taskSettings, type ModelOf, type Task, type TaskOptions } from "./task.ts";

/** What {@link mlp} takes; plain data. */
export interface MlpOptions<T extends Task = Task> extends TaskOptions<T> {
  /** Units of each hidden layer. Default [128, 64]. */
  readonly hidden?: readonly number[];
  /** Default "relu". */
  readonly activation?: ActivationName;
}

/**
 * A multilayer perceptron over rows of numbers: standardised, then dense layers with an activation and dropout
 * (default 0.1; default 40 epochs), for classes or for numbers. Columns without order or neighbourhood; for windows take `conv1d`.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await mlp({ hidden: [64], seed: 1 }).fit({ X, y, classes }, { runtime: onnxruntimeNode });
 * const probabilities = await model.predictProbabilities(X, onnxruntimeNode);
 * const price = await mlp({ task: "regression", loss: "huber" }).fit({ X, y: prices }, { runtime: onnxruntimeNode });
 */
export function mlp<T extends Task = "classification">(
  options: MlpOptions<T> = {},
): NetEstimator<MatrixRows<T>, Matrix, ModelOf<T, Matrix>> {
  const { hidden = [128, 64], activation = "relu" } = options;
  const settings = taskSettings("mlp", options, { epochs: 40, dropout: 0.1 });
  const body = hidden.flatMap((units) => [
    dense({ units: positiveInteger("mlp", "hidden", units), activation }),
    ...(settings.dropout === 0 ? [] : [dropout({ rate: settings.dropout })]),
  ]);
  return Object.freeze({
    kind: "mlp",
    fit: (rows, fit) =>
      fitMatrixNet<T>(
        {
          kind: "mlp",
          shape: [rows.X.columns],
          layers: (X, scores) => sequential(standardisedOf(X, X.columns), ...body, dense({ units: scores })),
        },
        settings,
        rows,
        fit,
      ),
  } satisfies NetEstimator<MatrixRows<T>, Matrix, ModelOf<T, Matrix>>);
}
