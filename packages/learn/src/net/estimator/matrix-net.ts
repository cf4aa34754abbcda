import { elementCount } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { checkWidth } from "../../classifier.ts";
import type { Matrix } from "../../matrix.ts";
import type { Layer, Net } from "../net.ts";
import type { NetEncoder, NetTrainingFit } from "./net-classifier.ts";
import {
  checkTask,
  CLASSIFICATION,
  fitTask,
  type LabelsOf,
  type ModelOf,
  type Task,
  type TaskSettings,
} from "./task.ts";
import type { TrainingSettings } from "./training-option.ts";

/** Rows of a matrix with their classes or numbers. */
export type MatrixRows<T extends Task = "classification"> = LabelsOf<T> & { readonly X: Matrix };

/** A net for rows of one shape. */
export interface MatrixNetPlan {
  readonly kind: string;
  /** Shape of a row; its numbers stand in a row of `X`, row-major. */
  readonly shape: readonly number[];
  /** The layers from raw rows to scores, once the training rows are known. */
  readonly layers: (X: Matrix, scores: number) => Layer;
}

/** Rows of a matrix as tensors of a shape. */
export function matrixEncoder(shape: readonly number[]): NetEncoder<Matrix> {
  const width = elementCount(shape);
  return {
    count: (X) => X.rows,
    check(who, X) {
      if (width === 0)
        throw tidelineError("ARGUMENT_INVALID", {
          who,
          field: "X",
          expected: "at least one column",
          received: "none",
        });
      checkWidth(who, X, width);
      const at = X.values.findIndex((value) => !Number.isFinite(Math.fround(value)));
      if (at < 0) return;
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `X, row ${Math.floor(at / width)}, column ${at % width}`,
        expected: "a finite number",
        received: String(X.values[at]),
        remedy: "Impute, scale (nets compute in float32, which ends at 3.4e38) or drop the row first.",
      });
    },
    inputs: (X, start, count) => ({
      x: { dims: shape, values: X.values.subarray(start * width, (start + count) * width) },
    }),
  };
}

/** A function of its own: a net made where the training rows are in scope would keep them alive in every model. */
function netOfLayer(shape: readonly number[], layer: Layer): Net {
  return {
    inputs: [{ name: "x", elementType: "float32", dims: shape }],
    forward: (scope, { x }) => layer(scope, x!),
  };
}

/** Fits a net on rows whose numbers are a matrix: one input "x". */
export async function fitMatrixNet<T extends Task = "classification">(
  { kind, shape, layers }: MatrixNetPlan,
  settings: TrainingSettings | TaskSettings,
  rows: MatrixRows<T>,
  { validation, ...options }: NetTrainingFit<MatrixRows<T>>,
): Promise<ModelOf<T, Matrix>> {
  const encoder = matrixEncoder(shape);
  const task: TaskSettings = "task" in settings ? settings : { ...settings, ...CLASSIFICATION };
  const own = { given: rows.X, labels: rows };
  checkTask<T, Matrix>(`${kind}.fit`, task, own, encoder);
  const net = (scores: number) => netOfLayer(shape, layers(rows.X, scores));
  const seen = validation === undefined ? undefined : { given: validation.X, labels: validation };
  return fitTask<T, Matrix>({ kind, encoder, net }, task, own, seen, options);
}
