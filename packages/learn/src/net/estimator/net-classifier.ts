import type { GraphRuntime, LoadOptions, OnnxModel } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { checkTrainingRows, predictClasses, type TrainingRows } from "../../classifier.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { inferenceGraph } from "../inference-graph.ts";
import type { Net } from "../net.ts";
import type { FittedNet } from "../train/fitted-net.ts";
import type { NetColumn, NetData } from "../train/net-data.ts";
import { trainNet } from "../train/train-net.ts";
import { runRows } from "./run-row.ts";
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
export interface NetEstimator<Rows = TrainingRows, Given = Matrix, Model = NetClassifier<Given>> {
  readonly kind: string;
  fit(rows: Rows, options: NetTrainingFit<Rows>): Promise<Model>;
}

/** How what is given becomes the inputs of a net. */
export interface NetEncoder<Given> {
  /** Rows given. */
  count(given: Given): number;
  /** @throws ARGUMENT_INVALID or DATA_MALFORMED, naming row and column, for what no net can take. */
  check(who: string, given: Given): void;
  /** The inputs of the rows `start .. start + count`. */
  inputs(given: Given, start: number, count: number): Readonly<Record<string, NetColumn>>;
}

/** Labels that go with what is given. */
export type Labels = Pick<TrainingRows, "y" | "classes" | "sampleWeight">;

/** A net, made once the training rows are known. */
export interface NetPlan<Given> {
  readonly kind: string;
  readonly encoder: NetEncoder<Given>;
  readonly net: Net;
  /** What the graph says of itself, beside the classes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** @throws what `checkTrainingRows` throws about labels, and the encoder about the rest. */
export function checkLabelled<Given>(
  who: string,
  given: Given,
  labels: Labels,
  encoder: Pick<NetEncoder<Given>, "count" | "check">,
): void {
  const rows = encoder.count(given);
  checkTrainingRows(who, { ...labels, X: matrix(rows, 0, new Float32Array(0)) });
  encoder.check(who, given);
}

/** Fits a planned net; the labels were checked by {@link checkLabelled}. */
export async function fitNet<Given>(
  { kind, encoder, net, metadata }: NetPlan<Given>,
  settings: TrainingSettings,
  rows: { readonly given: Given; readonly labels: Labels },
  validation: { readonly given: Given; readonly labels: Labels } | undefined,
  options: NetFitOptions,
): Promise<NetClassifier<Given>> {
  const { classes } = rows.labels;
  if (validation !== undefined) {
    checkLabelled(`${kind}.fit: validation`, validation.given, validation.labels, encoder);
    if (validation.labels.classes.join("\n") !== classes.join("\n"))
      throw tidelineError("ARGUMENT_INVALID", {
        who: `${kind}.fit`,
        field: "validation.classes",
        expected: classes.join(", "),
        received: validation.labels.classes.join(", "),
      });
  }
  const dataOf = ({ given, labels: { y, sampleWeight } }: typeof rows): NetData => {
    const count = encoder.count(given);
    return {
      rows: count,
      inputs: encoder.inputs(given, 0, count),
      target: { dims: [], values: Int32Array.from(y) },
      ...(sampleWeight === undefined ? {} : { weight: sampleWeight }),
    };
  };
  const trained = await trainNet(net, dataOf(rows), {
    ...trainOptions(settings, options),
    ...(validation === undefined ? {} : { validation: dataOf(validation), metric: "accuracy" as const }),
  });
  return netClassifier({ kind, encoder, metadata }, Object.freeze([...classes]), trained);
}

function netClassifier<Given>(
  { kind, encoder, metadata }: Omit<NetPlan<Given>, "net">,
  classes: readonly string[],
  trained: FittedNet,
): NetClassifier<Given> {
  const graph = () =>
    inferenceGraph(trained.net, trained, {
      name: kind,
      metadata: { ...metadata, classes: JSON.stringify(classes) },
    });
  const predictProbabilities: NetClassifier<Given>["predictProbabilities"] = async (given, runtime, load) => {
    const plan = {
      model: graph(),
      inputs: trained.net.inputs,
      encoder,
      outputs: { probabilities: classes.length },
    };
    const { probabilities } = await runRows(`${kind}.predictProbabilities`, plan, given, runtime, load);
    return matrix(encoder.count(given), classes.length, probabilities!);
  };
  return Object.freeze({
    kind,
    classes,
    seed: trained.seed,
    trained,
    graph,
    predictProbabilities,
    predict: async (given: Given, runtime: GraphRuntime, load?: LoadOptions) =>
      predictClasses(await predictProbabilities(given, runtime, load)),
  });
}
