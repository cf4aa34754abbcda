/**
 * Times batch prediction against onnxruntime-node on one thread, the same ensembles and rows, in turns:
 *
 *     node packages/learn/src/tree/model/testing/prediction-speed.ts
 *
 * Prints medians in microseconds a call: onnxruntime on a row-major float32 matrix, ours on columns of float32, and ours with
 * the same matrix turned into columns first.
 */
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { seededRandom } from "../../../random.ts";
import { treeTable } from "../../bin/table-rows.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { TreeTable } from "../../tree-table.ts";
import { lowerEnsemble } from "../lower-ensemble.ts";
import { rawScores } from "../raw-scores.ts";
import { numbers, randomEnsemble } from "./random-ensemble.ts";

const FEATURES = 28;
const LEAVES = 31;

async function sessionOf(ensemble: TreeEnsemble): Promise<InferenceSession> {
  const g = graphBuilder("speed");
  const x = g.input("x", "float32", ["N", FEATURES]);
  g.output("y", lowerEnsemble(g, x, ensemble));
  return InferenceSession.create(writeOnnx(g.build()), { intraOpNumThreads: 1, interOpNumThreads: 1 });
}

const median = (times: readonly number[]): number =>
  [...times].sort((one, other) => one - other)[times.length >> 1]!;

for (const trees of [100, 300, 1000]) {
  const random = seededRandom(trees);
  const ensemble = randomEnsemble(random, {
    trees,
    leaves: LEAVES,
    exact: true,
    features: numbers(FEATURES),
    threshold: (draw) => draw.normal(),
  });
  const session = await sessionOf(ensemble);
  for (const rows of [1, 64, 10_000]) {
    const names = ensemble.features.map(({ name }) => name);
    // Other rows at each call: processors learn the way of rows that come again and again.
    const batches = Array.from({ length: Math.max(3, Math.ceil(4096 / rows)) }, () => {
      const values = Float32Array.from({ length: rows * FEATURES }, () => random.normal());
      const tableOf = (): TreeTable => treeTable({ X: { rows, columns: FEATURES, values }, names });
      return { tableOf, table: tableOf(), feeds: { x: new Tensor("float32", values, [rows, FEATURES]) } };
    });
    const sides = {
      onnxruntime: (call: number) => session.run(batches[call % batches.length]!.feeds),
      columns: (call: number) => rawScores(ensemble, batches[call % batches.length]!.table),
      matrix: (call: number) => rawScores(ensemble, batches[call % batches.length]!.tableOf()),
    };
    const calls = Math.max(1, Math.min(1000, Math.floor(2e6 / (rows * trees))));
    const times: Record<string, number[]> = { onnxruntime: [], columns: [], matrix: [] };
    for (let turn = 0; turn < 12; turn++)
      for (const [name, side] of Object.entries(sides)) {
        const start = performance.now();
        for (let call = 0; call < calls; call++) await side(turn * calls + call);
        if (turn > 2) times[name]!.push(((performance.now() - start) * 1000) / calls);
      }
    const [theirs, ours, ofMatrix] = [times["onnxruntime"]!, times["columns"]!, times["matrix"]!].map(median);
    process.stdout.write(
      `${trees} trees, ${rows} rows: onnxruntime ${theirs!.toFixed(1)}, columns ${ours!.toFixed(1)} (${(ours! / theirs!).toFixed(2)}), matrix ${ofMatrix!.toFixed(1)} (${(ofMatrix! / theirs!).toFixed(2)})\n`,
    );
  }
}
