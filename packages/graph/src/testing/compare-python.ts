import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";

/** Whether there is a Python with the package onnx. */
export const hasPython = spawnSync("python3", ["-c", "import onnx"]).status === 0;

const script = join(import.meta.dirname, "compare-onnx.py");

/** What Python says of models that were read and written by us. */
export interface Comparison {
  readonly equal: number;
  readonly different: readonly string[];
}

/** Reads and writes models, those of the package onnx too, and has Python compare the files before and after. */
export function compareWithPython(
  models: Readonly<Record<string, Uint8Array>>,
  which?: "files" | "all",
): Comparison {
  const folder = mkdtempSync(join(tmpdir(), "tideline-onnx-"));
  const [before, after] = [join(folder, "before"), join(folder, "after")];
  try {
    mkdirSync(before);
    mkdirSync(after);
    if (which !== undefined) execFileSync("python3", [script, "--collect", which, before]);
    for (const [name, bytes] of Object.entries(models)) writeFileSync(join(before, name), bytes);
    for (const name of readdirSync(before)) {
      const model = readOnnx(readFileSync(join(before, name)), { external: "keep" });
      writeFileSync(join(after, name), writeOnnx(model));
    }
    const options = { encoding: "utf8", maxBuffer: 2 ** 26 } as const;
    return JSON.parse(execFileSync("python3", [script, before, after], options)) as Comparison;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
