import { readFile, readdir } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadTable, TABLE_VERSION } from "@tideline/predict";
import {
  ortCase,
  webRuntimes,
  type CaseRuntime,
  type LitertWebModule,
  type OrtCaseModule,
  type OrtWebModule,
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

/** Every runtime of the benchmark that Node has: its own, and those that browsers have too. `folder` takes what they write. */
export function nodeRuntimes(folder: string): readonly CaseRuntime[] {
  const words: string[] = [];
  return [
    ortCase({
      name: "onnxruntime-node",
      versionKey: "node",
      load: async () => (await import("onnxruntime-node")) as unknown as OrtCaseModule,
      profile: { prefix: join(folder, "profile"), take: () => profileOf(folder) },
    }),
    ...webRuntimes({
      ort: async () => (await import("onnxruntime-web")) as unknown as OrtWebModule,
      printed: () => readFile(join(folder, PRINTED), "utf8"),
      litert: {
        load: async () => ({
          module: (await loadLitertModule((line) => words.push(line))) as unknown as LitertWebModule,
          version: packageVersion("@litertjs/core"),
        }),
        words: () => words.splice(0),
      },
      loadTable,
      tableVersion: String(TABLE_VERSION),
    }),
  ];
}
