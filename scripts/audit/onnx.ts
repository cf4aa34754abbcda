import * as native from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { unusable } from "./evidence.ts";

/** Output of a model for windows: `[windows, classes]`, row by row. */
export interface Runner {
  run(values: Float32Array, windows: number): Promise<Float32Array>;
  release(): Promise<void>;
}

export type RuntimeName = "onnxruntime-node" | "onnxruntime-web";

/** Loads a model of one input `[windows, size, channels]` in a runtime, on one thread. */
export async function loadModel(
  runtime: RuntimeName,
  bytes: Uint8Array,
  names: {
    readonly input: string;
    readonly output: string;
    readonly size: number;
    readonly channels: number;
  },
): Promise<Runner> {
  const { input, output, size, channels } = names;
  web.env.wasm.numThreads = 1;
  const quiet = { logSeverityLevel: 3 } as const;
  let session: native.InferenceSession;
  try {
    session =
      runtime === "onnxruntime-node"
        ? await native.InferenceSession.create(bytes, {
            ...quiet,
            executionProviders: ["cpu"],
            intraOpNumThreads: 1,
            interOpNumThreads: 1,
          })
        : await web.InferenceSession.create(bytes, { ...quiet, executionProviders: ["wasm"] });
  } catch (cause) {
    throw unusable(`A released model does not load in ${runtime}.`, cause);
  }
  const { Tensor } = runtime === "onnxruntime-node" ? native : web;
  return {
    run: async (values, windows) => {
      const feeds = { [input]: new Tensor("float32", values, [windows, size, channels]) };
      const results = await session.run(feeds, [output]);
      return Float32Array.from(results[output]!.data as Float32Array);
    },
    release: () => session.release(),
  };
}

/** Largest absolute difference; NaN where either has one or the lengths differ. */
export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) return Number.NaN;
  let largest = 0;
  for (let index = 0; index < left.length; index += 1) {
    const difference = Math.abs(left[index]! - right[index]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
