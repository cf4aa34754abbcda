/**
 * Recognises six activities of people it has never met, from raw windows of six channels: conv1d on UCI HAR.
 *
 *   node examples/nets/har-conv1d.ts --data ../shared/data/uci-har --seeds 3 --json
 *
 * `--choose` compares configurations on five folds of training people; it never reads the test part. What it found
 * stands in README.md. Without it the chosen configuration is trained once for each seed and meets the test people at
 * the end.
 */
import { groupFolds, nets } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";
import { runExample } from "./example.ts";
import { all, rolled, turnedAndScaled } from "./har-augment.ts";
import { HAR_NET } from "./har-net.ts";
import { harWindows, windowsAt } from "./har-window.ts";

interface HarOptions extends Partial<nets.Conv1dOptions<"classification">> {
  /** Degrees and strength by which windows are turned and scaled; none by default. */
  readonly turn?: readonly [number, number];
  /** Whether people who lie are rolled over. */
  readonly roll?: boolean;
}

const { shape, vectors, ...LAYERS } = HAR_NET;
const BASE: HarOptions = { ...LAYERS, epochs: 16 };
const BARE: HarOptions = { ...BASE, normalise: false, statistics: false, spectrum: false };
const FULL: HarOptions = { ...BASE, vectors };

const CONFIGURATIONS: Readonly<Record<string, HarOptions>> = {
  bare: BARE,
  normalised: { ...BARE, normalise: true },
  statistics: { ...BASE, spectrum: false, vectors },
  full: FULL,
  turned: { ...FULL, turn: [10, 0.15] },
  rolled: { ...FULL, roll: true },
  longer: { ...FULL, turn: [10, 0.15], roll: true, epochs: 24 },
  less_dropout: { ...FULL, turn: [10, 0.15], roll: true, dropout: 0.2 },
  stronger: { ...FULL, turn: [15, 0.2], roll: true },
  turned_rolled: { ...FULL, turn: [10, 0.15], roll: true },
};

await runExample({
  name: "har-conv1d",
  dataset: "uci-har",
  threshold: 0.935,
  configurations: CONFIGURATIONS,
  chosen: () => "longer",
  async validation(folder) {
    const rows = await harWindows(folder, "train");
    return groupFolds(rows.people, 5, 1).map(({ train, test }, fold) => ({
      name: `people-${fold + 1}`,
      seed: 1,
      train: () => windowsAt(rows, train),
      test: () => windowsAt(rows, test),
    }));
  },
  async final(folder, seeds) {
    const [train, test] = [await harWindows(folder, "train"), await harWindows(folder, "test")];
    return Array.from({ length: seeds }, (_, at) => ({
      name: `seed-${at + 1}`,
      seed: at + 1,
      train: () => train,
      test: () => test,
    }));
  },
  fit({ turn, roll = false, ...options }, rows, seed) {
    const augment = [
      ...(roll ? [rolled(rows.classes.findIndex((name) => /^lay/i.test(name)))] : []),
      ...(turn === undefined ? [] : [turnedAndScaled(...turn)]),
    ];
    return nets
      .conv1d<"classification">({ shape, ...options, seed })
      .fit(rows, { runtime: onnxruntimeNode, ...(augment.length === 0 ? {} : { augment: all(...augment) }) });
  },
  predict: (model, { X }) => model.predictProbabilities(X, onnxruntimeNode),
});
