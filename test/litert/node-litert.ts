import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

/** A tensor of the runtime, as far as tests use it. */
interface RuntimeTensor {
  readonly type: { readonly dtype: string; readonly layout: { readonly dimensions: ArrayLike<number> } };
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  delete(): void;
}

/** The parts of `@litertjs/core` that tests use; its own types want those of browsers. */
interface LiteRt {
  loadLiteRt(file: string): Promise<unknown>;
  loadAndCompile(
    bytes: Uint8Array,
    options: { readonly accelerator: "wasm" },
  ): Promise<{
    run(inputs: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
    delete(): void;
  }>;
  readonly Tensor: new (
    values: Float32Array | Int32Array | Uint8Array,
    dims: readonly number[],
  ) => RuntimeTensor;
}

/** What a `.tflite` file is given or gives. */
export interface LitertFeed {
  readonly dims: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

let loaded: Promise<LiteRt> | undefined;

/** What the runtime tells about itself, whatever the file. */
const OWN_WORDS = /^INFO: |^WARNING: \[npu_registry\.cc:\d+\] NPU accelerator could not be loaded/;

/** What the runtime said besides, which is a fault of a file. */
export const complaints: string[] = [];

/** LiteRT for JavaScript in plain Node: what it expects of a worker is supplied. */
async function load(): Promise<LiteRt> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@litertjs/core/package.json"));
  const scope = globalThis as Record<string, unknown>;
  scope["self"] = globalThis;
  const hear = (line: string): void => void (OWN_WORDS.test(line) || complaints.push(line));
  scope["Module"] = { locateFile: (file: string) => join(folder, "wasm", file), print: hear, printErr: hear };
  scope["importScripts"] = (file: string) => {
    const content = readFileSync(file, "utf8");
    const run = new Script(
      `(function (require, module, __filename, __dirname) {${content}\nself.ModuleFactory = ModuleFactory;\n})`,
    );
    (run.runInThisContext() as (...given: unknown[]) => void)(require, { exports: {} }, file, dirname(file));
  };
  const core = (await import(pathToFileURL(join(folder, "dist/index.js")).href)) as LiteRt;
  await core.loadLiteRt(join(folder, "wasm/litert_wasm_internal.js"));
  return core;
}

/** Runs a file on some feeds by the real runtime, WebAssembly on the processor. */
export async function runLitert(
  bytes: Uint8Array,
  feeds: readonly Readonly<Record<string, LitertFeed>>[],
): Promise<readonly Readonly<Record<string, ArrayLike<number>>>[]> {
  const core = await (loaded ??= load());
  const model = await core.loadAndCompile(bytes, { accelerator: "wasm" });
  const answers: Readonly<Record<string, ArrayLike<number>>>[] = [];
  for (const feed of feeds) {
    const given = Object.entries(feed).map(
      ([name, { values, dims }]) => [name, new core.Tensor(values, dims)] as const,
    );
    const results = await model.run(Object.fromEntries(given));
    const read = await Promise.all(
      Object.entries(results).map(async ([name, tensor]) => [name, (await tensor.data()).slice()] as const),
    );
    answers.push(Object.fromEntries(read));
    for (const tensor of [...given.map(([, one]) => one), ...Object.values(results)]) tensor.delete();
  }
  model.delete();
  return answers;
}
