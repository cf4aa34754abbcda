import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource, type OnnxModel, type SourceOptions } from "@tideline/graph";
import { everyTransform, rangesOf } from "./every-transform.ts";
import { forestGraph } from "./forest-graph.ts";
import { hostile, nasty } from "./hostile-graph.ts";
import { randomGraph } from "./random-graph.ts";
import { TEXT_CASES, textCase } from "./text-case.ts";
import { LARGE_FOREST, TREE_CASES } from "./tree-case.ts";
import { vectorsOfTypeScript } from "./typescript-vector.ts";

/** A graph whose source is compiled, with its vectors. */
export interface LongCase {
  readonly model: OnnxModel;
  readonly options: Omit<SourceOptions, "language">;
}

/** What every language compiles and runs: every transform, names that want to be code, ensembles up to 300 trees, texts. */
export async function longCases(): Promise<readonly LongCase[]> {
  const { model, dictionaries } = everyTransform();
  const every = sourceVectors(model, { seed: 2, count: 10, dictionaries, ranges: rangesOf(model) });
  const rows = sourceVectors(hostile(), { seed: 3, count: 60, dictionaries: nasty });
  const trees = Object.entries({ ...TREE_CASES, LargeForest: LARGE_FOREST }).map(([name, of]): LongCase => {
    const forest = forestGraph(of);
    return {
      model: forest,
      options: { name, vectors: sourceVectors(forest, { seed: 7, count: name === "LargeForest" ? 6 : 60 }) },
    };
  });
  const texts = Object.entries(TEXT_CASES).map(([name, of]): LongCase => {
    const { model: text } = textCase(of);
    return { model: text, options: { name, vectors: sourceVectors(text, { seed: 9, count: 200 }) } };
  });
  return [
    { model, options: { name: "EveryTransform", dictionaries, vectors: every } },
    { model: hostile(), options: { name: "Hostile", dictionaries: nasty, vectors: rows } },
    ...trees,
    ...texts,
    ...(await randomCases()),
  ];
}

/** Random chains, held against what TypeScript makes of them: to the bit where float32 says it exactly. */
async function randomCases(): Promise<readonly LongCase[]> {
  const folder = mkdtempSync(join(tmpdir(), "tideline-source-case-"));
  const cases: LongCase[] = [];
  try {
    for (const kind of ["exact", "smooth"] as const)
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const model = randomGraph(seed, kind, 40);
        const name = `Chain${kind}${seed}`;
        const rows = sourceVectors(model, { seed, count: 60 });
        const { files } = writeSource(model, { language: "typescript", name, vectors: rows });
        const made = await vectorsOfTypeScript(files, folder, rows);
        const vectors = { ...made, tolerance: kind === "exact" ? 0 : 1e-6 };
        cases.push({ model, options: { name, vectors } });
      }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return cases;
}
