import { writeOnnx, type OnnxModel } from "@tideline/graph";
import { accuracy, predictClasses, type Matrix } from "@tideline/learn";
import {
  areaUnderRoc,
  boostedTrees,
  wasmKernels,
  type BoostedClassifier,
  type BoostedTreesOptions,
} from "@tideline/learn/tree";
import { nodeTreeThreads } from "@tideline/pipeline";
import { writeEvidence } from "../nets/example-evidence.ts";
import { exampleOptions, report } from "../nets/example-option.ts";
import type { ExampleRun } from "./example-run.ts";
import type { LabelledColumns } from "./labelled-column.ts";

/** Options of an example's trees: those of a classification, without what the example says itself. */
export type ExampleTrees = Omit<BoostedTreesOptions<"classification">, "task" | "seed" | "categorical">;

/** What an example is judged by, by the name that its figures have in JSON. */
export const MEASURES = {
  accuracies: (y: Int32Array, probabilities: Matrix) => accuracy(y, predictClasses(probabilities)),
  aurocs: (y: Int32Array, { values }: Matrix) =>
    areaUnderRoc(
      y,
      Float64Array.from(y, (_, row) => values[2 * row + 1]!),
    ),
} as const;

/** Boosted trees on a public data set that must reach a stated figure. */
export interface TreeExample {
  readonly name: string;
  /** The name of the data set's folder. */
  readonly dataset: string;
  /** Whether it trains with several seeds; false where folds stand in their place. Default true. */
  readonly seeded?: boolean;
  readonly measure: keyof typeof MEASURES;
  /** The least mean of the measure. */
  readonly threshold: number;
  /** What `--choose` compares. */
  readonly configurations: Readonly<Record<string, ExampleTrees>>;
  /** The configuration that the validation rows of a run chose. */
  readonly chosen: (run: string) => string;
  /** Splits of the training part alone. */
  readonly validation: (folder: string) => Promise<readonly ExampleRun[]>;
  /** The figure itself. */
  readonly final: (folder: string, seeds: number) => Promise<readonly ExampleRun[]>;
  /** The graph that ships. */
  readonly graph: (model: BoostedClassifier) => OnnxModel;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Trains a configuration, in WebAssembly on Node's threads. */
export async function fitExample(
  trees: ExampleTrees,
  { columns, categorical, y, classes }: LabelledColumns,
  seed: number,
): Promise<BoostedClassifier> {
  const estimator = boostedTrees<"classification">({ ...trees, categorical, seed });
  return estimator.fit({ columns, y, classes }, { kernels: wasmKernels(nodeTreeThreads()) });
}

/**
 * Runs an example as its command line says: compares configurations, or trains the chosen one for its figure and fails
 * (status 70) below the threshold.
 */
export async function runTreeExample(example: TreeExample): Promise<void> {
  const { name, configurations, chosen, threshold, measure } = example;
  const options = exampleOptions(example.dataset, Object.keys(configurations), example.seeded);
  const say = options.json ? () => {} : console.log;

  async function figures(
    configurationOf: (run: string) => string,
    runs: readonly ExampleRun[],
    out?: string,
  ) {
    const began = performance.now();
    const found: number[] = [];
    let size = { trees: 0, nodes: 0, bytes: 0 };
    for (const { name: run, seed, train, test } of runs) {
      const model = await fitExample(configurations[configurationOf(run)]!, train, seed);
      const { columns, categorical } = test;
      const probabilities = model.predictProbabilities({ columns, categorical });
      found.push(MEASURES[measure](test.y, probabilities));
      const { features, trees } = model.ensemble;
      const graph = writeOnnx(example.graph(model));
      const nodes = trees.reduce((sum, { feature }) => sum + feature.length, 0);
      size = { trees: trees.length, nodes, bytes: graph.length };
      // The graph takes codes; what they stand for is needed beside it.
      const list = `${JSON.stringify(features, null, 1)}\n`;
      if (out !== undefined)
        writeEvidence(out, `${name}-${run}`, test, probabilities, graph, { "features.json": list });
      say(`  ${run}: ${found.at(-1)!.toFixed(4)}`);
    }
    return { found, seconds: Math.round((performance.now() - began) / 100) / 10, ...size };
  }

  if (options.choose) {
    const runs = await example.validation(options.data);
    for (const configuration of options.only ?? Object.keys(configurations)) {
      say(configuration);
      const { found, seconds, trees, nodes } = await figures(() => configuration, runs);
      console.log(
        `${configuration.padEnd(16)} ${mean(found).toFixed(4)}  ${found.map((one) => one.toFixed(4)).join(" ")}  ${trees} trees, ${nodes} nodes  ${seconds} s`,
      );
    }
    return;
  }
  const runs = await example.final(options.data, options.seeds);
  const { found, ...rest } = await figures(chosen, runs, options.out);
  say(`${rest.trees} trees of ${rest.nodes} nodes, ${rest.bytes} bytes of ONNX, ${rest.seconds} s`);
  const figure = { [measure]: found, mean: mean(found), threshold };
  const configuration = [...new Set(runs.map(({ name: run }) => chosen(run)))].join(", ");
  report(options, { example: name, configuration, ...figure, ...rest });
}
