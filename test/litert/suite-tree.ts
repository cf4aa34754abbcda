import { graphBuilder, type GraphBuilder, type Value } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import {
  isolationForest,
  lowerForest,
  lowerIsolation,
  randomForest,
  type TreeRows,
} from "@tideline/learn/tree";
import { featureMatrix } from "../../packages/learn/src/tree/model/feature-matrix.ts";
import { modelOf, tryingCase } from "../../packages/learn/src/tree/model/testing/lowered.ts";
import { categories, numbers } from "../../packages/learn/src/tree/model/testing/random-ensemble.ts";
import type { TreeLink } from "../../packages/learn/src/tree/model/tree-link.ts";
import type { SuiteGraph } from "./suite-transform.ts";

/** A graph with rows of its own. */
export interface SuiteRows extends SuiteGraph {
  readonly feed: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly values: ArrayLike<number> }>
  >;
}

const LINKS = [
  { kind: "identity" },
  { kind: "sigmoid", scale: 0.7 },
  { kind: "softmax" },
] as const satisfies readonly TreeLink[];

/** Random ensembles, with rows at their thresholds, beside them, and missing. */
export function ensembleGraphs(): readonly SuiteRows[] {
  return Array.from({ length: 24 }, (_, seed) => {
    const outputs = 1 + (seed % 3);
    const features = [
      ...numbers(3, seed % 5 === 4),
      ...(seed % 2 === 0 ? [categories("c", [2, 5, 33][seed % 3]!)] : []),
    ];
    const form = {
      seed,
      trees: 1 + (seed % 7),
      leaves: 4 + 5 * (seed % 9),
      outputs,
      wide: seed % 4 === 1,
      average: seed % 6 === 5,
      features,
    };
    const { ensemble, table } = tryingCase(form, 40);
    const { rows, columns, values } = featureMatrix(ensemble, table);
    const link = LINKS[outputs === 1 ? seed % 2 : 2 * (seed % 2)]!;
    const feed = { x: { dims: [rows, columns], values: Float32Array.from(values) } };
    return {
      name: `ensemble ${seed} ${link.kind}`,
      model: modelOf(ensemble, link),
      feed,
    };
  });
}

/** Fitted forests. */
export async function forestGraphs(): Promise<readonly SuiteGraph[]> {
  const random = seededRandom(1);
  const count = 200;
  const columns = {
    speed: Float32Array.from({ length: count }, (_, row) => (row % 9 === 0 ? Number.NaN : random.normal())),
    hour: Float32Array.from({ length: count }, () => random.integer(24)),
  };
  const rows: TreeRows = { columns };
  const y = Int32Array.from(columns.hour, (hour, row) => (hour > 12 ? 0 : row % 7 === 0 ? 2 : 1));
  const classes = await randomForest({ trees: 9 }).fit({ ...rows, y, classes: ["a", "b", "c"] });
  const amounts = await randomForest({ trees: 9, task: "regression" }).fit({
    ...rows,
    y: Float64Array.from(y),
  });
  const odd = await isolationForest({ trees: 20 }).fit(rows);
  const graph = (name: string, lower: (g: GraphBuilder, x: Value) => Value): SuiteGraph => {
    const g = graphBuilder(name);
    g.output("out", lower(g, g.input("x", "float32", ["N", 2])));
    return { name, model: g.build() };
  };
  return [
    graph("forest of classes", (g, x) => lowerForest(g, x, classes)),
    graph("forest of amounts", (g, x) => lowerForest(g, x, amounts)),
    graph("isolation forest", (g, x) => lowerIsolation(g, x, odd)),
  ];
}
