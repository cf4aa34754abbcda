import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SourceFile, SourceVectors } from "@tideline/graph";
import { write } from "./run-source.ts";

type Run = (input: Record<string, unknown>) => Record<string, Float32Array>;

/** The same rows with what TypeScript made of them instead of the graph: inputs of three numbers, named as their fields. */
export async function vectorsOfTypeScript(
  files: readonly SourceFile[],
  folder: string,
  { inputs, count }: SourceVectors,
): Promise<SourceVectors> {
  write(files, folder);
  const made = (await import(pathToFileURL(join(folder, files[0]!.path)).href)) as Record<string, Run>;
  const run = Object.values(made)[0]!;
  const outputs: Record<string, number[]> = {};
  for (let row = 0; row < count; row++) {
    const given = Object.fromEntries(
      Object.entries(inputs).map(([name, values]) => [name, values.slice(3 * row, 3 * row + 3)]),
    );
    for (const [name, values] of Object.entries(run(given))) (outputs[name] ??= []).push(...values);
  }
  return { inputs, outputs, count };
}
