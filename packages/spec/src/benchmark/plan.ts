/** An input of a model as rows fill it. */
export interface BenchmarkInput {
  readonly name: string;
  /** As ONNX names it: `float32`, `int64`, `string`, ... */
  readonly elementType: string;
  /** Shape of one row, without the batch. */
  readonly dims: readonly number[];
  /** Whether the first axis of the graph counts rows. */
  readonly open: boolean;
}

/** A number, a text, or `"NaN"`, `"Infinity"`, `"-Infinity"` and `null` for what JSON lacks. */
export type PlanValue = number | string | null;

/** A file of a plan, and what of it must be true. */
export interface BenchmarkArtifact {
  /** Name of its kind, such as `tflite-float16`. */
  readonly kind: string;
  /** Family of files: `onnx`, `ort`, `tflite`, `table`. */
  readonly format: string;
  /** How true its numbers are to the graph: `exact`, `float16` or `int8`. */
  readonly numbers: string;
  /** Lower-case hexadecimal SHA-256 of the file, by which it is fetched. */
  readonly sha256: string;
  readonly bytes: number;
  /** Inputs that were texts and are codes in this file. */
  readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
  /** Inputs of this file that take what single precision leaves of another input. */
  readonly lowOf?: Readonly<Record<string, string>>;
  /**
   * How far answers may be from those of the vectors, in spreads of their output: `most` for every number, `rms` for the root of
   * the mean square over all rows.
   */
  readonly bound: { readonly of: "most" | "rms"; readonly spreads: number };
  /**
   * What it is held to in place of the vectors' answers, by output: what this file of rounded numbers answered when it was
   * released, or to the one who serves the plan. */
  readonly answers?: Readonly<Record<string, readonly number[]>>;
}

/** How long cases run. */
export interface BenchmarkPace {
  /** Calls that are timed one by one (or in groups, where the clock is coarse). */
  readonly runs: number;
  /** Seconds of the sustained run. */
  readonly sustainSeconds: number;
}

/**
 * What a benchmark runs, on every machine, browser and phone alike: files, rows with their answers, a pace. Plain JSON; files are
 * fetched by their digests.
 */
export interface BenchmarkPlan {
  readonly format: 1;
  readonly kind: "benchmark-plan";
  readonly name: string;
  readonly inputs: readonly BenchmarkInput[];
  /** Outputs that are numbers, with how many of them a row has. */
  readonly outputs: readonly { readonly name: string; readonly width: number }[];
  /** Rows of the vectors. */
  readonly rows: number;
  readonly vectors: {
    readonly inputs: Readonly<Record<string, readonly PlanValue[]>>;
    readonly outputs: Readonly<Record<string, readonly number[]>>;
  };
  readonly artifacts: readonly BenchmarkArtifact[];
  readonly pace: BenchmarkPace;
}

/** The number that a value of a plan stands for; `null` is a missing one. */
export function planNumber(value: PlanValue): number {
  return value === null ? Number.NaN : Number(value);
}

/** Numbers of a row of an input. */
export function inputWidth({ dims }: Pick<BenchmarkInput, "dims">): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
