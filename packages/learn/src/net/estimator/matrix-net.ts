import { tidelineError } from "@tideline/spec";
import { checkWidth, type TrainingRows } from "../../classifier.ts";
import type { Matrix } from "../../matrix.ts";
import { elementCount } from "@tideline/graph";
import type { Layer, Net } from "../net.ts";
import {
  checkLabelled,
  fitNet,
  type NetClassifier,
  type NetEncoder,
  type NetTrainingFit,
} from "./net-classifier.ts";
import type { TrainingSettings } from "./training-option.ts";

/** A net for rows of one shape. */
export interface MatrixNetPlan {
  readonly kind: string;
  /** Shape of a row; its numbers stand in a row of `X`, row-major. */
  readonly shape: readonly number[];
  /** The layers from raw rows to scores, once the training rows are known. */
  readonly layers: (X: Matrix, classes: number) => Layer;
}

/** Rows of a matrix as tensors of a shape. */
function matrixEncoder(shape: readonly number[]): NetEncoder<Matrix> {
  const width = elementCount(shape);
  return {
    count: (X) => X.rows,
    check(who, X) {
      checkWidth(who, X, width);
      const at = X.values.findIndex((value) => !Number.isFinite(value));
      if (at < 0) return;
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `X, row ${Math.floor(at / width)}, column ${at % width}`,
        expected: "a finite number",
        received: String(X.values[at]),
        remedy: "Impute or drop the row first.",
      });
    },
    inputs: (X, start, count) => ({
      x: { dims: shape, values: X.values.subarray(start * width, (start + count) * width) },
    }),
  };
}

/** Fits a net on rows whose numbers are a matrix: one input "x". */
export async function fitMatrixNet(
  { kind, shape, layers }: MatrixNetPlan,
  settings: TrainingSettings,
  rows: TrainingRows,
  { validation, ...options }: NetTrainingFit,
): Promise<NetClassifier> {
  const encoder = matrixEncoder(shape);
  checkLabelled(`${kind}.fit`, rows.X, rows, encoder);
  const layer = layers(rows.X, rows.classes.length);
  const plan = {
    kind,
    encoder,
    net: {
      inputs: [{ name: "x", elementType: "float32" as const, dims: shape }],
      forward: ((scope, { x }) => layer(scope, x!)) satisfies Net["forward"],
    },
  };
  const seen = validation === undefined ? undefined : { given: validation.X, labels: validation };
  return fitNet(plan, settings, { given: rows.X, labels: rows }, seen, options);
}
