import { accuracy, predictClasses, type Matrix, type nets } from "@tideline/learn/net";
import { writeOnnx } from "@tideline/graph";
import { exampleOptions, report } from "./example-option.ts";
import { writeEvidence } from "./example-evidence.ts";

/** Rows that know where they came from. */
export interface ExampleRows {
  /** [N], numbers of the rows in the data set's file, from 0. */
  readonly row: Int32Array;
  /** [N], positions in `classes`. */
  readonly y: Int32Array;
  readonly classes: readonly string[];
  /** [N], where people are known. */
  readonly people?: Int32Array;
}

/** One training and what it is judged by. */
export interface ExampleRun<Rows> {
  /** "seed-1", "fold-3" */
  readonly name: string;
  readonly seed: number;
  readonly train: () => Rows;
  readonly test: () => Rows;
}

/** A net on a public data set that must reach a stated figure. */
export interface Example<Rows extends ExampleRows, Given, Model extends nets.NetClassifier<Given>, Options> {
  readonly name: string;
  /** The name of the data set's folder. */
  readonly dataset: string;
  /** Whether it trains with several seeds; false where folds stand in their place. Default true. */
  readonly seeded?: boolean;
  /** The least mean accuracy. */
  readonly threshold: number;
  /** What `--choose` compares. */
  readonly configurations: Readonly<Record<string, Options>>;
  /** The configuration that the validation rows of a run chose. */
  readonly chosen: (run: string) => string;
  /** Splits of the training part alone. */
  readonly validation: (folder: string) => Promise<readonly ExampleRun<Rows>[]>;
  /** The figure itself. */
  readonly final: (folder: string, seeds: number) => Promise<readonly ExampleRun<Rows>[]>;
  readonly fit: (options: Options, rows: Rows, seed: number) => Promise<Model>;
  readonly predict: (model: Model, rows: Rows) => Promise<Matrix>;
  /** Files that the graph needs beside it, by the end of their names. */
  readonly beside?: (model: Model) => Readonly<Record<string, string>>;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Runs an example as its command line says: compares configurations, or trains the chosen one for its figure and fails
 * (status 70) below the threshold.
 */
export async function runExample<
  Rows extends ExampleRows,
  Given,
  Model extends nets.NetClassifier<Given>,
  Options,
>(example: Example<Rows, Given, Model, Options>): Promise<void> {
  const { name, configurations, chosen, threshold } = example;
  const options = exampleOptions(example.dataset, Object.keys(configurations), example.seeded);
  const say = options.json ? () => {} : console.log;

  async function accuracies(
    configurationOf: (run: string) => string,
    runs: readonly ExampleRun<Rows>[],
    out?: string,
  ) {
    const began = performance.now();
    const found: number[] = [];
    let size = { parameters: 0, bytes: 0 };
    for (const { name: run, seed, train, test } of runs) {
      const model = await example.fit(configurations[configurationOf(run)]!, train(), seed);
      const rows = test();
      const probabilities = await example.predict(model, rows);
      found.push(accuracy(rows.y, predictClasses(probabilities)));
      const graph = writeOnnx(model.graph());
      size = { parameters: model.trained.parameters.length, bytes: graph.length };
      if (out !== undefined)
        writeEvidence(out, `${name}-${run}`, rows, probabilities, graph, example.beside?.(model));
      say(`  ${run}: ${found.at(-1)!.toFixed(4)}`);
    }
    return { found, seconds: Math.round((performance.now() - began) / 1000), ...size };
  }

  if (options.choose) {
    const runs = await example.validation(options.data);
    for (const configuration of options.only ?? Object.keys(configurations)) {
      say(configuration);
      const { found, seconds, parameters } = await accuracies(() => configuration, runs);
      console.log(
        `${configuration.padEnd(16)} ${mean(found).toFixed(4)}  ${found.map((a) => a.toFixed(4)).join(" ")}  ${parameters} parameters  ${seconds} s`,
      );
    }
    return;
  }
  const runs = await example.final(options.data, options.seeds);
  const { found, ...rest } = await accuracies(chosen, runs, options.out);
  say(`${rest.parameters} parameters, ${rest.bytes} bytes of ONNX, ${rest.seconds} s`);
  report(options, {
    example: name,
    configuration: [...new Set(runs.map(({ name: run }) => chosen(run)))].join(", "),
    accuracies: found,
    mean: mean(found),
    threshold,
    ...rest,
  });
}
