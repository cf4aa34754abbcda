import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

/** A tensor of `@litertjs/core`. */
export interface LitertTensor {
  toTypedArray(): Float32Array | Int32Array | Uint8Array;
  delete(): void;
}

/** An end of a file, as the package tells it. */
export interface LitertDetail {
  readonly name: string;
  readonly dtype: "float32" | "int32" | "uint8";
  readonly shape: Int32Array;
}

/** A file that the package has loaded. */
export interface LitertModel {
  getInputDetails(): readonly LitertDetail[];
  getOutputDetails(): readonly LitertDetail[];
  run(inputs: readonly LitertTensor[]): Promise<readonly LitertTensor[]>;
  delete(): void;
}

/** The part of `@litertjs/core` that is used; its own types want those of browsers. */
export interface LitertModule {
  loadLiteRt(script: string): Promise<unknown>;
  loadAndCompile(bytes: Uint8Array, options: { readonly accelerator: "wasm" }): Promise<LitertModel>;
  readonly Tensor: new (
    values: Float32Array | Int32Array | Uint8Array,
    dims: readonly number[],
  ) => LitertTensor;
}

type Scope = Record<string, unknown>;

/** Sets properties while `body` runs, and then puts back what was there. */
async function during<Result>(
  places: readonly (readonly [object: object, values: Scope])[],
  body: () => Promise<Result>,
): Promise<Result> {
  const before = places.flatMap(([object, values]) =>
    Object.entries(values).map(([name, value]) => {
      const own = Object.getOwnPropertyDescriptor(object, name);
      Object.defineProperty(object, name, { value, configurable: true, writable: true });
      return () =>
        own === undefined ? delete (object as Scope)[name] : Object.defineProperty(object, name, own);
    }),
  );
  try {
    return await body();
  } finally {
    for (const restore of before) restore();
  }
}

/** The package loads once in a process. */
let loaded: Promise<LitertModule> | undefined;
/** Who asked for it last. */
let ear: (line: string) => void = () => {};

/**
 * LiteRT for JavaScript in plain Node. The package expects the globals of a worker and asks for a graphics adapter: they
 * stand there while it loads, and no longer. It is loaded once, whoever asks.
 *
 * @param hear takes each line that the runtime writes, now and until another asks.
 */
export function loadLitertModule(hear: (line: string) => void): Promise<LitertModule> {
  ear = hear;
  loaded ??= load((line) => ear(line)).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(hear: (line: string) => void): Promise<LitertModule> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@litertjs/core")), "../wasm");
  const core = (await import(pathToFileURL(require.resolve("@litertjs/core")).href)) as LitertModule;
  const importScripts = (file: string): void => {
    const make = new Script(
      `(function (require, __filename, __dirname) {${readFileSync(file, "utf8")}\nreturn ModuleFactory;\n})`,
      {
        filename: file,
      },
    ).runInThisContext() as (...given: unknown[]) => unknown;
    (globalThis as Scope)["ModuleFactory"] = make(require, file, folder);
  };
  const scope: Scope = {
    self: globalThis,
    importScripts,
    ModuleFactory: undefined,
    Module: { locateFile: (file: string) => join(folder, file), print: hear, printErr: hear },
  };
  // An adapter without a device: the processor it is, and no warning that there is no adapter.
  const gpu = {
    requestAdapter: async () => ({ limits: {}, features: new Set(), requestDevice: async () => null }),
  };
  await during(
    [
      [globalThis, scope],
      [globalThis.navigator, { gpu }],
    ],
    () => core.loadLiteRt(join(folder, "litert_wasm_internal.js")),
  );
  return core;
}
