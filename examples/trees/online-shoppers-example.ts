import { stratifiedFolds } from "@tideline/learn";
import { foldRuns } from "./example-run.ts";
import type { ExampleTrees, TreeExample } from "./example.ts";
import { rowsAt } from "./labelled-column.ts";
import { shopperSessions } from "./shopper-session.ts";
import { tableGraph } from "./table-graph.ts";

const FOLDS = 5;
const SLOW: ExampleTrees = { rate: 0.03, rounds: 200 };

const CONFIGURATIONS = {
  default: {},
  short: { rounds: 50 },
  small: { leaves: 7 },
  slow: SLOW,
  slow_small: { ...SLOW, leaves: 8 },
  slow_drawn: { ...SLOW, leaves: 15, rowShare: 0.7, featureShare: 0.5, minChildRows: 40 },
  slow_small_drawn: { ...SLOW, leaves: 8, rowShare: 0.7, featureShare: 0.5, minChildRows: 40 },
} satisfies Record<string, ExampleTrees>;

type Configuration = keyof typeof CONFIGURATIONS;

/** What `--choose` printed within the training part of folds 1 to 5: no test row of a fold had a part in its own column. */
const VALIDATION: Readonly<Record<Configuration, readonly number[]>> = {
  default: [0.9321, 0.9317, 0.9283, 0.9216, 0.9332],
  short: [0.9359, 0.9329, 0.9324, 0.9224, 0.939],
  small: [0.9361, 0.933, 0.9361, 0.927, 0.9428],
  slow: [0.9348, 0.9328, 0.932, 0.9245, 0.9389],
  slow_small: [0.9383, 0.9344, 0.9366, 0.9267, 0.9439],
  slow_drawn: [0.9347, 0.9341, 0.9361, 0.9262, 0.9394],
  slow_small_drawn: [0.9352, 0.9328, 0.9371, 0.9251, 0.9413],
};

/** The configuration that did best within the training part of a fold: computed, so that nobody can mistake it. */
export function chosenByValidation(run: string): Configuration {
  const fold = Number(/^fold-([1-5])$/.exec(run)![1]) - 1;
  const names = Object.keys(VALIDATION) as Configuration[];
  return names.reduce((best, name) => (VALIDATION[name][fold]! > VALIDATION[best][fold]! ? name : best));
}

/** Which visits to a shop end in a purchase: the mean area under the ROC curve of five stratified folds. */
export const ONLINE_SHOPPERS: TreeExample = {
  name: "online-shoppers",
  dataset: "online-shoppers",
  seeded: false,
  measure: "aurocs",
  threshold: 0.93,
  configurations: CONFIGURATIONS,
  chosen: chosenByValidation,
  /** Within the training part of each fold a fifth is held out. */
  async validation(folder) {
    const all = shopperSessions(folder);
    return stratifiedFolds(all.y, FOLDS, { groups: all.keys, seed: 1 }).flatMap(({ train }, fold) => {
      const groups = Array.from(train, (row) => all.keys[row]!);
      const within = rowsAt(all, train);
      const [split] = stratifiedFolds(within.y, 5, { groups, seed: fold + 1 });
      return foldRuns(`within-${fold + 1}`, within, [split!]);
    });
  },
  async final(folder) {
    const all = shopperSessions(folder);
    return foldRuns("fold", all, stratifiedFolds(all.y, FOLDS, { groups: all.keys, seed: 1 }));
  },
  graph: tableGraph("online-shoppers"),
};
