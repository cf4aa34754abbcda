import type { CaseRuntime } from "../case-runtime.ts";
import { litertWebCase, type LitertWebOptions } from "./litert-web.ts";
import { ortCase, type OrtCaseModule } from "./ort.ts";
import { tableCase, type TableReader } from "./table.ts";

/** A package of ONNX Runtime in WebAssembly, as far as it is set up. */
export interface OrtWebModule extends OrtCaseModule {
  readonly env: OrtCaseModule["env"] & {
    readonly wasm: { numThreads?: number; wasmPaths?: unknown };
  };
}

/** Where the runtimes of {@link webRuntimes} come from. */
export interface WebRuntimeSources {
  /** `onnxruntime-web`. */
  readonly ort: () => Promise<OrtWebModule>;
  /** Text of the profile that `onnxruntime-web` has printed. */
  readonly printed: () => Promise<string>;
  readonly litert: LitertWebOptions;
  readonly loadTable: TableReader;
  readonly tableVersion: string;
}

/**
 * The runtimes that are WebAssembly or JavaScript, the same in Node and in a browser: on the processor and one thread. Nothing is
 * loaded before a case asks for it.
 */
export function webRuntimes({
  ort,
  printed,
  litert,
  loadTable,
  tableVersion,
}: WebRuntimeSources): readonly CaseRuntime[] {
  return Object.freeze([
    ortCase({
      name: "onnxruntime-web",
      versionKey: "web",
      providers: ["wasm"],
      async load() {
        const module = await ort();
        module.env.wasm.numThreads = 1;
        return module;
      },
      profile: { prefix: "profile", take: printed },
    }),
    litertWebCase(litert),
    tableCase(loadTable, `table ${tableVersion}`),
  ]);
}
