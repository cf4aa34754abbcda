import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { timeCalls, type OpenRuntime } from "./runtime.ts";
import { treesForLiteRt } from "./tflite-trees.ts";

/** What is used of `@litertjs/core`, which is loaded only where it is installed. */
interface LiteRt {
  loadLiteRt(path: string, options?: object): Promise<unknown>;
  loadAndCompile(model: Uint8Array, options: { accelerator: "wasm" }): Promise<CompiledModel>;
  readonly Tensor: new (values: Float32Array, shape: readonly number[]) => LiteRtTensor;
}

interface LiteRtTensor {
  data(): Promise<Float32Array>;
  delete(): void;
}

interface CompiledModel {
  run(inputs: readonly LiteRtTensor[]): Promise<readonly LiteRtTensor[]>;
  delete(): void;
}

let loaded: Promise<LiteRt> | undefined;

/** The package in Node, which lacks what a worker has: `importScripts`, and a fetch of files. */
async function load(): Promise<LiteRt> {
  const require = createRequire(import.meta.url);
  const main = require.resolve("@litertjs/core");
  const folder = join(dirname(main), "../wasm");
  const name: string = "@litertjs/core";
  const scope = globalThis as unknown as Record<string, unknown>;
  const fetchOf = globalThis.fetch;
  Object.assign(scope, {
    self: globalThis,
    importScripts: (file: string) => {
      const script = readFileSync(join(folder, file.slice(file.lastIndexOf("/") + 1)), "utf8");
      const make = new Function("require", "__filename", "__dirname", `${script}; return ModuleFactory;`) as (
        ...scope: readonly unknown[]
      ) => unknown;
      scope["ModuleFactory"] = make(require, join(folder, "litert.js"), folder);
    },
  });
  globalThis.fetch = (input, init) =>
    typeof input === "string" && input.startsWith("file:")
      ? Promise.resolve(
          new Response(readFileSync(new URL(input)), { headers: { "content-type": "application/wasm" } }),
        )
      : fetchOf(input, init);
  const module = (await import(name)) as LiteRt;
  await module.loadLiteRt(pathToFileURL(folder).href);
  return module;
}

/** LiteRT compiled to WebAssembly, one thread, with XNNPACK where it applies. */
export const liteRt: OpenRuntime = async ({ forest, dims, rows }) => {
  if (forest === undefined) return "our graphs are not written as .tflite yet; only trees are, here";
  let module: LiteRt;
  try {
    module = await (loaded ??= load());
  } catch (error) {
    return `not installed or not loaded: ${String(error).split("\n")[0]}`;
  }
  const features = dims[1]!;
  const bytes = treesForLiteRt(forest, features);
  const started = performance.now();
  const model = await module.loadAndCompile(bytes, { accelerator: "wasm" });
  const loadMs = performance.now() - started;
  const once = async (row: Float32Array): Promise<Float32Array> => {
    const input = new module.Tensor(row, [features]);
    const [output] = await model.run([input]);
    const values = await output!.data();
    input.delete();
    output!.delete();
    return values;
  };
  return {
    loadMs,
    async run(given) {
      const results: Float32Array[] = [];
      for (const row of given) results.push((await once(row)).slice());
      return results;
    },
    time: (runs) => timeCalls(runs, (index) => once(rows[index % rows.length]!)),
    close: async () => model.delete(),
  };
};
