import { float32Values, graphBuilder, writeOnnx, type GraphBuilder, type Value } from "@tideline/graph";
import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import { treeTable, type TreeRows } from "../bin/table-rows.ts";
import { featureMatrix } from "../model/feature-matrix.ts";
import type { TreeEnsemble } from "../tree-ensemble.ts";
import { isolationForest } from "./isolation-forest.ts";
import { lowerIsolation } from "./isolation-model.ts";
import { lowerForest } from "./lower-forest.ts";
import { extraTrees, randomForest } from "./random-forest.ts";

const ROWS = 200;
const random = seededRandom(1);
const columns = {
  speed: Float32Array.from({ length: ROWS }, (_, row) => (row % 9 === 0 ? NaN : random.normal())),
  hour: Float32Array.from({ length: ROWS }, () => random.integer(24)),
  place: Array.from({ length: ROWS }, () => ["home", "work", "gym", null][random.integer(4)]!),
};
const rows: TreeRows = { columns, categorical: ["place"] };
const y = Int32Array.from(columns.hour, (hour, row) =>
  hour > 12 ? 0 : columns.place[row] === "gym" ? 2 : 1,
);

async function run(
  ensemble: TreeEnsemble,
  lower: (g: GraphBuilder, x: Value) => Value,
): Promise<Float32Array> {
  const g = graphBuilder("forest");
  const x = g.input("x", "float32", ["N", ensemble.features.length]);
  g.output("out", lower(g, x));
  const graph = await onnxruntimeNode.load(writeOnnx(g.build()));
  const { rows: count, columns: width, values } = featureMatrix(ensemble, treeTable(rows, ensemble.features));
  const { out } = await graph.run(
    { x: { elementType: "float32", dims: [count, width], values: Float32Array.from(values) } },
    ["out"],
  );
  return float32Values({ out: out! }, "out");
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>): void {
  expect(a.length).toBe(b.length);
  for (let at = 0; at < a.length; at++) expect(a[at]).toBeCloseTo(b[at]!, 5);
}

test("onnxruntime says what forests say", async () => {
  for (const forest of [randomForest, extraTrees]) {
    const three = await forest({ trees: 7 }).fit({ ...rows, y, classes: ["a", "b", "c"] });
    expectClose(
      await run(three.ensemble, (g, x) => lowerForest(g, x, three)),
      three.predictProbabilities(rows).values,
    );
    const two = await forest({ trees: 7 }).fit({
      ...rows,
      y: y.map((k) => Math.min(k, 1)),
      classes: ["a", "b"],
    });
    expectClose(
      await run(two.ensemble, (g, x) => lowerForest(g, x, two)),
      two.predictProbabilities(rows).values,
    );
    const numbers = await forest({ task: "regression", trees: 7 }).fit({ ...rows, y: Float64Array.from(y) });
    expectClose(await run(numbers.ensemble, (g, x) => lowerForest(g, x, numbers)), numbers.predict(rows));
  }
});

test("onnxruntime gives the scores of an isolation forest", async () => {
  const model = await isolationForest({ trees: 20 }).fit(rows);
  expectClose(await run(model.ensemble, (g, x) => lowerIsolation(g, x, model)), model.scores(rows));
  const lone = await isolationForest({ trees: 1 }).fit({
    X: matrix(1, 3, new Float64Array(3)),
    names: ["speed", "hour", "place"],
  });
  expect([...lone.scores(matrix(1, 3, Float64Array.of(5, 5, 5)))]).toEqual([0.5]);
  const g = graphBuilder("lone");
  g.output("out", lowerIsolation(g, g.input("x", "float32", ["N", 3]), lone));
  const graph = await onnxruntimeNode.load(writeOnnx(g.build()));
  const { out } = await graph.run(
    { x: { elementType: "float32", dims: [1, 3], values: new Float32Array(3) } },
    ["out"],
  );
  expect([...float32Values({ out: out! }, "out")]).toEqual([0.5]);
});
