import { createHash } from "node:crypto";
import { sourceVectors, textLookups, writeSource, type OnnxModel } from "@tideline/graph";
import { makeArtifacts, type ModelRows } from "@tideline/pipeline";
import { quantisedModel } from "../../packages/cli/src/command/export-quantised.ts";
import {
  sampleForest,
  sampleNet,
  sampleRows,
} from "../../packages/pipeline/src/release/matrix/testing/sample.ts";
import { chainCase } from "../coreml/chain-graph.ts";

/** Prints the digest of every file of a net, of a forest and of a linear model of texts, by case, kind and path. */
const rows = sampleRows(64);
const { model: forest } = await sampleForest(rows);
const { model: texts } = chainCase("linear");
const cities: ModelRows = {
  count: 64,
  inputs: {
    age: Float32Array.from({ length: 64 }, (_, row) => 20 + row),
    hours: Float32Array.from({ length: 64 }, (_, row) => row % 40),
    city: Array.from({ length: 64 }, (_, row) => ["Oslo", "Lyon", "", "Ushuaia"][row % 4]!),
  },
};
const cases: readonly (readonly [string, OnnxModel, ModelRows, readonly string[]])[] = [
  ["net", sampleNet(undefined, 512), rows, ["a", "b", "c"]],
  ["forest", forest, rows, ["a", "b"]],
  ["texts", texts, cities, ["a", "b", "c"]],
];
const digests: Record<string, string> = {};
for (const [name, model, calibration, labels] of cases) {
  const quantised = await quantisedModel(model, calibration);
  const source = { model, name, labels, calibration, ...(quantised && { quantised }) };
  const { made } = await makeArtifacts(source);
  for (const { kind, files } of made)
    for (const { path, bytes } of files)
      digests[`${name} ${kind} ${path}`] = createHash("sha256").update(bytes).digest("hex");
  const { model: coded, dictionaries } = textLookups(model);
  const vectors = sourceVectors(coded, { seed: 1, count: 8, dictionaries });
  for (const language of ["c", "kotlin", "swift", "typescript"] as const)
    for (const { path, text } of writeSource(coded, { language, name: "Sample", vectors, dictionaries })
      .files)
      digests[`${name} ${language} ${path}`] = createHash("sha256").update(text).digest("hex");
}
console.log(JSON.stringify(digests));
