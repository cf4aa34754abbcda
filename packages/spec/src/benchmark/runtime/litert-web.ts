import { tidelineError } from "../../error.ts";
import type { CaseAnswers, CaseRuntime } from "../case-runtime.ts";
import { feedValues } from "./feed-values.ts";

/** A tensor of `@litertjs/core`. */
export interface LitertWebTensor {
  toTypedArray(): ArrayLike<number>;
  delete(): void;
}

/** An end of a file, as the package tells it. */
export interface LitertWebDetail {
  readonly name: string;
  readonly dtype: string;
  readonly shape: ArrayLike<number>;
}

/** The part of `@litertjs/core` that is used. */
export interface LitertWebModule {
  loadAndCompile(
    bytes: Uint8Array,
    options: never,
  ): Promise<{
    getInputDetails(): readonly LitertWebDetail[];
    getOutputDetails(): readonly LitertWebDetail[];
    run(inputs: never): Promise<readonly LitertWebTensor[]>;
    delete(): void;
  }>;
  readonly Tensor: new (values: never, dims: never) => LitertWebTensor;
}

/** How {@link litertWebCase} uses the package. */
export interface LitertWebOptions {
  /** The package with its WebAssembly loaded, and its version. */
  readonly load: () => Promise<{ readonly module: LitertWebModule; readonly version: string }>;
  /** What the runtime has written since it was last asked: it fails in words alone. */
  readonly words?: () => readonly string[];
}

/** LiteRT for JavaScript on the processor: WebAssembly, one thread; tensors are made and freed for each call, as an app must. */
export function litertWebCase({ load, words = () => [] }: LitertWebOptions): CaseRuntime {
  const who = "litert";
  const failure = (): void => {
    const said = words().filter((line) => line.indexOf("ERROR: ") === 0)[0];
    if (said !== undefined)
      throw tidelineError("INTERNAL", { who, expected: "a run of the model", received: said });
  };
  return Object.freeze({
    name: who,
    formats: ["tflite"],
    async start() {
      const { module, version } = await load();
      return {
        version,
        async open(bytes, artifact, plan) {
          const model = await module.loadAndCompile(bytes, { accelerator: "wasm" } as never);
          const inputs = model.getInputDetails();
          const results = model.getOutputDetails().map(({ name }) => name);
          return {
            outputs: plan.outputs.map(({ name }) => name).filter((name) => results.indexOf(name) >= 0),
            feed: (row) =>
              inputs.map(({ name, dtype, shape }) => ({
                dims: Array.from(shape),
                values: feedValues(
                  who,
                  { name, elementType: dtype },
                  row[artifact.lowOf?.[name] ?? name] ?? [],
                  artifact,
                ),
              })),
            async run(feed) {
              const given = feed as readonly { readonly dims: readonly number[]; readonly values: unknown }[];
              const made = given.map(({ dims, values }) => new module.Tensor(values as never, dims as never));
              const answers: Record<string, CaseAnswers[string]> = {};
              const found = await model.run(made as never);
              for (const [at, tensor] of found.entries()) {
                answers[results[at]!] = tensor.toTypedArray();
                tensor.delete();
              }
              for (const tensor of made) tensor.delete();
              failure();
              return answers;
            },
            operators: async () =>
              "LiteRT for JavaScript has no profiler: its package exposes none of the native library's",
            close: () => model.delete(),
          };
        },
      };
    },
  } satisfies CaseRuntime);
}
