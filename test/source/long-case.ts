import { sourceVectors, type OnnxModel, type SourceOptions } from "@tideline/graph";
import { everyTransform, rangesOf } from "./every-transform.ts";
import { forestGraph } from "./forest-graph.ts";
import { hostile, nasty } from "./hostile-graph.ts";
import { TEXT_CASES, textCase } from "./text-case.ts";
import { LARGE_FOREST, TREE_CASES } from "./tree-case.ts";

/** A graph whose source is compiled, with its vectors. */
export interface LongCase {
  readonly model: OnnxModel;
  readonly options: Omit<SourceOptions, "language">;
}

/** What every language compiles and runs: every transform, names that want to be code, ensembles up to 300 trees, texts. */
export function longCases(): readonly LongCase[] {
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
  ];
}
