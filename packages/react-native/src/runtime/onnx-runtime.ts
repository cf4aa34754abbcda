import type { LoadedModel, ModelRuntime } from "@tideline/device";
import { missingTensor } from "./missing-tensor.ts";

/** A session of ONNX Runtime, as far as the adapter uses it. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: never, fetches: never): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
  release(): Promise<void>;
}

/** The part of the module `onnxruntime-react-native` that the adapter uses. */
export interface OrtModule {
  readonly InferenceSession: { create(model: Uint8Array, options?: never): Promise<OrtSession> };
  readonly Tensor: new (type: "float32", values: Float32Array, dims: readonly number[]) => unknown;
  readonly env: { readonly versions: object };
}

/** What may run a session, as `onnxruntime-react-native` names it. */
export type OrtProvider = "cpu" | "xnnpack" | "nnapi" | "coreml" | "qnn" | "webgpu";

/** Options of {@link onnxRuntime}. */
export interface OnnxRuntimeOptions {
  /** In order of preference; `cpu` where it is not given, so that every phone answers alike. */
  readonly providers?: readonly OrtProvider[];
  /** What it takes of a release: `ort` for a reduced build of the library, which reads nothing else. Default `onnx`. */
  readonly format?: "onnx" | "ort";
}

/** The version that was tried, and that the config plugin pins in Gradle, where the package takes the latest. */
export const ONNXRUNTIME_VERSION = "1.24.3";

/** Highest opset that releases may ask of it; 1.24 takes newer ones, and none is written here. */
const OPSET = 21;

/** Highest version of `.ort` files that it reads. */
const ORT_VERSION = 6;

const ACCELERATORS: readonly OrtProvider[] = ["nnapi", "coreml", "qnn", "webgpu"];

/**
 * Native ONNX Runtime. The module is handed in by the app, so nothing fails where it is not installed; it is not in
 * Expo Go. `version` is what the module reports of itself. Run here on `onnxruntime-node`, which has the same API;
 * never run on a phone.
 *
 * @example runtimes: [onnxRuntime(ort)] // import * as ort from "onnxruntime-react-native"
 */
export function onnxRuntime(
  ort: OrtModule,
  { providers = ["cpu"], format = "onnx" }: OnnxRuntimeOptions = {},
): ModelRuntime {
  const versions = ort.env.versions as Readonly<Record<string, string | undefined>>;

  const load = async (bytes: Uint8Array, names: { input: string; output: string }): Promise<LoadedModel> => {
    // The native side takes the memory of a model as it is; a view into a download must not hold all of it.
    const options = { executionProviders: [...providers] };
    const session = await ort.InferenceSession.create(bytes.slice(), options as never);
    const { input, output } = names;
    if (!session.inputNames.includes(input)) throw missingTensor(format, input, session.inputNames);
    if (!session.outputNames.includes(output)) throw missingTensor(format, output, session.outputNames);
    return {
      run: async (window, dims) => {
        const feeds = { [input]: new ort.Tensor("float32", window, dims) };
        const answer = await session.run(feeds as never, [output] as never);
        return (answer[output]!.data as Float32Array).slice();
      },
      release: () => session.release(),
    };
  };

  return Object.freeze({
    name: format,
    tier: providers.some((provider) => ACCELERATORS.includes(provider)) ? "accelerator" : "cpu",
    version: versions["react-native"] ?? versions["common"] ?? "unknown",
    level: format === "onnx" ? OPSET : ORT_VERSION,
    load,
  });
}
