import { isTidelineError, tidelineError } from "@tideline/spec";
import type { OnnxModel } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import type { LoadedGraph } from "../runtime/graph-runtime.ts";
import { runtimeRows, type Rows } from "./calibrate/run-row.ts";
import type { LayerReport } from "./precision.ts";
import { openTrial, type OpenTrial, type OtherFile, type Score, type Trial } from "./score.ts";

/** A compressed form of a model. */
export interface Candidate {
  readonly name: string;
  readonly model: OnnxModel;
  readonly layers?: readonly LayerReport[];
  /** The model in another format, which is measured in place of its ONNX; without it that of ONNX is, on the trial's runtime. */
  readonly file?: OtherFile;
}

/** A form that there is none of, or the score of a slice where there is none, and why. */
export interface MissingForm {
  readonly name: string;
  readonly reason: string;
}

/** Some of the rows, such as those of one group of people, with what they are judged by. */
export interface TrialSlice {
  readonly rows: readonly Rows[];
  readonly score?: Score;
}

/** What a report measures. */
export interface CompressionReportOptions {
  readonly trial: Trial;
  readonly slices?: Readonly<Record<string, TrialSlice>>;
  /** What is timed; the first of the trial's rows by default. */
  readonly timed?: Rows;
  /** Forms that there are none of: the report carries them along, with slices that have no score. */
  readonly missing?: readonly MissingForm[];
  /** How often each is run, in turn with the others; 100 by default. */
  readonly runs?: number;
  /** Milliseconds since some time. */
  readonly clock?: () => number;
}

/** A model in a report: the one before, or a candidate. */
export interface CompressionEntry {
  readonly name: string;
  /** `onnx`, or that of the candidate's own file. */
  readonly format: string;
  /** What ran it. */
  readonly runtime: string;
  /** Of the file, and as a share of those of the ONNX file before. */
  readonly bytes: number;
  readonly share: number;
  /** Milliseconds of a run: the middle one, and the one that nine in ten are below; the middle of the ratios to the one before. */
  readonly p50: number;
  readonly p90: number;
  readonly time: number;
  readonly score: number;
  /** The mean squared difference of the outputs, relative to how they spread. */
  readonly error: number;
  readonly slices: Readonly<Record<string, number>>;
  /** Whether no other on the same runtime is as small, as fast and as good, and better in one of these. */
  readonly front: boolean;
  readonly layers: readonly LayerReport[];
}

/** Bytes, time and score of forms of a model, the one before first. */
export interface CompressionReport {
  readonly runtime: string;
  readonly runs: number;
  readonly entries: readonly CompressionEntry[];
  readonly missing: readonly MissingForm[];
}

const RUNS = 100;

/** Times are told apart beyond this share: medians of the same file differ by that much. */
const NOISE = 0.03;

/** The number below which a share of the numbers lies. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** The times of graphs on a row, each run once a round, in turn. */
async function timesOf(
  loaded: readonly LoadedGraph[],
  models: readonly OnnxModel[],
  rows: Rows,
  runs: number,
  clock: () => number,
): Promise<readonly (readonly number[])[]> {
  const feeds = models.map((model) => runtimeRows(model, rows));
  const names = models.map(({ graph }) => graph.outputs.map(({ name }) => name));
  const times: number[][] = models.map(() => []);
  // The first rounds fill caches.
  const warm = Math.ceil(runs / 10);
  for (let round = -warm; round < runs; round++)
    for (let turn = 0; turn < loaded.length; turn++) {
      const at = (turn + round + warm) % loaded.length;
      const began = clock();
      await loaded[at]!.run(feeds[at]!, names[at]!);
      if (round >= 0) times[at]!.push(clock() - began);
    }
  return times;
}

type Measured = Omit<CompressionEntry, "front">;

/** Whether one leaves another no reason. */
function beats(one: Measured, other: Measured): boolean {
  if (one.runtime !== other.runtime) return false;
  const faster = one.p50 < other.p50 * (1 - NOISE);
  const slower = one.p50 > other.p50 * (1 + NOISE);
  if (one.bytes > other.bytes || slower || one.score < other.score) return false;
  return one.bytes < other.bytes || faster || one.score > other.score;
}

/**
 * Measures forms of a model beside each other: bytes of the file, time of a run (each in turn, so that what else the machine
 * does meets all alike), score on the trial's rows and on slices of them.
 *
 * @throws ARGUMENT_INVALID for options that are none; what the runtime throws.
 *
 * @example
 * const report = await compressionReport(model, [{ name: "int8", ...whole }], { trial });
 * console.log(compressionText(report));
 */
export async function compressionReport(
  before: OnnxModel,
  candidates: readonly Candidate[],
  options: CompressionReportOptions,
): Promise<CompressionReport> {
  const { trial, slices = {}, runs = RUNS, clock = () => performance.now() } = options;
  if (!Number.isSafeInteger(runs) || runs < 1)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "compressionReport",
      field: "runs",
      expected: "an integer of at least 1",
      received: String(runs),
    });
  const forms: readonly Candidate[] = [{ name: "before", model: before }, ...candidates];
  const judged = await openTrial("compressionReport", before, trial);
  const parts: (readonly [string, OpenTrial])[] = [];
  const missing = [...(options.missing ?? [])];
  for (const [name, slice] of Object.entries(slices)) {
    try {
      const who = `compressionReport, slice ${name}`;
      parts.push([name, await openTrial(who, before, { ...trial, ...slice })]);
    } catch (error) {
      // A slice may be too small or too even for a score, such as one of a single row for the spread of labels.
      if (!isTidelineError(error) || error.parts.field !== "trial.score") throw error;
      missing.push({
        name: `score of slice ${name}`,
        reason: `it is ${error.parts.received} for the model before`,
      });
    }
  }
  const models = forms.map(({ model }) => model);
  const bytes = forms.map(({ model, file }) => file?.bytes ?? writeOnnx(model));
  const loaded: LoadedGraph[] = [];
  let times: readonly (readonly number[])[];
  try {
    for (const [at, { file }] of forms.entries())
      loaded.push(await (file?.runtime ?? trial.runtime).load(bytes[at]!));
    times = await timesOf(loaded, models, options.timed ?? trial.rows[0]!, runs, clock);
  } finally {
    for (const one of loaded) await one.release();
  }
  const entries: Measured[] = [];
  for (const [at, { name, model, layers = [], file }] of forms.entries()) {
    const { score, error } = at === 0 ? { score: judged.base, error: 0 } : await judged.of(model, file);
    const told: [string, number][] = [];
    for (const [slice, one] of parts)
      told.push([slice, at === 0 ? one.base : (await one.of(model, file)).score]);
    const sorted = times[at]!.toSorted((a, b) => a - b);
    const ratios = times[at]!.map((time, round) => time / times[0]![round]!).toSorted((a, b) => a - b);
    entries.push({
      name,
      format: file?.format ?? "onnx",
      runtime: (file?.runtime ?? trial.runtime).name,
      bytes: bytes[at]!.length,
      share: bytes[at]!.length / bytes[0]!.length,
      p50: quantile(sorted, 0.5),
      p90: quantile(sorted, 0.9),
      time: quantile(ratios, 0.5),
      score,
      error,
      slices: Object.fromEntries(told),
      layers,
    });
  }
  return Object.freeze({
    runtime: trial.runtime.name,
    runs,
    entries: Object.freeze(
      entries.map((one) =>
        Object.freeze({ ...one, front: !entries.some((other) => other !== one && beats(other, one)) }),
      ),
    ),
    missing: Object.freeze(missing),
  });
}
