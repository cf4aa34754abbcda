import { tidelineError } from "@tideline/spec";
import { ELEMENT_TYPES } from "../element-type.ts";
import type { OnnxModel } from "../onnx.ts";
import type { GraphRuntime, RuntimeTensor } from "../runtime/graph-runtime.ts";
import { demandRows, resultsOf, type Results, type Rows } from "./calibrate/run-row.ts";

/** How good a model's answers are; higher is better. */
export type Score = (results: readonly Results[]) => number;

/** Rows that calibration did not see, on which compressed models are judged. */
export interface Trial {
  readonly runtime: GraphRuntime;
  readonly rows: readonly Rows[];
  /** By default how much the answers agree with those of the model before (`agreement`). */
  readonly score?: Score;
  /** Without a score: the output that is to agree. By default the first of probabilities, or else all. */
  readonly output?: string;
}

function namedOutput(result: Results, output: string): RuntimeTensor {
  const tensor = result[output];
  if (tensor !== undefined) return tensor;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "score",
    field: "output",
    expected: Object.keys(result).join(", "),
    received: output,
  });
}

function demandLabels(who: string, rows: number, labels: ArrayLike<number>): void {
  if (rows !== labels.length)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "labels",
      expected: `one for each of ${rows} answers`,
      received: String(labels.length),
    });
}

/** What an output says of each row: the position of its largest number, or of one number on which side of a half it is. */
function decisions(results: readonly Results[], output: string): Int32Array {
  return Int32Array.from(
    results.flatMap((result) => {
      const tensor = namedOutput(result, output);
      const values = tensor.values as ArrayLike<number | bigint>;
      const rows = tensor.dims[0] ?? 1;
      const width = rows === 0 ? 0 : values.length / rows;
      return Array.from({ length: rows }, (_, row) => {
        if (width === 1) return Number(Number(values[row]) > 0.5);
        let best = 0;
        for (let at = 1; at < width; at++)
          if (Number(values[row * width + at]) > Number(values[row * width + best])) best = at;
        return best;
      });
    }),
  );
}

/**
 * The share of rows whose largest output is at the position of their label; of one output, above a half for label 1.
 *
 * @param labels one number for each row, over all batches.
 *
 * @example
 * const score = accuracyScore("probabilities", labels);
 */
export function accuracyScore(output: string, labels: ArrayLike<number>): Score {
  return (results) => {
    const decided = decisions(results, output);
    demandLabels("accuracyScore", decided.length, labels);
    return decided.reduce((sum, one, at) => sum + Number(one === labels[at]), 0) / decided.length;
  };
}

/**
 * The share of the labels' spread that an output tells (R squared); 1 where it tells them all.
 *
 * @param labels one number for each row, over all batches.
 */
export function r2Score(output: string, labels: ArrayLike<number>): Score {
  return (results) => {
    const told = results.flatMap((result) =>
      Array.from(namedOutput(result, output).values as ArrayLike<number>),
    );
    demandLabels("r2Score", told.length, labels);
    const mean = told.reduce((sum, _, at) => sum + labels[at]!, 0) / told.length;
    const missed = told.reduce((sum, value, at) => sum + (labels[at]! - value) ** 2, 0);
    const spread = told.reduce((sum, _, at) => sum + (labels[at]! - mean) ** 2, 0);
    return 1 - missed / Math.max(spread, Number.MIN_VALUE);
  };
}

/**
 * The mean squared difference of floating-point outputs, relative to how they spread; 0 where they are alike.
 *
 * @param names the outputs that are compared; all by default.
 */
export function outputError(
  before: readonly Results[],
  after: readonly Results[],
  names: readonly string[] = Object.keys(before[0] ?? {}),
): number {
  const shares = names.flatMap((name) => {
    let [moved, sum, squares, count] = [0, 0, 0, 0];
    for (const [at, result] of before.entries()) {
      const { values, elementType = "float32" } = result[name]!;
      if (ELEMENT_TYPES[elementType].kind !== "float") return [];
      const now = after[at]![name]!.values;
      for (let place = 0; place < values.length; place++) {
        const [one, other] = [Number(values[place]), Number(now[place])];
        if (!Number.isFinite(one)) continue;
        moved += (one - other) ** 2;
        sum += one;
        squares += one ** 2;
        count += 1;
      }
    }
    // Outputs that are all the same spread by nothing: their size is what a difference is held against.
    const spread = squares - sum ** 2 / Math.max(1, count);
    const scale = spread > 1e-12 * squares ? spread : squares;
    return [Number.isNaN(moved) ? Infinity : moved === 0 ? 0 : moved / Math.max(scale, Number.MIN_VALUE)];
  });
  return shares.length === 0 ? 0 : Math.max(...shares);
}

