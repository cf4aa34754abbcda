/**
 * Reads digits of people it has never met: conv2d on 8x8 images.
 *
 *   node examples/nets/optdigits-conv2d.ts --data ../shared/data/optdigits --seeds 3 --json
 *
 * `--choose` compares configurations on folds of the training part (which does not say who wrote what, so a fold's
 * figure flatters) and never reads the test part.
 */
import {
  accuracy,
  groupFolds,
  nets,
  selectLabels,
  selectRows,
  type Conv2dOptions,
  type TrainingRows,
} from "@tideline/learn";
import { onnxruntimeNode } from "@tideline/pipeline";
import { exampleOptions, report } from "./example-option.ts";
import { moved } from "./image-augment.ts";
import { digitImages } from "./optdigits-image.ts";

interface Configuration extends Partial<Conv2dOptions> {
  /** Pixels by which images are moved while training; none by default. */
  readonly move?: number;
}

const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  plain: { channels: [32, 64], epochs: 15 },
  moved: { channels: [32, 64], epochs: 20, move: 0.75 },
  deep: { channels: [32, 64], depth: 2, epochs: 20, move: 0.75 },
  separable: { channels: [32, 64], depth: 2, separable: true, epochs: 20, move: 0.75 },
};

/** The best of `--choose` so far: plain 0.9817, moved 0.9815; the others were not measured yet. */
const CHOSEN = "plain";

async function accuracyOf(
  { move, ...configuration }: Configuration,
  train: TrainingRows,
  test: TrainingRows,
  seed: number,
): Promise<number> {
  const model = await nets.conv2d({ shape: [8, 8, 1], ...configuration, seed }).fit(train, {
    runtime: onnxruntimeNode,
    ...(move === undefined ? {} : { augment: moved(8, 8, move) }),
  });
  return accuracy(test.y, await model.predict(test.X, onnxruntimeNode));
}

function part({ X, y, classes }: TrainingRows, rows: Int32Array): TrainingRows {
  return { X: selectRows(X, rows), y: selectLabels(y, rows), classes };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const options = exampleOptions("optdigits");
const train = digitImages(options.data, "train");
if (options.choose) {
  // Blocks of neighbouring lines stay together: what one person wrote tends to stand in one place.
  const blocks = Int32Array.from(train.y, (_, row) => Math.floor(row / 128));
  const folds = groupFolds(blocks, 3, 1);
  for (const [name, configuration] of Object.entries(CONFIGURATIONS)) {
    const began = performance.now();
    const found: number[] = [];
    for (const { train: rows, test: held } of folds)
      found.push(await accuracyOf(configuration, part(train, rows), part(train, held), 1));
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `${name.padEnd(12)} ${mean(found).toFixed(4)}  ${found.map((a) => a.toFixed(4)).join(" ")}  ${seconds} s`,
    );
  }
} else {
  const test = digitImages(options.data, "test");
  const accuracies: number[] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    accuracies.push(await accuracyOf(CONFIGURATIONS[CHOSEN]!, train, test, seed));
    if (!options.json) console.log(`seed ${seed}: test accuracy ${accuracies.at(-1)!.toFixed(4)}`);
  }
  report(options, { example: "optdigits-conv2d", accuracies, mean: mean(accuracies), threshold: 0.985 });
}
