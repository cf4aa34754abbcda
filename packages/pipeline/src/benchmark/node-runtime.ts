import { readFile, readdir } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadTable, TABLE_VERSION } from "@tideline/predict";
import {
  litertWebCase,
  ortCase,
  tableCase,
  type CaseRuntime,
  type LitertWebModule,
  type OrtCaseModule,
} from "@tideline/spec/benchmark";
import { loadLitertModule } from "../runtime/litert-module.ts";

/** Version of a package as its own file says it. */
export function packageVersion(name: string): string {
  const main = createRequire(import.meta.url).resolve(name);
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const own = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (own.name === name) return own.version ?? "unknown";
    } catch {
      // Not this folder.
    }
  }
  return "unknown";
}

/** File in the folder of a case's process that takes its standard output. */
export const PRINTED = "printed.txt";

/** The profile that a session has left in a folder. */
async function profileOf(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.startsWith("profile"));
  return name === undefined ? "" : readFile(join(folder, name), "utf8");
}

/** Every runtime of the benchmark that Node has: another one is another row. `folder` takes what they write. */
export const NODE_RUNTIMES = {
  "onnxruntime-node": (folder) =>
    ortCase({
      name: "onnxruntime-node",
      versionKey: "node",
      load: async () => (await import("onnxruntime-node")) as unknown as OrtCaseModule,
      profile: { prefix: join(folder, "profile"), take: () => profileOf(folder) },
    }),
  "onnxruntime-web": (folder) =>
    ortCase({
      name: "onnxruntime-web",
      versionKey: "web",
      providers: ["wasm"],
      async load() {
        const ort = await import("onnxruntime-web");
        ort.env.wasm.numThreads = 1;
        return ort as unknown as OrtCaseModule;
      },
      // It prints its profile.
      profile: { prefix: "profile", take: () => readFile(join(folder, PRINTED), "utf8") },
    }),
  litert: () => {
    let words: string[] = [];
    return litertWebCase({
      load: async () => ({
        module: (await loadLitertModule((line) => words.push(line))) as unknown as LitertWebModule,
        version: packageVersion("@litertjs/core"),
      }),
      words: () => {
        const said = words;
        words = [];
        return said;
      },
    });
  },
  predict: () => tableCase(loadTable, `table ${TABLE_VERSION}`),
} as const satisfies Record<string, (folder: string) => CaseRuntime>;
