import {
  float32Values,
  graphBuilder,
  numberBefore,
  writeOnnx,
  writeTable,
  type GraphRuntime,
} from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import { seededRandom } from "../../../random.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { TreeTable } from "../../tree-table.ts";
import { treeEnsemble } from "../ensemble.ts";
import { featureMatrix } from "../feature-matrix.ts";
import { lowerEnsemble } from "../lower-ensemble.ts";
import { lowerLink, type TreeLink } from "../tree-link.ts";
import { randomEnsemble, tryingTable, type RandomForm } from "./random-ensemble.ts";

/** The threshold in single precision, and the numbers before and after it. */
export function near32(value: number): number[] {
  const at = Math.fround(value);
  return [at, numberBefore(at), -numberBefore(-at)].filter((x) => !Number.isNaN(x));
}

/** As an ensemble, but that each tree has an output of its own that says which node its leaf is. */
export function leafTeller(ensemble: TreeEnsemble): TreeEnsemble {
  const { features, trees } = ensemble;
  return treeEnsemble({
    features,
    outputs: trees.length,
    trees: trees.map((tree) => ({
      ...tree,
      width: 1,
      value: Float64Array.from(tree.feature, (_, node) => node),
    })),
  });
}

/** A lowered ensemble as a model from `x` to `scores`. */
export function modelOf(ensemble: TreeEnsemble, link: TreeLink = { kind: "identity" }) {
  const g = graphBuilder("trees");
  const x = g.input("x", "float32", ["N", ensemble.features.length]);
  g.output("scores", lowerLink(g, lowerEnsemble(g, x, ensemble), link));
  return g.build();
}

/** The scores of a lowered ensemble by a runtime, row-major. */
export async function runGraph(
  runtime: GraphRuntime,
  ensemble: TreeEnsemble,
  table: TreeTable,
  link?: TreeLink,
) {
  const graph = await runtime.load(writeOnnx(modelOf(ensemble, link)));
  const { rows, columns, values } = featureMatrix(ensemble, table);
  const x = { dims: [rows, columns], values };
  const { scores } = await graph.run({ x }, ["scores"]);
  await graph.release();
  return [...float32Values({ scores: scores! }, "scores")];
}

/** The scores of a lowered ensemble by the model table of a phone, row-major. */
export function runTable(ensemble: TreeEnsemble, table: TreeTable): number[] {
  const result = writeTable(modelOf(ensemble).graph);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  const model = loadTable(result.bytes);
  const { columns, values } = featureMatrix(ensemble, table);
  return Array.from({ length: table.rows }, (_, row) => [
    ...model.run(Float32Array.from(values.subarray(row * columns, (row + 1) * columns))),
  ]).flat();
}

/** An ensemble, and rows of single precision that its thresholds matter to. */
export function tryingCase(form: RandomForm & { readonly seed: number }, rows: number) {
  const ensemble = randomEnsemble(seededRandom(form.seed), form);
  return { ensemble, table: tryingTable(seededRandom(form.seed + 1), ensemble, rows, near32) };
}