/** Whether an output decides between classes: several numbers a row that sum to 1, none of them negative; or none, of a row of gaps. */
function isProbability(results: readonly Results[], output: string): boolean {
  return results.every((result) => {
    const { dims, values, elementType = "float32" } = result[output]!;
    if (ELEMENT_TYPES[elementType].kind !== "float" || dims.length !== 2) return false;
    const width = dims[1]!;
    for (let row = 0; row < dims[0]!; row++) {
      let sum = 0;
      for (let at = 0; at < width; at++) {
        const value = Number(values[row * width + at]);
        if (value < 0) return false;
        sum += value;
      }
      if (Number.isNaN(sum)) continue;
      if (width === 1 ? sum > 1 : Math.abs(sum - 1) > 1e-3) return false;
    }
    return true;
  });
}

/** Which rows have numbers, rather than what is none. */
function answeredRows({ dims, values }: RuntimeTensor): readonly boolean[] {
  const rows = dims[0] ?? 1;
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    (values.slice(row * width, (row + 1) * width) as Float32Array).every((value) => !Number.isNaN(value)),
  );
}

/**
 * How much answers agree with those of another model: of probabilities the share of equal decisions, of other numbers the
 * share of their spread that stays (1 minus `outputError`). Rows for which the other model has no number say nothing.
 *
 * @param output the output that is compared; by default the first of probabilities, or else all.
 * @throws ARGUMENT_INVALID for an output that is none.
 */
export function agreement(reference: readonly Results[], output?: string): Score {
  if (output !== undefined) for (const result of reference) namedOutput(result, output);
  const names = output === undefined ? Object.keys(reference[0] ?? {}) : [output];
  const probabilities = names.find(
    (name) =>
      isProbability(reference, name) &&
      reference.some((result) => answeredRows(result[name]!).includes(true)),
  );
  if (probabilities === undefined) return (results) => 1 - outputError(reference, results, names);
  const known = decisions(reference, probabilities);
  const answered = reference.flatMap((result) => answeredRows(namedOutput(result, probabilities)));
  const rows = answered.filter(Boolean).length;
  return (results) => {
    const decided = decisions(results, probabilities);
    demandLabels("agreement", decided.length, known);
    return decided.reduce((sum, one, at) => sum + Number(answered[at]! && one === known[at]), 0) / rows;
  };
}

/** A model in a file that another runtime takes than the trial's. */
export interface OtherFile {
  /** Of the format, such as `litert`. */
  readonly format: string;
  readonly bytes: Uint8Array;
  /** Takes the rows of the graph's inputs, and gives its outputs by name. */
  readonly runtime: GraphRuntime;
}

/** A trial with what the model before answered in it. */
export interface OpenTrial {
  readonly reference: readonly Results[];
  readonly score: Score;
  /** The score of the model before. */
  readonly base: number;
  /** The answers of another model, their score and how far they moved. */
  readonly of: (
    model: OnnxModel,
    file?: OtherFile,
  ) => Promise<{ readonly score: number; readonly error: number }>;
}

/** Runs the model before on the rows of a trial. @throws ARGUMENT_INVALID where there are none or the score is none. */
export async function openTrial(who: string, model: OnnxModel, trial: Trial): Promise<OpenTrial> {
  demandRows(who, "trial.rows", model, trial.rows);
  const reference = await resultsOf(trial.runtime, model, trial.rows);
  const score = trial.score ?? agreement(reference, trial.output);
  const base = score(reference);
  if (!Number.isFinite(base))
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "trial.score",
      expected: "a finite number for the model before",
      received: String(base),
    });
  return {
    reference,
    score,
    base,
    async of(other, file) {
      const results = await resultsOf(file?.runtime ?? trial.runtime, other, trial.rows, file?.bytes);
      return { score: score(results), error: outputError(reference, results) };
    },
  };
}
