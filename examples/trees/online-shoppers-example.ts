import { stratifiedFolds } from "@tideline/learn";
import { foldRuns } from "./example-run.ts";
import type { ExampleTrees, TreeExample } from "./example.ts";
import { rowsAt } from "./labelled-column.ts";
import { shopperSessions } from "./shopper-session.ts";
import { tableGraph } from "./table-graph.ts";

const FOLDS = 5;
const SLOW: ExampleTrees = { rate: 0.03, rounds: 200 };

/** Which visits to a shop end in a purchase: the mean area under the ROC curve of five stratified folds. */
export const ONLINE_SHOPPERS: TreeExample = {
  name: "online-shoppers",
  dataset: "online-shoppers",
  measure: "aurocs",
  threshold: 0.93,
  configurations: {
    default: {},
    short: { rounds: 50 },
    small: { leaves: 7 },
    slow: SLOW,
    slow_small: { ...SLOW, leaves: 8 },
    slow_drawn: { ...SLOW, leaves: 15, rowShare: 0.7, featureShare: 0.5, minChildRows: 40 },
    slow_small_drawn: { ...SLOW, leaves: 8, rowShare: 0.7, featureShare: 0.5, minChildRows: 40 },
  },
  // By `--choose` within the training part of each fold, so nothing of its test rows decides anything about it.
  chosen: (run) => (run === "fold-3" ? "slow_small_drawn" : "slow_small"),
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
