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

/** The metrics by name. One score for each row is read as the log-odds of class 1. */
export const NET_METRICS = {
  accuracy: {
    name: "accuracy",
    better: "higher",
    of: (scores, target, rows) => accuracy(labelsOf(target, rows), classesOf(scores, rows)),
  },
  macroF1: {
    name: "macroF1",
    better: "higher",
    of: (scores, target, rows) =>
      macroF1(labelsOf(target, rows), classesOf(scores, rows), Math.max(2, scores.length / rows)),
  },
  rootMeanSquaredError: {
    name: "rootMeanSquaredError",
    better: "lower",
    of: (scores, { values }) => Math.sqrt(meanOf(scores, (score, at) => (score - Number(values[at])) ** 2)),
  },
  meanAbsoluteError: {
    name: "meanAbsoluteError",
    better: "lower",
    of: (scores, { values }) => meanOf(scores, (score, at) => Math.abs(score - Number(values[at]))),
  },
} satisfies Record<NetMetricName, NetMetric>;

function labelsOf({ values }: NetColumn, rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => Number(values[row]));
}

function classesOf(scores: Float32Array, rows: number): Int32Array {
  const width = scores.length / rows;
  return Int32Array.from({ length: rows }, (_, row) => {
    if (width === 1) return scores[row]! > 0 ? 1 : 0;
    let best = 0;
    for (let k = 1; k < width; k++) if (scores[row * width + k]! > scores[row * width + best]!) best = k;
    return best;
  });
}

function meanOf(scores: Float32Array, term: (score: number, at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < scores.length; at++) sum += term(scores[at]!, at);
  return sum / scores.length;
}
