import type { LoadedModel, ModelRuntime } from "@tideline/device";
import { tidelineError } from "@tideline/spec";
import { missingTensor } from "./missing-tensor.ts";

/** A tensor of a model, as `react-native-fast-tflite` describes it. */
export interface LiteRtTensor {
  readonly name: string;
  readonly dataType: string;
  readonly shape: readonly number[];
}

/** A model, as `react-native-fast-tflite` loads it. */
export interface LiteRtModel {
  readonly inputs: readonly LiteRtTensor[];
  readonly outputs: readonly LiteRtTensor[];
  run(inputs: ArrayBuffer[]): Promise<ArrayBuffer[]>;
  dispose?(): void;
}

/** The native module of `react-native-fast-tflite`: `NitroModules.createHybridObject("TfliteModule")`. */
export interface LiteRtModule {
  createModel(model: ArrayBuffer, delegates: never[]): LiteRtModel;
}

/** What may run a model instead of the CPU, as `react-native-fast-tflite` names it. */
export type LiteRtDelegate = "metal" | "core-ml" | "nnapi" | "android-gpu";

/** Options of {@link litertRuntime}. */
export interface LiteRtRuntimeOptions {
  /** `Platform.OS` of `react-native`: the native library is another one on each. */
  readonly platform: string;
  /** None where they are not given, so that every phone answers alike. */
  readonly delegates?: readonly LiteRtDelegate[];
}

/** Native libraries that `react-native-fast-tflite` 3.0.1 pins in its Gradle file and its podspec. */
export const LITERT_VERSIONS: Readonly<Record<string, string>> = Object.freeze({
  android: "litert 1.4.0",
  ios: "TensorFlowLiteC 2.17.0",
});

/** Version of the schema of a `.tflite` file. */
const FORMAT = 3;

/** Index of a float32 tensor by name, or of the only one there is. */
function placeOf(tensors: readonly LiteRtTensor[], name: string): number {
  const at = tensors.length === 1 ? 0 : tensors.findIndex((tensor) => tensor.name === name);
  const names = tensors.map((tensor) => tensor.name);
  if (at < 0) throw missingTensor("litert", name, names);
  const { dataType } = tensors[at]!;
  if (dataType === "float32") return at;
  const parts = { who: "litert runtime", field: name, expected: "float32", received: dataType };
  throw tidelineError("RUNTIME_UNSUPPORTED", parts);
}

/**
 * Native LiteRT by `react-native-fast-tflite`. Its native module is handed in by the app, so nothing fails where it is
 * not installed; it is not in Expo Go. The module does not report the native library's version: `version` is what the
 * tried version of the package pins. Never run on a phone.
 *
 * @example
 * const module = NitroModules.createHybridObject("TfliteModule"); // react-native-nitro-modules
 * const runtimes = [litertRuntime(module, { platform: Platform.OS })];
 */
export function litertRuntime(module: LiteRtModule, options: LiteRtRuntimeOptions): ModelRuntime {
  const { platform, delegates = [] } = options;

  const load = async (bytes: Uint8Array, names: { input: string; output: string }): Promise<LoadedModel> => {
    const model = module.createModel(bytes.slice().buffer as ArrayBuffer, [...delegates] as never[]);
    if (model.inputs.length !== 1) {
      throw missingTensor(
        "litert",
        `${names.input} alone`,
        model.inputs.map(({ name }) => name),
      );
    }
    placeOf(model.inputs, names.input);
    const output = placeOf(model.outputs, names.output);
    return {
      run: async (window) => {
        const answers = await model.run([window.slice().buffer as ArrayBuffer]);
        return new Float32Array(answers[output]!).slice();
      },
      release: () => model.dispose?.(),
    };
  };

  return Object.freeze({
    name: "litert",
    tier: delegates.length > 0 ? "accelerator" : "cpu",
    version: LITERT_VERSIONS[platform] ?? "unknown",
    level: FORMAT,
    load,
  });
}
