import { writeOnnx, type OnnxModel } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { standardisedOf } from "../estimator/standardised.ts";
import { inferenceGraph } from "../inference-graph.ts";
import type { Matrix } from "../../matrix.ts";
import { positiveInteger } from "../check-option.ts";
import { dense } from "../layer/dense.ts";
import { sequential } from "../layer/sequential.ts";
import { mse } from "../loss/mse.ts";
import type { Net } from "../net.ts";
import type { FittedNet } from "../train/fitted-net.ts";
import type { NetData } from "../train/net-data.ts";
import type { NetMetric } from "../train/net-metric.ts";
import { trainNet } from "../train/train-net.ts";
import type { TrainNetOptions } from "../train/train-option.ts";
import { graphNet } from "./graph-net.ts";
import { runModel, type ModelAnswers } from "./run-model.ts";
import { atTemperature, softLoss } from "./soft-loss.ts";

/** What `distil` takes. */
export interface DistilOptions extends Omit<
  TrainNetOptions,
  "loss" | "initial" | "metric" | "trainable" | "classWeights"
> {
  /** The teacher's output of probabilities or numbers; its only float32 one by default. */
  readonly output?: string;
  /** Default 2. Of numbers there is none. */
  readonly temperature?: number;
  /** The share of the true targets in what is learnt, from 0 to 1; the rest is the teacher's word. Default 0.1. */
  readonly hard?: number;
}

/** How a student stands beside its teacher, on rows that it did not learn from. */
export interface DistilReport {
  /**
   * Of classes the share of rows on which both decide alike, of numbers the share of the teacher's variance that the
   * student's numbers explain.
   */
  readonly fidelity: number;
  /** Accuracy, or root mean squared error, of each against the true targets. */
  readonly metric: {
    readonly name: "accuracy" | "rootMeanSquaredError";
    readonly teacher: number;
    readonly student: number;
  };
  /** Of the ONNX files. */
  readonly bytes: { readonly teacher: number; readonly student: number };
}

/** A student that learnt from a teacher. */
export interface Distilled {
  readonly model: OnnxModel;
  readonly fitted: FittedNet;
  /** Absent without validation rows. */
  readonly report?: DistilReport;
}

/** A net of dense layers over standardised columns, input "x": a student for rows of numbers. */
export interface DenseStudentOptions {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Scores of a row: classes, or 1 for numbers. */
  readonly scores: number;
}

/**
 * A small net for rows of a matrix.
 *
 * @param X training rows, of which means and deviations are taken.
 * @throws DEFINITION_ILLEGAL for a number of units that is none.
 */
export function denseStudent(X: Matrix, { hidden, scores }: DenseStudentOptions): Net {
  const body = sequential(
    standardisedOf(X, X.columns),
    ...hidden.map((units) =>
      dense({ units: positiveInteger("denseStudent", "hidden", units), activation: "relu" }),
    ),
    dense({ units: positiveInteger("denseStudent", "scores", scores) }),
  );
  return {
    inputs: [{ name: "x", elementType: "float32", dims: [X.columns] }],
    forward: (scope, { x }) => body(scope, x!),
  };
}

function invalid(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "distil", field, expected, received });
}

/** The class of a row, where it has one. */
function classAt({ target }: NetData, row: number, classes: number): number {
  const value = Number(target.values[row]);
  if (Number.isInteger(value) && value >= -1 && value < classes) return value;
  throw invalid(`target, row ${row}`, `a class below ${classes}, or -1 where none is known`, String(value));
}

/** Rows whose targets are what a student is to learn of classes. */
function softRows(data: NetData, { width, values }: ModelAnswers, temperature: number): NetData {
  const target = new Float32Array(data.rows * 2 * width);
  for (let row = 0; row < data.rows; row++) {
    const teacher = values.subarray(row * width, (row + 1) * width);
    if (!teacher.every((p) => p >= -1e-6 && p <= 1 + 1e-6))
      throw invalid(
        `the teacher's output, row ${row}`,
        "probabilities",
        `${[...teacher].join(", ").slice(0, 80)}`,
      );
    target.set(atTemperature(teacher, temperature), row * 2 * width);
    const label = classAt(data, row, width);
    if (label >= 0) target[(2 * row + 1) * width + label] = 1;
  }
  return { ...data, target: { dims: [2 * width], values: target } };
}

/** Rows whose targets are numbers between the teacher's and the true ones; a true one that is NaN is not known. */
function mixedRows(data: NetData, { values }: ModelAnswers, hard: number): NetData {
  const target = Float32Array.from(values, (teacher, row) => {
    const truth = Number(data.target.values[row]);
    return Number.isNaN(truth) ? teacher : hard * truth + (1 - hard) * teacher;
  });
  return { ...data, target: { dims: [], values: target } };
}

function decided(values: Float32Array, width: number, row: number): number {
  let best = 0;
  for (let at = 1; at < width; at++) if (values[row * width + at]! > values[row * width + best]!) best = at;
  return best;
}

