import { writeOnnx, type OnnxModel } from "@tideline/graph";
import * as ort from "onnxruntime-node";

/** Numbers as JSON holds them: those that it lacks are text. */
export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";

/** Inputs and outputs of a table, beside its bytes. */
export interface TableVector {
  readonly format: 1;
  /** What computed the outputs. */
  readonly oracle: string;
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly outputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly labels: readonly string[];
  /** A reader's number may be off by `absolute + relative * m`, with `m` the largest finite size in that output. */
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  readonly rows: readonly {
    readonly input: readonly JsonNumber[];
    readonly outputs: Readonly<Record<string, readonly JsonNumber[]>>;
  }[];
}

/** Numbers for JSON. */
export function toJson(values: ArrayLike<number>): readonly JsonNumber[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : (String(value) as JsonNumber)));
}

/** Numbers from JSON. */
export function fromJson(values: readonly JsonNumber[]): Float32Array {
  return Float32Array.from(values, Number);
}

/** Whether each number is what it should be; NaN and infinities must be the same. */
export function isClose(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  { absolute, relative }: TableVector["tolerance"],
): boolean {
  const sizes = Array.from(wanted, Math.abs).filter((value) => Number.isFinite(value));
  const bound = absolute + relative * Math.max(0, ...sizes);
  return (
    actual.length === wanted.length &&
    Array.from(wanted).every(
      (value, at) => Object.is(value, actual[at]) || Math.abs(value - actual[at]!) <= bound,
    )
  );
}

/** A model in onnxruntime: outputs by name for one row. */
export interface Oracle {
  run(input: Float32Array, dims: readonly number[]): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
}

/** Loads a model into onnxruntime, on one thread so that sums are always taken in one order. */
export async function openOracle(model: OnnxModel): Promise<Oracle> {
  const session = await ort.InferenceSession.create(writeOnnx(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return {
    async run(input, dims) {
      const results = await session.run({ [session.inputNames[0]!]: new ort.Tensor("float32", input, dims) });
      return Object.fromEntries(
        Object.entries(results).map(([name, { data }]) => [
          name,
          data instanceof Float32Array ? data.slice() : Float32Array.from(data as BigInt64Array, Number),
        ]),
      );
    },
    close: () => session.release(),
  };
}
