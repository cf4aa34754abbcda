import { tidelineError } from "../../error.ts";
import type { CaseAnswers, CaseRuntime } from "../case-runtime.ts";
import { feedValues } from "./feed-values.ts";

/** A tensor of a model, as `react-native-fast-tflite` describes it. */
export interface LitertNativeTensor {
  readonly name: string;
  readonly dataType: string;
  readonly shape: readonly number[];
}

/** The part of `react-native-fast-tflite`'s native module that is used. */
export interface LitertNativeModule {
  createModel(
    model: ArrayBuffer,
    delegates: never[],
  ): {
    readonly inputs: readonly LitertNativeTensor[];
    readonly outputs: readonly LitertNativeTensor[];
    run(inputs: ArrayBuffer[]): Promise<ArrayBuffer[]>;
    dispose?(): void;
  };
}

/** Options of {@link litertNativeCase}. */
export interface LitertNativeOptions {
  /** The module, made when the runtime starts. */
  readonly load: () => Promise<LitertNativeModule>;
  /** Of the native library: the module does not tell it. */
  readonly version: string;
  /** None where they are not given: the processor. */
  readonly delegates?: readonly string[];
}

const READERS: Readonly<Record<string, (bytes: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  float32: (bytes) => new Float32Array(bytes),
  float64: (bytes) => new Float64Array(bytes),
  int8: (bytes) => new Int8Array(bytes),
  uint8: (bytes) => new Uint8Array(bytes),
  bool: (bytes) => new Uint8Array(bytes),
  int16: (bytes) => new Int16Array(bytes),
  int32: (bytes) => new Int32Array(bytes),
  int64: (bytes) => new BigInt64Array(bytes),
};

/** Native LiteRT by `react-native-fast-tflite`, whose native module is handed in. Never run on a phone. */
export function litertNativeCase({ load, version, delegates = [] }: LitertNativeOptions): CaseRuntime {
  const who = "litert";
  return Object.freeze({
    name: delegates.length === 0 ? who : `${who} (${delegates.join(", ")})`,
    formats: ["tflite"],
    async start() {
      const module = await load();
      return {
        version,
        async open(bytes, artifact, plan) {
          const model = module.createModel(bytes.slice().buffer as ArrayBuffer, [...delegates] as never[]);
          const names = model.outputs.map(({ name }) => name);
          const wanted = plan.outputs.map(({ name }) => name);
          // Converters name the only output as they like.
          const own = names.length === 1 && wanted.length === 1 ? wanted : names;
          const readers = model.outputs.map(({ name, dataType }) => {
            const reader = READERS[dataType];
            if (reader !== undefined) return reader;
            throw tidelineError("RUNTIME_UNSUPPORTED", {
              who,
              field: name,
              expected: Object.keys(READERS).join(", "),
              received: dataType,
            });
          });
          return {
            outputs: wanted.filter((name) => own.indexOf(name) >= 0),
            feed: (row) =>
              model.inputs.map(({ name, dataType }) => {
                const given =
                  row[artifact.lowOf?.[name] ?? name] ??
                  (plan.inputs.length === 1 ? row[plan.inputs[0]!.name]! : []);
                const values = feedValues(
                  who,
                  { name, elementType: dataType },
                  given,
                  artifact,
                ) as Float32Array;
                return values.buffer;
              }),
            async run(feed) {
              const found = await model.run(feed as ArrayBuffer[]);
              const answers: Record<string, CaseAnswers[string]> = {};
              for (const [at, bytesOf] of found.entries()) answers[own[at]!] = readers[at]!(bytesOf);
              return answers;
            },
            operators: async () => "react-native-fast-tflite exposes no profiler",
            close: () => model.dispose?.(),
          };
        },
      };
    },
  } satisfies CaseRuntime);
}
