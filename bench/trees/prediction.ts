import { createRequire } from "node:module";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import { lowerEnsemble, rawScores, treeTable, type TreeEnsemble, type TreeTable } from "@tideline/learn/tree";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { numbers, randomEnsemble } from "../../packages/learn/src/tree/model/testing/random-ensemble.ts";
import { callTime, largestDifference } from "./call-time.ts";
import type { ModelCompareOptions, ModelResult } from "./model-case.ts";

const [COLUMNS, LEAVES] = [28, 31];
/** Turns of all; the first ones warm up. */
const [TURNS, WARM] = [12, 3];
/** Rows times trees of a turn, about: some tens of milliseconds. */
const WORK = 2e6;

async function sessionOf(ensemble: TreeEnsemble): Promise<InferenceSession> {
  const g = graphBuilder("prediction");
  const x = g.input("x", "float32", ["N", COLUMNS]);
  g.output("y", lowerEnsemble(g, x, ensemble));
  return InferenceSession.create(writeOnnx(g.build()), { intraOpNumThreads: 1, interOpNumThreads: 1 });
}

const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };

/**
 * Scores of rows against onnxruntime-node, both on one thread: the same ensembles and rows, in turns. onnxruntime takes a
 * matrix of float32; ours takes columns of float32, or that matrix, turned into columns within the call.
 */
export async function* comparePrediction({ quick }: ModelCompareOptions): AsyncGenerator<ModelResult> {
  const turns = quick ? WARM + 1 : TURNS;
  for (const trees of quick ? [100] : [100, 300, 1000]) {
    const random = seededRandom(trees);
    const ensemble = randomEnsemble(random, {
      trees,
      leaves: LEAVES,
      exact: true,
      features: numbers(COLUMNS),
      threshold: (draw) => draw.normal(),
    });
    const session = await sessionOf(ensemble);
    for (const rows of [1, 64, 10_000]) {
      const names = ensemble.features.map(({ name }) => name);
      // Other rows at each call: processors learn the way of rows that come again and again.
      const batches = Array.from({ length: Math.max(3, Math.ceil(4096 / rows)) }, () => {
        const values = Float32Array.from({ length: rows * COLUMNS }, () => random.normal());
        const tableOf = (): TreeTable => treeTable({ X: { rows, columns: COLUMNS, values }, names });
        return { tableOf, table: tableOf(), feeds: { x: new Tensor("float32", values, [rows, COLUMNS]) } };
      });
      const batch = (call: number) => batches[call % batches.length]!;
      const sides = {
        onnxruntime: (call: number) => session.run(batch(call).feeds),
        columns: (call: number) => rawScores(ensemble, batch(call).table),
        matrix: (call: number) => rawScores(ensemble, batch(call).tableOf()),
      };
      const scores = (await sides.onnxruntime(0))["y"]!.data as Float32Array;
      const difference = largestDifference(sides.matrix(0).values, scores);
      const calls = Math.max(1, Math.min(1000, Math.floor(WORK / (rows * trees))));
      const times = { onnxruntime: [] as number[], columns: [] as number[], matrix: [] as number[] };
      for (let turn = 0; turn < turns; turn++)
        for (const [name, side] of Object.entries(sides)) {
          const start = performance.now();
          for (let call = 0; call < calls; call++) await side(turn * calls + call);
          const seconds = (performance.now() - start) / 1000 / calls;
          if (turn >= WARM) times[name as keyof typeof sides].push(seconds);
        }
      const peer = callTime(times.onnxruntime);
      for (const form of ["columns", "matrix"] as const) {
        const ours = callTime(times[form]);
        yield {
          case: "prediction",
          rows,
          trees,
          leaves: LEAVES,
          columns: COLUMNS,
          form,
          threads: { ours: 1, peer: 1 },
          ours,
          peer,
          peerName: `onnxruntime-node ${version}`,
          ratio: ours.median / peer.median,
          difference,
        };
      }
    }
    await session.release();
  }
}
