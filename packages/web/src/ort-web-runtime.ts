import { tidelineError } from "@tideline/spec";
import type { LoadedModel, ModelRuntime } from "@tideline/device";

/** What is used of onnxruntime-web: its module, or one of its bundles, handed in by the app. */
export interface OrtWeb {
  readonly env: { readonly versions: { readonly web?: string; readonly common: string } };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: { executionProviders: readonly string[] }): Promise<OrtSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => unknown;
}

/** What is used of a session. */
export interface OrtSession {
  run(
    feeds: Readonly<Record<string, unknown>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
  release(): Promise<void>;
}

/** Highest opset of onnxruntime-web 1.20, the oldest version that is taken. */
const OPSET = 21;

/**
 * onnxruntime-web behind the runtime port. `webgpu` is the tier `accelerator` and is refused where the browser has no
 * GPU adapter; `wasm` is the tier `cpu`.
 *
 * @example
 * import { tableRuntime } from "@tideline/device";
 * import * as ort from "onnxruntime-web/wasm";
 * const runtimes = [ortWebRuntime(ort, "wasm"), tableRuntime];
 */
export function ortWebRuntime(ort: OrtWeb, provider: "wasm" | "webgpu"): ModelRuntime {
  const refuse = (received: string): never => {
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who: "onnxruntime-web",
      field: provider,
      expected: "a browser with a GPU adapter",
      received,
    });
  };
  const requireGpu = async (): Promise<void> => {
    const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<object | null> } };
    if (gpu === undefined) return refuse("no WebGPU");
    if ((await gpu.requestAdapter()) === null) refuse("no adapter");
  };
  return Object.freeze({
    name: "onnx",
    tier: provider === "webgpu" ? "accelerator" : "cpu",
    version: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`,
    level: OPSET,
    load: async (bytes: Uint8Array, { input, output }: { input: string; output: string }) => {
      if (provider === "webgpu") await requireGpu();
      const session = await ort.InferenceSession.create(bytes, {
        executionProviders: [provider],
      });
      const run: LoadedModel["run"] = async (window, dims) => {
        const answer = await session.run({ [input]: new ort.Tensor("float32", window, dims) }, [output]);
        // A copy: the runtime may use the memory again.
        return Float32Array.from(answer[output]!.data as Float32Array);
      };
      return { run, release: () => session.release() };
    },
  });
}