/** Accuracy of scores against the true half of soft targets. */
const SOFT_ACCURACY: NetMetric = {
  name: "accuracy",
  better: "higher",
  of(scores, { values }, rows) {
    const width = scores.length / rows;
    let [right, known] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const truth = (values as Float32Array)
        .subarray((2 * row + 1) * width, (2 * row + 2) * width)
        .indexOf(1);
      if (truth < 0) continue;
      known += 1;
      if (decided(scores, width, row) === truth) right += 1;
    }
    return known === 0 ? NaN : right / known;
  },
};

/**
 * Trains a small net to answer as a large model does: a forest, boosted trees, a net, whatever has a graph. It learns the
 * teacher's probabilities, which say of each row what else it might have been, beside the true classes; of numbers it
 * learns the teacher's, mixed with the true ones. Rows without a class (-1; NaN of numbers) teach too: the teacher's word is all there is.
 *
 * @param teacher probabilities of classes [N, K], or numbers [N] or [N, 1]; its inputs are columns of the rows by name.
 * @param student a net, such as `denseStudent`, or a graph to train on, such as one that was pruned.
 * @throws ARGUMENT_INVALID for rows, a teacher and a student that do not fit one another, and what `trainNet` and
 *   `graphNet` throw.
 *
 * @example
 * const { model, report } = await distil(forest.graph(), denseStudent(X, { hidden: [32], scores: 6 }), rows, {
 *   runtime: onnxruntimeNode, optimiser: adam({ rate: 3e-3 }), epochs: 40, validation: others,
 * });
 */
export async function distil(
  teacher: OnnxModel,
  student: Net | OnnxModel,
  data: NetData,
  options: DistilOptions,
): Promise<Distilled> {
  const { output, temperature = 2, hard = 0.1, ...training } = options;
  const { runtime, load, validation } = training;
  const graph = "graph" in student ? graphNet(student) : undefined;
  const net = graph?.net ?? (student as Net);
  const answers = await runModel("distil: teacher", teacher, data, runtime, { load, output });
  if (!(hard >= 0 && hard <= 1)) throw invalid("hard", "a share from 0 to 1", String(hard));
  const classes = answers.width > 1;
  const learnt = (rows: NetData, said: ModelAnswers) =>
    classes ? softRows(rows, said, temperature) : mixedRows(rows, said, hard);
  const seen =
    validation && (await runModel("distil: teacher", teacher, validation, runtime, { load, output }));
  const fitted = await trainNet(net, learnt(data, answers), {
    ...training,
    loss: classes ? softLoss({ classes: answers.width, temperature, hard }) : mse(),
    ...(validation === undefined ? {} : { validation: learnt(validation, seen!) }),
    ...(validation !== undefined && classes ? { metric: SOFT_ACCURACY } : {}),
    ...(graph === undefined ? {} : { initial: graph.numbers }),
  });
  const activation = classes ? "softmax" : "none";
  const model =
    graph?.model(fitted) ?? inferenceGraph(net, fitted, { activation, metadata: teacher.metadata ?? {} });
  if (validation === undefined) return Object.freeze({ model, fitted });
  const said = await runModel("distil: student", model, validation, runtime, { load });
  const bytes = { teacher: writeOnnx(teacher).length, student: writeOnnx(model).length };
  const report = classes ? classReport(validation, seen!, said) : numberReport(validation, seen!, said);
  return Object.freeze({ model, fitted, report: Object.freeze({ ...report, bytes: Object.freeze(bytes) }) });
}

type Compared = Omit<DistilReport, "bytes">;

function classReport(data: NetData, teacher: ModelAnswers, student: ModelAnswers): Compared {
  let [alike, known, first, second] = [0, 0, 0, 0];
  for (let row = 0; row < data.rows; row++) {
    const [a, b] = [teacher, student].map(({ values, width }) => decided(values, width, row));
    if (a === b) alike += 1;
    const truth = classAt(data, row, teacher.width);
    if (truth < 0) continue;
    known += 1;
    if (a === truth) first += 1;
    if (b === truth) second += 1;
  }
  return {
    fidelity: alike / data.rows,
    metric: { name: "accuracy", teacher: first / known, student: second / known },
  };
}

function numberReport(data: NetData, teacher: ModelAnswers, student: ModelAnswers): Compared {
  const mean = teacher.values.reduce((sum, value) => sum + value, 0) / data.rows;
  let [off, spread, known, first, second] = [0, 0, 0, 0, 0];
  for (let row = 0; row < data.rows; row++) {
    const [a, b] = [teacher.values[row]!, student.values[row]!];
    off += (a - b) ** 2;
    spread += (a - mean) ** 2;
    const truth = Number(data.target.values[row]);
    if (Number.isNaN(truth)) continue;
    known += 1;
    first += (a - truth) ** 2;
    second += (b - truth) ** 2;
  }
  const root = (sum: number) => Math.sqrt(sum / known);
  return {
    fidelity: spread === 0 ? (off === 0 ? 1 : 0) : 1 - off / spread,
    metric: { name: "rootMeanSquaredError", teacher: root(first), student: root(second) },
  };
}
