import { loadTable, TABLE_VERSION } from "@tideline/predict";
import {
  webRuntimes,
  type CaseRuntime,
  type LitertWebModule,
  type OrtWebModule,
} from "@tideline/spec/benchmark";

/** What a page is served beside its modules. */
export interface PageFacts {
  readonly litertVersion: string;
}

/** Where the runtimes' own files are served. */
const [ORT, LITERT] = ["/vendor/onnxruntime-web/", "/vendor/litert/"];

/** A module of the server, by its path. */
const load = (path: string): Promise<unknown> => import(path) as Promise<unknown>;

/** Every runtime of the benchmark that a browser has. */
export function pageRuntimes({ litertVersion }: PageFacts): readonly CaseRuntime[] {
  let lines: string[] = [];
  const words: string[] = [];
  return webRuntimes({
    async ort() {
      // It prints its profile on the console, which it takes as it is when it loads.
      console.log = (...parts: readonly unknown[]) => void lines.push(parts.map(String).join(" "));
      const ort = (await load(`${ORT}ort.wasm.min.mjs`)) as OrtWebModule;
      ort.env.wasm.wasmPaths = ORT;
      return ort;
    },
    async printed() {
      const text = lines.join("\n");
      lines = [];
      return text;
    },
    litert: {
      async load() {
        const hear = (line: string): void => void words.push(line);
        const scope = globalThis as unknown as Record<string, unknown>;
        scope["Module"] = { print: hear, printErr: hear };
        const module = (await load("@litertjs/core")) as LitertWebModule & {
          loadLiteRt(script: string): Promise<unknown>;
        };
        await module.loadLiteRt(`${LITERT}wasm/litert_wasm_internal.js`);
        return { module, version: litertVersion };
      },
      words: () => words.splice(0),
    },
    loadTable,
    tableVersion: String(TABLE_VERSION),
  });
}
