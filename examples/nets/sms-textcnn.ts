/**
 * Tells spam from other text messages: textcnn, five folds, repeated texts kept in one fold.
 *
 *   node examples/nets/sms-textcnn.ts --data ../shared/data/sms-spam --json
 *
 * The figure is the mean accuracy of the five folds. `--choose` compares configurations within the training part of
 * each fold (a fifth of its texts is held out, repeats together); each fold is trained by what its own training part
 * chose, the first of equals, so nothing of a fold's test part decides anything about it.
 */
import { groupFolds, nets, splitByGroup } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";
import { runExample } from "./example.ts";
import { messages, messagesAt, type Messages } from "./sms-message.ts";

const FOLDS = 5;

const CONFIGURATIONS: Readonly<Record<string, nets.TextcnnOptions>> = {
  words: { epochs: 8 },
  longer: { epochs: 15 },
  characters: { tokens: { unit: "character" }, sizes: [3, 5, 7], embedding: 32, epochs: 12 },
};

/** By `--choose`, in each fold. */
const CHOSEN: Readonly<Record<string, string>> = {
  "fold-1": "longer",
  "fold-2": "longer",
  "fold-3": "words",
  "fold-4": "words",
  "fold-5": "longer",
};

const foldsOf = (all: Messages) => groupFolds(all.groups, FOLDS, 1);

await runExample({
  name: "sms-textcnn",
  dataset: "sms-spam",
  seeded: false,
  threshold: 0.98,
  configurations: CONFIGURATIONS,
  chosen: (run) => CHOSEN[run]!,
  async validation(folder) {
    const all = messages(folder);
    return foldsOf(all).map(({ train }, fold) => {
      const within = messagesAt(all, train);
      const split = splitByGroup(within.groups, { test: 0.2, seed: 1 });
      return {
        name: `within-${fold + 1}`,
        seed: 1,
        train: () => messagesAt(within, split.train),
        test: () => messagesAt(within, split.test),
      };
    });
  },
  async final(folder) {
    const all = messages(folder);
    return foldsOf(all).map(({ train, test }, fold) => ({
      name: `fold-${fold + 1}`,
      seed: 1,
      train: () => messagesAt(all, train),
      test: () => messagesAt(all, test),
    }));
  },
  fit: (options, rows, seed) => nets.textcnn({ ...options, seed }).fit(rows, { runtime: onnxruntimeNode }),
  predict: (model, { texts }) => model.predictProbabilities(texts, onnxruntimeNode),
  beside: ({ tokeniser: { unit, length, tokens } }) => ({
    "tokens.json": JSON.stringify({ unit, length, tokens }),
  }),
});
