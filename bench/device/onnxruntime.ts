import type { InferenceSession, Tensor } from "onnxruntime-node";
import { timeCalls, type OpenRuntime } from "./runtime.ts";

/** What both packages of onnxruntime share. */
interface Ort {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", values: Float32Array, dims: readonly number[]) => Tensor;
}

/** A session on one thread; an app makes a tensor of each row too, and so it is timed. */
function opener(load: () => Promise<Ort>, options: InferenceSession.SessionOptions): OpenRuntime {
  return async ({ onnx, dims, rows, output }) => {
    let ort: Ort;
    try {
      ort = await load();
    } catch (error) {
      return `not installed: ${String(error).split("\n")[0]}`;
    }
    const started = performance.now();
    const session = await ort.InferenceSession.create(onnx, { ...options, logSeverityLevel: 3 });
    const loadMs = performance.now() - started;
    const [input] = session.inputNames as [string];
    const once = (row: Float32Array) =>
      session.run({ [input]: new ort.Tensor("float32", row, dims) }, [output]);
    return {
      loadMs,
      async run(given) {
        const results: Float32Array[] = [];
        for (const row of given) results.push(((await once(row))[output]!.data as Float32Array).slice());
        return results;
      },
      time: (runs) => timeCalls(runs, (index) => once(rows[index % rows.length]!)),
      close: () => session.release(),
    };
  };
}

/** The native library. */
export const onnxruntimeNode = opener(() => import("onnxruntime-node"), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
});

/** WebAssembly, as a browser runs it, here in Node. */
export const onnxruntimeWeb = opener(
  async () => {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    return ort;
  },
  { executionProviders: ["wasm"] },
);
