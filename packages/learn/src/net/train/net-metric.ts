import { tidelineError } from "@tideline/spec";
import { accuracy } from "../../metric/accuracy.ts";
import { macroF1 } from "../../metric/classification-report.ts";
import type { NetColumn } from "./net-data.ts";

/** A figure of merit over validation rows. Weights do not enter: it is what a reader of the figure expects. */
export interface NetMetric {
  readonly name: string;
  readonly better: "higher" | "lower";
  /** @param scores [rows, width], what the net gives before softmax or sigmoid. */
  readonly of: (scores: Float32Array, target: NetColumn, rows: number) => number;
}

/** The metrics that have a name. */
export type NetMetricName = "accuracy" | "macroF1" | "rootMeanSquaredError" | "meanAbsoluteError";

/**
 * The metrics by name.
 *
 * Of a row with a class and several scores the largest score decides. As many scores as targets are log-odds of
 * labels: above 0 says 1, and a target of at least 0.5 is 1. Accuracy is then the share of labels that are right, macro
 * F1 the mean over the labels of the F1 of 1 (scikit-learn's for several labels a row); with one label a row both are
 * those of two classes. Each throws ARGUMENT_INVALID for scores and targets that it cannot compare.
 */
export const NET_METRICS = {
  accuracy: {
    name: "accuracy",
    better: "higher",
    of(scores, target, rows) {
      const { labels, predicted } = decisions("accuracy", scores, target, rows);
      return accuracy(labels, predicted);
    },
  },
  macroF1: {
    name: "macroF1",
    better: "higher",
    of(scores, target, rows) {
      const { labels, predicted, columns } = decisions("macroF1", scores, target, rows);
      if (columns > 1) return labelF1(labels, predicted, columns);
      return macroF1(labels, predicted, Math.max(2, scores.length / rows));
    },
  },
  rootMeanSquaredError: {
    name: "rootMeanSquaredError",
    better: "lower",
    of: (scores, target) => Math.sqrt(meanOf("rootMeanSquaredError", scores, target, (error) => error ** 2)),
  },
  meanAbsoluteError: {
    name: "meanAbsoluteError",
    better: "lower",
    of: (scores, target) => meanOf("meanAbsoluteError", scores, target, Math.abs),
  },
} satisfies Record<NetMetricName, NetMetric>;

interface Decisions {
  /** [rows, columns] */
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  readonly columns: number;
}

function decisions(name: string, scores: Float32Array, target: NetColumn, rows: number): Decisions {
  const { values } = target;
  const width = scores.length / rows;
  if (values.length === scores.length) {
    const labels = Int32Array.from({ length: values.length }, (_, at) => {
      const value = Number(values[at]);
      if (value >= 0 && value <= 1) return value >= 0.5 ? 1 : 0;
      throw wrong(name, `target, row ${Math.floor(at / width)}`, "a number in 0..1", String(value));
    });
    return { labels, predicted: Int32Array.from(scores, (score) => (score > 0 ? 1 : 0)), columns: width };
  }
  const classes = values instanceof Int32Array || values instanceof BigInt64Array;
  if (!classes || values.length !== rows)
    throw wrong(name, "target", "a class for each row, or a label for each score", formOf(scores, target));
  const labels = Int32Array.from({ length: rows }, (_, row) => Number(values[row]));
  const at = labels.findIndex((label) => !(label >= 0 && label < width));
  if (at >= 0) throw wrong(name, `target, row ${at}`, `an integer in 0..${width - 1}`, String(values[at]));
  const predicted = Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let k = 1; k < width; k++) if (scores[row * width + k]! > scores[row * width + best]!) best = k;
    return best;
  });
  return { labels, predicted, columns: 1 };
}

/** The mean over columns of the F1 of 1; 0 where neither truth nor predictions have it. */
function labelF1(labels: Int32Array, predicted: Int32Array, columns: number): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    let both = 0;
    let either = 0;
    for (let at = column; at < labels.length; at += columns) {
      both += labels[at]! * predicted[at]!;
      either += labels[at]! + predicted[at]!;
    }
    sum += either === 0 ? 0 : (2 * both) / either;
  }
  return sum / columns;
}

function meanOf(
  name: string,
  scores: Float32Array,
  target: NetColumn,
  term: (error: number) => number,
): number {
  const { values } = target;
  if (values.length !== scores.length)
    throw wrong(name, "target", "a number for each score", formOf(scores, target));
  return scores.reduce((sum, score, at) => sum + term(score - Number(values[at])), 0) / scores.length;
}

function formOf(scores: Float32Array, { values }: NetColumn): string {
  return `${values.constructor.name} of ${values.length} for ${scores.length} scores`;
}

function wrong(name: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: `metric ${name}`, field, expected, received });
}
