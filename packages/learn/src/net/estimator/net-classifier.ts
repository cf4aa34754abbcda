import { writeOnnx, type OnnxModel, type GraphRuntime, type LoadOptions } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { checkTrainingRows, checkWidth, predictClasses, type TrainingRows } from "../../classifier.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { inferenceGraph } from "../inference-graph.ts";
import type { Net } from "../net.ts";
import type { FittedNet } from "../train/fitted-net.ts";
import type { NetData } from "../train/net-data.ts";
import { trainNet } from "../train/train-net.ts";
import { trainOptions, type NetFitOptions, type TrainingSettings } from "./training-option.ts";

/** A fitted net that gives each class a probability; frozen. */
export interface NetClassifier<Rows = Matrix> {
  readonly kind: string;
  readonly classes: readonly string[];
  readonly seed: number;
  /** Parameters, curves and why training ended. */
  readonly trained: FittedNet;
  /** Input "x" of any number of raw rows "N", output "probabilities" [N, K]; the classes stand in the metadata. */
  graph(): OnnxModel;
  /**
   * [N, K]; each row sums to 1.
   *
   * @throws ARGUMENT_INVALID for rows of another form; DATA_MALFORMED for a value that is not finite, naming row and
   *   column; what the runtime throws.
   */
  predictProbabilities(rows: Rows, runtime: GraphRuntime, load?: LoadOptions): Promise<Matrix>;
  /** [N], positions in `classes`; the first of equals. Errors: as `predictProbabilities`. */
  predict(rows: Rows, runtime: GraphRuntime, load?: LoadOptions): Promise<Int32Array>;
}

/** Rows to look at while training. */
export interface NetTrainingFit<Rows = TrainingRows> extends NetFitOptions {
  /** Rows that are only looked at, after each epoch: their loss and accuracy enter the curves. */
  readonly validation?: Rows;
}

/** A configuration of a net that can be fitted. `fit` changes nothing it is given. */
export interface NetEstimator<Rows = TrainingRows, Given = Matrix> {
  readonly kind: string;
  fit(rows: Rows, options: NetTrainingFit<Rows>): Promise<NetClassifier<Given>>;
}

/** A net for rows of one shape, made once the training rows are known. */
export interface NetPlan {
  readonly kind: string;
  /** Shape of a row; its numbers stand in a row of `X`, row-major. */
  readonly shape: readonly number[];
  /** @param classes how many scores there are. */
  readonly net: (X: Matrix, classes: number) => Net;
}

/** Rows predicted in one run; bounds memory whatever number is asked for. */
const PREDICTION_BATCH = 512;

/** Fits a net on rows whose numbers are a matrix. */
export async function fitMatrixNet(
  plan: NetPlan,
  settings: TrainingSettings,
  rows: TrainingRows,
  options: NetTrainingFit,
): Promise<NetClassifier> {
  const { kind, shape } = plan;
  const width = shape.reduce((product, dim) => product * dim, 1);
  const { validation } = options;
  for (const [who, part] of [
    [`${kind}.fit`, rows],
    [`${kind}.fit: validation`, validation],
  ] as const) {
    if (part === undefined) continue;
    checkWidth(who, part.X, width);
    checkTrainingRows(who, part);
  }
  if (validation !== undefined && validation.classes.join("\n") !== rows.classes.join("\n"))
    throw tidelineError("ARGUMENT_INVALID", {
      who: `${kind}.fit`,
      field: "validation.classes",
      expected: rows.classes.join(", "),
      received: validation.classes.join(", "),
    });
  const net = plan.net(rows.X, rows.classes.length);
  const trained = await trainNet(net, netData(rows, shape), {
    ...trainOptions(settings, options),
    ...(validation === undefined
      ? {}
      : { validation: netData(validation, shape), metric: "accuracy" as const }),
  });
  return matrixClassifier(kind, shape, Object.freeze([...rows.classes]), trained);
}

function netData({ X, y, sampleWeight }: TrainingRows, shape: readonly number[]): NetData {
  return {
    rows: X.rows,
    inputs: { x: { dims: shape, values: X.values } },
    target: { dims: [], values: Int32Array.from(y) },
    ...(sampleWeight === undefined ? {} : { weight: sampleWeight }),
  };
}

function matrixClassifier(
  kind: string,
  shape: readonly number[],
  classes: readonly string[],
  trained: FittedNet,
): NetClassifier {
  const width = shape.reduce((product, dim) => product * dim, 1);
  const graph = () =>
    inferenceGraph(trained.net, trained, { name: kind, metadata: { classes: JSON.stringify(classes) } });
  const predictProbabilities: NetClassifier["predictProbabilities"] = async (
    X,
    runtime,
    load = { threads: 1 },
  ) => {
    checkWidth(`${kind}.predictProbabilities`, X, width);
    const at = X.values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw tidelineError("DATA_MALFORMED", {
        who: `${kind}.predictProbabilities`,
        field: `X, row ${Math.floor(at / width)}, column ${at % width}`,
        expected: "a finite number",
        received: String(X.values[at]),
        remedy: "Impute or drop the row first.",
      });
    const out = new Float32Array(X.rows * classes.length);
    const loaded = await runtime.load(writeOnnx(graph()), load);
    try {
      for (let start = 0; start < X.rows; start += PREDICTION_BATCH) {
        const count = Math.min(PREDICTION_BATCH, X.rows - start);
        const values = Float32Array.from(X.values.subarray(start * width, (start + count) * width));
        const { probabilities } = await loaded.run({ x: { dims: [count, ...shape], values } }, [
          "probabilities",
        ]);
        out.set(probabilities!.values as Float32Array, start * classes.length);
      }
    } finally {
      await loaded.release();
    }
    return matrix(X.rows, classes.length, out);
  };
  return Object.freeze({
    kind,
    classes,
    seed: trained.seed,
    trained,
    graph,
    predictProbabilities,
    predict: async (X: Matrix, runtime: GraphRuntime, load?: LoadOptions) =>
      predictClasses(await predictProbabilities(X, runtime, load)),
  });
}
