/**
 * Tells spam from other text messages: textcnn, five folds, repeated texts kept in one fold.
 *
 *   node examples/nets/sms-textcnn.ts --data ../shared/data/sms-spam --json
 *
 * The figure is the mean accuracy of the five folds. `--choose` compares configurations within the training part of
 * each fold (a fifth of its texts is held out, repeats together), so no figure of a fold's own test part is seen
 * there. One configuration serves all folds, and a row held out in one fold is a test row of another.
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

const foldsOf = (all: Messages) => groupFolds(all.groups, FOLDS, 1);

await runExample({
  name: "sms-textcnn",
  dataset: "sms-spam",
  threshold: 0.98,
  configurations: CONFIGURATIONS,
  chosen: "longer",
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
