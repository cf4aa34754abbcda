/**
 * Reads digits of people it has never met: conv2d on 8x8 images.
 *
 *   node examples/nets/optdigits-conv2d.ts --data ../shared/data/optdigits --seeds 3 --json
 *
 * `--choose` compares configurations on folds of the training part (which does not say who wrote what; blocks of
 * neighbouring lines stay together, as what one person wrote tends to stand in one place) and never reads the test part.
 */
import { groupFolds, nets } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";
import { runExample } from "./example.ts";
import { changedImages, type ImageChange } from "./image-augment.ts";
import { digitImages, imagesAt } from "./optdigits-image.ts";

interface DigitOptions extends Partial<nets.Conv2dOptions<"classification">> {
  /** How images are changed while training; not at all by default. */
  readonly change?: ImageChange;
}

/** Neighbouring lines that stay in one fold. */
const BLOCK = 128;

const BASE: DigitOptions = { channels: [32, 64], epochs: 20, decay: 0.01 };
const BENT: ImageChange = { move: 0.75, turn: 10, stretch: 0.1 };

const CONFIGURATIONS: Readonly<Record<string, DigitOptions>> = {
  bare: { ...BASE, normalise: false },
  plain: BASE,
  moved: { ...BASE, change: { move: 0.75 } },
  bent: { ...BASE, change: BENT },
  deep: { ...BASE, depth: 2 },
  deep_bent: { ...BASE, depth: 2, change: BENT },
  separable_bent: { ...BASE, depth: 2, separable: true, change: BENT },
};

await runExample({
  name: "optdigits-conv2d",
  dataset: "optdigits",
  threshold: 0.985,
  configurations: CONFIGURATIONS,
  chosen: () => "deep_bent",
  async validation(folder) {
    const rows = digitImages(folder, "train");
    const blocks = Int32Array.from(rows.y, (_, row) => Math.floor(row / BLOCK));
    return groupFolds(blocks, 3, 1).map(({ train, test }, fold) => ({
      name: `lines-${fold + 1}`,
      seed: 1,
      train: () => imagesAt(rows, train),
      test: () => imagesAt(rows, test),
    }));
  },
  async final(folder, seeds) {
    const [train, test] = [digitImages(folder, "train"), digitImages(folder, "test")];
    return Array.from({ length: seeds }, (_, at) => ({
      name: `seed-${at + 1}`,
      seed: at + 1,
      train: () => train,
      test: () => test,
    }));
  },
  fit({ change, ...options }, rows, seed) {
    return nets.conv2d<"classification">({ shape: [8, 8, 1], ...options, seed }).fit(rows, {
      runtime: onnxruntimeNode,
      ...(change === undefined ? {} : { augment: changedImages(8, 8, change) }),
    });
  },
  predict: (model, { X }) => model.predictProbabilities(X, onnxruntimeNode),
});
